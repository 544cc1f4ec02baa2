from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from tests.core.rig import OrderRig, of, published
from twsbridge.protocol import commands
from twsbridge_server.core import effects as fx
from twsbridge_server.core.order_record import OrderRecord
from twsbridge_server.core.verdicts import LOOK_AGAIN_US, PROOF_US, Verdicts


@dataclass
class Swept:
    started_us: int
    seen: frozenset[str] = frozenset()
    open: Mapping[str, str] = field(default_factory=dict)


class Court:
    """One order that TWS has acknowledged, and sweeps that show it or not."""

    def __init__(self) -> None:
        self.rig = OrderRig()
        self.rig.place()
        self.rig.open_order()
        self.verdicts = Verdicts(self.rig.orders)
        record = self.rig.orders.by_order_id(1)
        assert record is not None
        self.record: OrderRecord = record

    def sweep(self, open_as: str = "", after_us: int = 1) -> list[fx.Effect]:
        self.rig.now += after_us
        swept = Swept(self.rig.now)
        if open_as:
            swept = Swept(self.rig.now, frozenset({"b:1"}), {"b:1": open_as})
        return [
            *self.verdicts.of_open_orders(swept, self.rig.now),
            *self.verdicts.of_everything(swept, self.rig.now),
        ]


def test_absence_is_proven_by_two_sweeps_ten_seconds_apart_however_many_come_between() -> None:
    court = Court()
    assert published(court.sweep()) == ["order UNKNOWN"]
    proof_us = court.rig.now + PROOF_US
    for _ in range(4):
        assert published(court.sweep(after_us=PROOF_US // 5)) == []
        assert court.verdicts.again_us == proof_us
    assert published(court.sweep(after_us=PROOF_US // 5)) == ["order NOT_FOUND"]


def test_an_order_that_was_shown_in_between_is_missing_anew() -> None:
    court = Court()
    court.sweep()
    court.rig.open_order()
    assert published(court.sweep(after_us=2 * PROOF_US)) == ["order UNKNOWN"]


@pytest.mark.parametrize("status", ["PreSubmitted", "Submitted"])
def test_an_order_called_cancelled_that_two_sweeps_show_as_open_is_alive(status: str) -> None:
    """A Cancelled that belonged to a change came when nobody thought of the change any more."""
    court = Court()
    court.rig.order_status(status="Cancelled")
    assert published(court.sweep(status)) == []
    assert court.verdicts.again_us == court.rig.now + LOOK_AGAIN_US
    effects = court.sweep(status)
    assert published(effects) == [f"order {status}"] and of(fx.Log, effects)[0].level == "error"


def test_one_late_row_brings_nothing_back() -> None:
    court = Court()
    court.rig.order_status(status="Cancelled")
    assert published(court.sweep("Submitted") + court.sweep() + court.sweep("Submitted")) == []
    assert court.rig.status() == "Cancelled"


@pytest.mark.parametrize(("end", "shown"), [("Cancelled", "PendingCancel"), ("Filled", "Submitted")])
def test_nothing_brings_back_what_is_being_cancelled_or_is_filled(end: str, shown: str) -> None:
    court = Court()
    court.rig.order_status(status=end)
    assert published(court.sweep(shown) + court.sweep(shown)) == []


def test_a_change_is_in_doubt_until_a_sweep_that_began_later_shows_the_order() -> None:
    court = Court()
    court.rig.do(commands.ModifyOrder(order_id=1, order=court.record.state.order))
    court.rig.now += 1
    court.record.doubt_change(court.rig.now)
    assert court.record.may_mean_the_change and court.record.change is None
    court.sweep("Submitted", after_us=0)
    assert court.record.may_mean_the_change
    court.sweep("Submitted")
    assert not court.record.may_mean_the_change
