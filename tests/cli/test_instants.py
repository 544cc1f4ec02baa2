from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from twsbridge.cli.failures import Failure
from twsbridge.cli.instants import instant, zone

NEW_YORK = ZoneInfo("America/New_York")


def test_without_an_offset_it_is_of_the_zone() -> None:
    assert instant("--to", "2026-03-01 09:30", NEW_YORK) == datetime(2026, 3, 1, 14, 30, tzinfo=UTC)
    assert instant("--to", "2026-03-01T14:30Z", NEW_YORK) == datetime(2026, 3, 1, 14, 30, tzinfo=UTC)


def test_a_last_day_is_included_through_a_night_that_is_an_hour_shorter() -> None:
    assert instant("--from", "2026-03-08", NEW_YORK) == datetime(2026, 3, 8, 5, tzinfo=UTC)
    assert instant("--to", "2026-03-08", NEW_YORK, is_end=True) == datetime(2026, 3, 9, 4, tzinfo=UTC)
    assert instant("--to", "2026-03-08 00:00", NEW_YORK, is_end=True) == datetime(2026, 3, 8, 5, tzinfo=UTC)


def test_nonsense_names_what_to_write() -> None:
    with pytest.raises(Failure, match="--from cannot be 'soon': write 2026-03-01"):
        instant("--from", "soon", NEW_YORK)
    with pytest.raises(Failure, match="--tz cannot be 'Mars'"):
        zone("--tz", "Mars")
    assert zone("--tz", "UTC").key == "UTC"
