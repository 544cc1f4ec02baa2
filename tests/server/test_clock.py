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


def test_a_sleep_of_the_machine_is_told_once_and_counts_as_time() -> None:
    second = 1_000_000_000
    steady, awake = [50 * second], [20 * second]
    clock = Clock(lambda: 0, lambda: steady[0], lambda: awake[0])
    before = clock.now_us()
    steady[0] += 3600 * second
    awake[0] += second
    assert clock.slept_s() == 3599.0 and clock.now_us() - before == 3600_000_000
    assert clock.slept_s() == 0.0


def test_a_nap_or_a_busy_machine_is_no_sleep() -> None:
    second = 1_000_000_000
    steady, awake = [0], [0]
    clock = Clock(lambda: 0, lambda: steady[0], lambda: awake[0])
    steady[0] += 64 * second
    awake[0] += 60 * second
    assert clock.slept_s() == 0.0
    assert Clock().slept_s() == 0.0
