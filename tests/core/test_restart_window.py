from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from twsbridge_server.core.restart_window import DailyRestart

NEW_YORK = DailyRestart(time(23, 45), ZoneInfo("America/New_York"))
MIDNIGHT = DailyRestart(time(0, 0), ZoneInfo("Europe/London"))


def us(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1e6)


@pytest.mark.parametrize(
    ("restart", "now", "ends"),
    [
        (NEW_YORK, "2026-11-22 04:44:29", None),
        (NEW_YORK, "2026-11-22 04:44:30", "2026-11-22 04:46:00"),
        (NEW_YORK, "2026-11-22 04:45:59", "2026-11-22 04:46:00"),
        (NEW_YORK, "2026-11-22 04:46:00", None),
        (NEW_YORK, "2026-07-22 03:44:45", "2026-07-22 03:46:00"),
        (NEW_YORK, "2026-07-22 04:44:45", None),
        (MIDNIGHT, "2026-11-22 23:59:40", "2026-11-23 00:01:00"),
        (MIDNIGHT, "2026-11-23 00:00:30", "2026-11-23 00:01:00"),
    ],
)
def test_the_window_begins_before_the_restart_on_the_clock_of_its_zone(
    restart: DailyRestart, now: str, ends: str | None
) -> None:
    assert restart.ends_us(us(now)) == (None if ends is None else us(ends))
