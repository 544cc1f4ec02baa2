from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from twsbridge_server.errors import CannotStart
from twsbridge_server.home import Home
from twsbridge_server.mq.clients import parse, read_clients

KEY = f"public_key = '{'k' * 40}'\n"


def test_everything_that_an_entry_can_say() -> None:
    (client,) = parse(
        f"""
        [alice]
        public_key = "{"k" * 40}"
        role = "admin"
        accounts = ["paper", "U1234567"]
        symbols = ["aapl"]
        sec_types = ["stk"]
        order_types = ["STP LMT"]
        grants = ["trade", "cancel_any"]
        lines = 3
        expires = 2030-01-31
        """,
        "here",
    )
    rights = client.rights()
    assert (client.name, client.role, client.expires) == ("alice", "admin", datetime(2030, 1, 31, tzinfo=UTC))
    assert rights.accounts == ("paper", "U1234567")
    assert (rights.symbols, rights.sec_types, rights.order_types) == ({"AAPL"}, {"STK"}, {"STP LMT"})
    assert (rights.grants, rights.lines) == ({"trade", "cancel_any"}, 3)


def test_an_entry_with_a_key_alone_is_a_trader_on_paper() -> None:
    (client,) = parse("[a]\n" + KEY, "here")
    assert (client.role, client.accounts, client.expires) == ("trader", ["paper"], None)
    sender = client.sender(b"r")
    assert (sender.route, sender.name, sender.role, sender.rights) == (b"r", "a", "trader", client.rights())


def test_the_keys_that_are_good_at_a_moment() -> None:
    old = "o" * 40
    times = "expires = 2030-01-02\nprevious_key_until = 2030-01-01\n"
    (client,) = parse(f"[a]\n{KEY}previous_key = '{old}'\n{times}", "here")
    instant = datetime(2030, 1, 1, tzinfo=UTC)
    assert client.keys(instant - timedelta(seconds=1)) == ["k" * 40, old]
    assert client.keys(instant) == ["k" * 40]
    assert client.keys(instant + timedelta(days=1)) == []


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[a]\npublic_key = 'short'", "entry a.public_key"),
        (f"['a/b']\n{KEY}", "entry a/b.name"),
        (f"[a]\n{KEY}role = 'root'", "entry a.role"),
        (f"[a]\n{KEY}roel = 'trader'", "entry a.roel"),
        (f"[a]\n{KEY}name = 'b'\nrole = 7", "entry a.role"),
        (f"[a]\n{KEY}accounts = []", "entry a.accounts"),
        (f"[a]\n{KEY}accounts = ['live']", "entry a.accounts"),
        (f"[a]\n{KEY}accounts = ['*']", "entry a.accounts"),
        (f"[a]\n{KEY}order_types = ['LTM']", "must be one of MKT"),
        (f"[a]\n{KEY}grants = ['everything']", "entry a.grants"),
        (f"[a]\n{KEY}lines = '5'", "entry a.lines"),
        (f"[a]\n{KEY}expires = 'tomorrow'", "entry a.expires"),
        (f"[a]\n{KEY}[b]\n{KEY}", "same public_key"),
        (f"[a]\n{KEY}previous_key = '{'k' * 40}'", "same public_key"),
        ("a = 1", "stands outside"),
        ("[a", "not readable TOML"),
    ],
)
def test_a_mistake_is_named(text: str, complaint: str) -> None:
    with pytest.raises(CannotStart, match=complaint):
        parse(text, "here")


def test_a_file_that_others_can_change_is_refused(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.create()
    home.clients.write_text("")
    home.clients.chmod(0o666)
    with pytest.raises(CannotStart, match="mode 0666"):
        read_clients(home)
