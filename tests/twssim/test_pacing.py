"""Ten minutes' allowances."""

from __future__ import annotations

from twssim.pacing import Pacing
from twssim.scheduler import Scheduler


def test_an_allowance_comes_back_after_ten_minutes_and_subjects_are_apart() -> None:
    scheduler = Scheduler(0.0)
    pacing = Pacing(scheduler)
    assert [pacing.allows("bars", 2) for _ in range(3)] == [True, True, False]
    assert pacing.allows("ticks", 1, 15.0) and not pacing.allows("ticks", 1, 15.0)
    scheduler.advance(15.0)
    assert pacing.allows("ticks", 1, 15.0)
    scheduler.advance(599.9)
    assert not pacing.allows("bars", 2)
    scheduler.advance(600.0)
    assert [pacing.allows("bars", 2) for _ in range(3)] == [True, True, False]
