from __future__ import annotations

from twsbridge.protocol.events import RECONCILED, REPLAYED
from twsbridge.protocol.models import Notice
from twsbridge.stream_event import StreamEvent

NOTICE = {"tws_code": 2104, "text": "farm OK"}


def event(kind: str = "notice", flags: int = 0) -> StreamEvent:
    return StreamEvent("sys|", "e", 7, kind, 1_700_000_000_000_000, flags, NOTICE)


def test_the_body_has_its_model() -> None:
    value = event().value
    assert isinstance(value, Notice) and value.tws_code == 2104


def test_a_type_of_a_later_version_has_none_but_shows_its_fields() -> None:
    later = event("something new")
    assert later.value is None
    assert "something new" in repr(later) and "2104" in repr(later)


def test_where_it_comes_from_is_told() -> None:
    assert [(event(flags=flags).is_replayed, event(flags=flags).is_reconciled) for flags in range(4)] == [
        (False, False),
        (True, False),
        (False, True),
        (True, True),
    ]
    assert (REPLAYED, RECONCILED) == (1, 2)


def test_it_shows_its_place_and_knows_its_time() -> None:
    assert "sys|7" in repr(event()) and "farm OK" in repr(event())
    assert event().time.year == 2023
