"""Simulated time and its timers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from twssim.scheduler import Scheduler


@given(st.lists(st.floats(0, 100), max_size=30))
def test_timers_run_in_order_of_time_at_their_own_moment(delays: list[float]) -> None:
    scheduler, ran = Scheduler(1000.0), []
    for delay in delays:
        scheduler.after(delay, lambda: ran.append(scheduler.now))
    scheduler.advance(2000.0)
    assert ran == sorted(1000.0 + delay for delay in delays)
    assert scheduler.now == 2000.0


def test_timers_of_one_moment_run_in_the_order_they_were_set() -> None:
    scheduler, ran = Scheduler(0.0), []
    for number in range(5):
        scheduler.after(1.0, lambda number=number: ran.append(number))
    scheduler.advance(1.0)
    assert ran == [0, 1, 2, 3, 4]


def test_a_cancelled_timer_never_runs_and_is_not_waited_for() -> None:
    scheduler, ran = Scheduler(0.0), []
    timer = scheduler.after(1.0, lambda: ran.append(1))
    scheduler.after(5.0, lambda: ran.append(5))
    timer.cancel()
    assert scheduler.next_due() == 5.0
    scheduler.advance(10.0)
    assert ran == [5]
    assert scheduler.next_due() is None


def test_a_repeated_action_ends_when_it_says_so() -> None:
    scheduler, ran = Scheduler(0.0), []

    def action() -> bool:
        ran.append(scheduler.now)
        return len(ran) < 3

    scheduler.every(2.0, action)
    scheduler.advance(100.0)
    assert ran == [2.0, 4.0, 6.0]


def test_a_timer_set_by_a_timer_runs_in_the_same_advance() -> None:
    scheduler, ran = Scheduler(0.0), []
    scheduler.after(1.0, lambda: scheduler.after(1.0, lambda: ran.append(scheduler.now)))
    scheduler.advance(3.0)
    assert ran == [2.0]


def test_time_never_goes_back() -> None:
    scheduler = Scheduler(10.0)
    scheduler.advance(5.0)
    assert scheduler.now == 10.0
