from hypothesis import given
from hypothesis import strategies as st

from twsbridge_server.alarm import Alarm


def test_it_rings_once_when_the_instant_has_come() -> None:
    alarm = Alarm()
    alarm.set(1_000)
    assert not alarm.rings(999)
    assert alarm.rings(1_000)
    assert not alarm.rings(1_000)


def test_an_earlier_instant_stays_in_force() -> None:
    alarm = Alarm()
    alarm.set(1_000)
    alarm.set(5_000)
    alarm.set(1_000)
    assert alarm.rings(2_000)
    assert not alarm.rings(4_999)
    assert alarm.rings(5_000)


def test_those_that_are_due_together_ring_together() -> None:
    alarm = Alarm()
    for instant in (30, 10, 20):
        alarm.set(instant)
    assert alarm.rings(25)
    assert not alarm.rings(25)
    assert alarm.rings(30)


def test_the_wait_is_rounded_up_and_bounded() -> None:
    alarm = Alarm()
    assert alarm.milliseconds_left(0, 1_000) == 1_000
    alarm.set(10_001)
    assert alarm.milliseconds_left(0, 1_000) == 11
    assert alarm.milliseconds_left(0, 5) == 5
    assert alarm.milliseconds_left(20_000, 1_000) == 0


@given(st.lists(st.integers(0, 10**9), min_size=1), st.integers(0, 10**9))
def test_after_the_wait_it_rings(instants: list[int], now: int) -> None:
    alarm = Alarm()
    for instant in instants:
        alarm.set(instant)
    assert alarm.rings(now + alarm.milliseconds_left(now, 10**9) * 1_000)
