"""reqHistoricalData for SCHEDULE as the official client sees it."""

from __future__ import annotations

import pytest

from tests.twssim.families.rig import ready
from tests.twssim.official import errors, names, of, stock

pytestmark = pytest.mark.usefixtures("every_profile")


@pytest.mark.parametrize(("rth", "start", "end"), [(1, "09:30:00", "16:00:00"), (0, "04:00:00", "20:00:00")])
def test_the_sessions_of_a_period(rth: int, start: str, end: str) -> None:
    client = ready(calendar="regular")
    client.reqHistoricalData(9, stock(), "20261124 17:00:00 US/Eastern", "4 D", "1 day", "SCHEDULE", rth, 1, False, [])
    events = client.after(1.0)
    assert names(events) == ["historicalSchedule"]
    ((req_id, first, last, zone, sessions),) = of(events, "historicalSchedule")
    days = ["20261119", "20261120", "20261123", "20261124"]
    assert [each.refDate for each in sessions] == days
    assert {(each.startDateTime[9:], each.endDateTime[9:]) for each in sessions} == {(start, end)}
    assert (req_id, first, last, zone) == (9, f"20261119-{start}", f"20261124-{end}", "US/Eastern")


def test_only_days_have_a_schedule() -> None:
    client = ready()
    client.reqHistoricalData(9, stock(), "", "4 D", "1 hour", "SCHEDULE", 1, 1, False, [])
    client.reqHistoricalData(8, stock(), "", "4 Z", "1 day", "SCHEDULE", 1, 1, False, [])
    assert errors(client.after(1.0)) == [(9, 321), (8, 321)]
    client.reqHistoricalData(9, stock(), "", "4 D", "1 day", "SCHEDULE", 1, 1, False, [])
    assert names(client.after(1.0)) == ["historicalSchedule"]
