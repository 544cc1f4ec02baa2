from __future__ import annotations

from twsbridge.liveness import BackOff, Life, Liveness


def test_a_bridge_that_beats_is_alive() -> None:
    liveness = Liveness(0.0, beat_s=1.0)
    for second in range(1, 60):
        liveness.beat(float(second))
        assert liveness.judge(second + 2.9) is Life.ALIVE


def test_three_missed_beats_are_suspicious_and_six_are_death() -> None:
    liveness = Liveness(0.0, beat_s=0.5)
    assert [liveness.judge(now) for now in (1.4, 1.6, 2.9, 3.1)] == [
        Life.ALIVE,
        Life.SUSPECTED,
        Life.SUSPECTED,
        Life.DEAD,
    ]


def test_replies_keep_off_death_but_not_suspicion() -> None:
    liveness = Liveness(0.0)
    liveness.sign(5.0)
    assert liveness.judge(10.0) is Life.SUSPECTED
    assert liveness.silence(10.0) == 5.0
    liveness.beat(10.0)
    assert liveness.judge(10.0) is Life.ALIVE


def test_pauses_grow_to_a_limit_and_begin_again() -> None:
    backoff = BackOff(first=1.0, most=4.0)
    pauses = [backoff.next() for _ in range(5)]
    assert all(0.75 * middle <= pause <= 1.25 * middle for pause, middle in zip(pauses, (1, 2, 4, 4, 4), strict=True))
    backoff.reset()
    assert backoff.next() <= 1.25


def test_pauses_differ_between_clients() -> None:
    assert len({BackOff(1.0, 4.0).next() for _ in range(20)}) > 1
