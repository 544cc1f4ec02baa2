import time

from twsbridge_server.clock import Clock, steady_ns


def test_it_begins_with_the_wall_clock_in_microseconds() -> None:
    assert abs(Clock().now_us() - time.time_ns() // 1000) < 5_000_000


def test_a_wall_clock_that_is_set_changes_nothing() -> None:
    wall, steady = [1_700_000_000_000_000_000], [5_000_000_000]
    clock = Clock(lambda: wall[0], lambda: steady[0])
    assert clock.now_us() == 1_700_000_000_000_000
    for jump in (-3600, 86_400):
        wall[0] += jump * 1_000_000_000
        steady[0] += 1_000_000
    assert clock.now_us() == 1_700_000_000_002_000


def test_it_never_runs_backwards() -> None:
    clock = Clock()
    readings = [clock.now_us() for _ in range(1000)]
    assert readings == sorted(readings)
    assert steady_ns() <= steady_ns()
