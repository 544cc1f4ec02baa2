from __future__ import annotations

from twsbridge_server.core.link_patience import FIRST_US, GRACE_US, MOST_US, LinkPatience


def test_waiting_ends_sooner_when_a_farm_is_back_and_later_each_time_in_vain() -> None:
    one = LinkPatience()
    one.farm_back(0)
    assert one.due_us is None
    one.begin(5)
    one.begin(9)
    assert one.due_us == 5 + FIRST_US and not one.is_doubted
    one.farm_back(7)
    assert one.due_us == 7 + GRACE_US
    assert "10 s ago" in one.give_up(7 + GRACE_US) and one.is_doubted
    one.begin(0)
    assert one.due_us == 2 * FIRST_US
    for _ in range(20):
        one.give_up(0)
    one.begin(0)
    assert one.due_us == MOST_US
    one.stop()
    one.proven()
    one.begin(0)
    assert one.due_us == FIRST_US and not one.is_doubted
