from __future__ import annotations

from twsbridge_server.mq.subscribers import NOBODY, Subscribers

T = "md|1@SMART|"


def joined(*subscribers: tuple[int, str]) -> Subscribers:
    made = Subscribers()
    assert all(made.join(T, number, client) for number, client in subscribers)
    return made


def test_those_who_remain_are_named() -> None:
    made = joined((1, "alice"), (2, "bob"))
    assert made.leave(T, 1) == ("bob",)
    assert made.leave(T, 2) == ()


def test_a_connection_counts_once_and_leaves_once() -> None:
    made = joined((1, "alice"))
    assert not made.join(T, 1, "alice")
    assert made.leave(T, 7) is None and made.leave(T, 1) == () and made.leave(T, 1) is None


def test_the_dead_leave_first_though_nobody_says_who() -> None:
    made = joined((1, "alice"), (2, "bob"), (3, "carol"))
    made.died(2)
    assert made.leave(T, NOBODY) == ("alice", "carol")
    assert made.leave(T, NOBODY) == ("alice",)
    assert made.leave(T, NOBODY) == () and made.leave(T, NOBODY) is None


def test_the_number_of_a_dead_connection_may_come_again() -> None:
    made = joined((1, "alice"))
    made.died(1)
    assert made.join(T, 1, "bob")
    assert made.leave(T, NOBODY) == ("bob",)
    assert made.leave(T, 1) == ()


def test_a_farewell_that_was_sent_before_the_death_counts() -> None:
    made = joined((1, "alice"), (2, "bob"))
    made.died(1)
    assert made.leave(T, 1) == ("bob",)
