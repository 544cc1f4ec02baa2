from __future__ import annotations

from decimal import Decimal

from tests.core.limits.rig import LimitRig
from tests.core.rig import ACCOUNT, CONTRACT, fill
from twsbridge.protocol.models import Contract
from twsbridge_server.core.limits.held import SETTLE_US, Held


def sizes(held: Held, now: int) -> list[tuple[int, int]]:
    return [(int(row.low), int(row.high)) for row in held.rows(ACCOUNT, now)]


def test_a_fill_counts_before_tws_shows_the_position_and_once_after() -> None:
    rig = LimitRig()
    held = Held(rig.accounts)
    held.filled(fill(), rig.now)
    assert sizes(held, rig.now) == [(0, 5)]
    rig.hold(5)
    assert sizes(held, rig.now) == [(5, 5)]
    held.filled(fill("2", side="SLD"), rig.now)
    held.filled(fill("3", side="SLD", shares=Decimal(2)), rig.now)
    assert sizes(held, rig.now) == [(-2, 5)]


def test_after_a_while_tws_alone_is_right() -> None:
    rig = LimitRig()
    held = Held(rig.accounts)
    held.filled(fill(), rig.now)
    assert sizes(held, rig.now + SETTLE_US) == []
    rig.hold(3)
    assert sizes(held, rig.now + SETTLE_US) == [(3, 3)]


def test_money_and_combos_are_no_holdings() -> None:
    rig = LimitRig()
    held = Held(rig.accounts)
    for kind in ("CASH", "BAG"):
        held.filled(fill(contract=Contract(con_id=5, sec_type=kind)), rig.now)
    held.filled(fill("9", replaces="1"), rig.now)
    assert not sizes(held, rig.now) and held.is_known


def test_the_price_of_a_fill_carries_the_multiplier() -> None:
    rig = LimitRig()
    held = Held(rig.accounts)
    held.filled(fill(contract=CONTRACT.model_copy(update={"multiplier": "100"})), rig.now)
    held.filled(fill(contract=Contract(con_id=6, multiplier="?")), rig.now)
    assert [row.price for row in held.rows("", rig.now)] == [19000.0, 190.0]
