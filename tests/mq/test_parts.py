from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from twsbridge.pending import _joined
from twsbridge.protocol.columns import pack_floats, pack_ints
from twsbridge.protocol.envelope import Reply
from twsbridge_server.mq.parts import split

BODIES = st.fixed_dictionaries(
    {
        "rows": st.lists(st.dictionaries(st.sampled_from("abc"), st.integers())),
        "accounts": st.lists(st.text()),
        "name": st.text(),
        "head": st.none() | st.integers(),
        "contract": st.fixed_dictionaries({"symbol": st.text(), "con_id": st.integers()}),
        "i64": st.fixed_dictionaries({"time_us": st.lists(st.integers(0, 2**53)).map(pack_ints)}),
        "f64": st.fixed_dictionaries({"close": st.lists(st.floats(width=32)).map(pack_floats)}),
    }
)


@given(BODIES, st.integers(2, 7))
def test_the_client_joins_what_was_split(body: dict[str, Any], count: int) -> None:
    parts = split(body, count)
    replies = {n: Reply("t", "id", True, part, n, n + 1 < count) for n, part in enumerate(parts)}
    joined = _joined(replies)
    assert len(parts) == count
    assert joined is not None
    assert joined.body == body


def test_every_part_has_its_share() -> None:
    parts = split({"rows": [*range(10)], "tz": "UTC"}, 3)
    assert parts == [{"rows": [0, 1, 2], "tz": "UTC"}, {"rows": [3, 4, 5]}, {"rows": [6, 7, 8, 9]}]


def test_columns_of_numbers_are_cut_between_numbers() -> None:
    first, second = split({"i64": {"t": pack_ints([1, 2, 3])}}, 2)
    assert (first["i64"]["t"], second["i64"]["t"]) == (pack_ints([1]), pack_ints([2, 3]))
