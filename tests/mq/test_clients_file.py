import tomllib
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from twsbridge_server.mq.clients_file import HEADING, appended, changed, without

BY_HAND = """\
# mine
top = "x"  # not a client

[alice]   # the momentum strategy
role = "trader" # for now
accounts = ["DU1"]  # one

# bob has left twice
[bob]
role = "observer"

[bob.limits]
max_quantity = 5

["c.d"]
role = "admin"
"""


def test_another_client_comes_last() -> None:
    text = appended(HEADING, "a.b", {"role": "trader", "lines": 5})
    assert text.startswith(HEADING)
    assert tomllib.loads(text) == {"a.b": {"role": "trader", "lines": 5}}


def test_a_client_goes_with_its_tables_and_leaves_the_comments() -> None:
    text = without(BY_HAND, "bob")
    assert tomllib.loads(text).keys() == {"top", "alice", "c.d"}
    assert "# bob has left twice" in text
    assert tomllib.loads(without(text, "c.d")).keys() == {"top", "alice"}


def test_a_change_leaves_everything_else_as_it_is() -> None:
    instant = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
    text = changed(BY_HAND, "alice", {"role": "observer", "accounts": None, "expires": instant})
    assert '[alice]   # the momentum strategy\nrole = "observer" # for now\nexpires = 2030-01-02T03:04:05Z\n' in text
    assert tomllib.loads(text)["alice"] == {"role": "observer", "expires": instant}
    assert tomllib.loads(text)["bob"] == tomllib.loads(BY_HAND)["bob"]


NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,5}", fullmatch=True)
VALUES = st.one_of(st.integers(0, 99), st.text("ab #\"'\\][=", max_size=6), st.lists(st.text("a# ]", max_size=3)))
FIELDS = st.dictionaries(st.sampled_from(["role", "lines", "symbols"]), VALUES)


@given(st.dictionaries(NAMES, FIELDS, max_size=4), NAMES, FIELDS)
def test_what_was_written_is_read(clients: dict[str, dict[str, Any]], name: str, fresh: dict[str, Any]) -> None:
    """Add, change and remove do the same to the text as to a map."""
    text = HEADING
    for each, values in clients.items():
        text = appended(text, each, values)
    assert tomllib.loads(text) == clients
    if name in clients:
        assert tomllib.loads(changed(text, name, fresh)) == {**clients, name: {**clients[name], **fresh}}
        assert tomllib.loads(without(text, name)) == {k: v for k, v in clients.items() if k != name}


def test_a_table_within_a_client_s_stays_apart() -> None:
    text = '[bob]\nrole = "trader"\n\n[bob.limits]\nmax_quantity = 5\n\n[eve]\nrole = "admin"\n'
    assert changed(text, "bob", {"lines": 7}) == text.replace('role = "trader"\n', 'role = "trader"\nlines = 7\n')
    assert without(text, "bob") == '[eve]\nrole = "admin"\n'
