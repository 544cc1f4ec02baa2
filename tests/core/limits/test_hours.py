from __future__ import annotations

from datetime import UTC, datetime

import pytest

from twsbridge_server.core.limits.hours import parse_hours


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1e6)


@pytest.mark.parametrize(
    ("hours", "now", "within"),
    [
        ("Mon-Fri 09:30-16:00 America/New_York", "2026-11-23T14:30", True),
        ("Mon-Fri 09:30-16:00 America/New_York", "2026-11-23T14:29:59", False),
        ("Mon-Fri 09:30-16:00 America/New_York", "2026-07-20T13:30", True),
        ("Mon-Fri 09:30-16:00 America/New_York", "2026-11-23T21:00", False),
        ("Mon-Fri 09:30-16:00 America/New_York", "2026-11-22T15:00", False),
        ("Sun-Thu 18:00-17:00 UTC", "2026-11-22T18:00", True),
        ("Sun-Thu 18:00-17:00 UTC", "2026-11-27T16:59", True),
        ("Sun-Thu 18:00-17:00 UTC", "2026-11-27T18:00", False),
        ("Sat 00:00-12:00 UTC", "2026-11-21T11:00", True),
    ],
)
def test_what_is_within(hours: str, now: str, within: bool) -> None:
    assert parse_hours(hours).include(at(now)) is within


@pytest.mark.parametrize(
    "text", ["", "09:30-16:00", "Mon-Fri 9-16 UTC", "Mon-Fry 09:30-16:00 UTC", "Mon 09:30-16:00 X/Y"]
)
def test_what_is_no_span_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(ValueError, match="write 'Mon-Fri 09:30-16:00"):
        parse_hours(text)
