from __future__ import annotations

from tests.core.limits.rig import LMT, LimitRig
from twsbridge_server.core.limits.rates import MINUTE, REPEAT_US, SECOND
from twsbridge_server.core.limits.terms import Limits


def different(n: int, rig: LimitRig, name: str = "alice") -> str:
    return rig.order(f"k{n}", LMT.model_copy(update={"limit_price": 90.0 + n}), name=name)


def test_so_many_in_a_second_and_in_a_minute() -> None:
    rig = LimitRig(Limits(orders_per_second=2, orders_per_minute=3))
    assert [different(n, rig) for n in range(3)] == ["ok", "ok", "limit.rate"]
    rig.now += SECOND
    assert [different(n, rig) for n in range(3, 5)] == ["ok", "limit.rate"]
    rig.now += MINUTE
    assert different(5, rig) == "ok"


def test_of_a_client_only_its_own_count() -> None:
    rig = LimitRig(own=Limits(orders_per_second=1))
    assert [different(0, rig), different(1, rig), different(2, rig, "bob")] == ["ok", "limit.rate", "ok"]


def test_the_same_order_again_within_two_seconds() -> None:
    rig = LimitRig(own=Limits(same_order_in_2s=1))
    assert [rig.order("k1"), rig.order("k2"), rig.order("k1")] == ["ok", "limit.repeat", "ok"]
    assert rig.order("k3", LMT.model_copy(update={"limit_price": 99.0})) == "ok"
    assert rig.order("k4", name="bob") == "ok"
    rig.now += REPEAT_US
    assert rig.order("k5") == "ok"
