"""What is sent to close positions, whatever TWS says late, in part or not at all."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import Any

import pytest

from tests.core.rig import ACCOUNT, CONTRACT, fill, of
from tests.core.test_halting import HaltRig
from twsbridge.protocol import commands
from twsbridge.protocol.errors import make_error
from twsbridge.protocol.models import DONE, ContractDetails, Halt, Order
from twsbridge_server.core import calls
from twsbridge_server.core import effects as fx
from twsbridge_server.core.flattening import LAG_US, LOOK_US
from twsbridge_server.core.inputs import (
    Client,
    CommandReceived,
    ExecutionReceived,
    OpenOrder,
    OrderStatus,
    PositionEnd,
    PositionRow,
)

SECOND = 1_000_000


class FlatRig(HaltRig):
    """A TWS that holds `truth` and shows `shown` of it; orders fill when the test says so."""

    def __init__(self, position: int, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__()
        self.truth = self.shown = Decimal(position)
        self.placed: list[calls.PlaceOrder] = []
        self.cancelled: list[int] = []
        self.fills = 0
        self.answers = True
        monkeypatch.setattr(self.contracts, "resolve", self._resolve)

    def _resolve(self, contract: Any, then: Any, now: int) -> list[fx.Effect]:
        told = ContractDetails(contract=CONTRACT) if self.answers else make_error("tws.timeout", "no answer")
        return list(then(told, now))

    def flatten(self) -> list[fx.Effect]:
        command = commands.Halt(reason="fire", flatten=True)
        client = Client(b"r", "ann", "admin")
        return self.done(self.halting.halt(CommandReceived(client, "h", command, "run1"), command, self.now))

    def step(self, seconds: float = 1.0) -> None:
        """Sweeps and positions are told as soon as they are asked for."""
        until = self.now + int(seconds * SECOND)
        while self.now < until:
            self.now += LOOK_US
            self.reconcile.complete_since_us = self.now - 1
            self.done(self.flattening.due(self.now))

    def done(self, effects: list[fx.Effect]) -> list[fx.Effect]:
        for call in [each.call for each in of(fx.CallTws, effects)]:
            match call:
                case calls.ReqPositions():
                    self.accounts.position_row(PositionRow(ACCOUNT, CONTRACT, self.shown, 100.0), self.now)
                    self.accounts.position_end(PositionEnd(), self.now)
                case calls.PlaceOrder():
                    self.placed.append(call)
                case calls.CancelOrder():
                    self.cancelled.append(call.order_id)
        return effects

    def acknowledge(self, number: int, status: str = "Submitted") -> None:
        record = self.orders.by_order_id(number)
        assert record is not None
        said = OpenOrder(number, 900 + number, 1, CONTRACT, record.state.order, record.order_ref, status)
        self.orders.open_order(said, self.now)

    def status(self, number: int, status: str = "", filled: Decimal | int = 0) -> str:
        record = self.orders.by_order_id(number)
        assert record is not None
        if status:
            left = record.state.order.quantity - filled
            told = OrderStatus(number, status, Decimal(filled), left, 100.0, 900 + number, None, None, 1, "")
            self.orders.order_status(told, self.now)
        return record.state.status

    def trade(self, number: int, shares: Decimal | int) -> None:
        """The closing order fills, in part or whole; TWS's row of the position does not follow by itself."""
        record = self.orders.by_order_id(number)
        assert record is not None
        order, self.fills = record.state.order, self.fills + 1
        self.truth += shares if order.action == "BUY" else -shares
        execution = fill(
            f"0000e0d5.69dd{self.fills:04x}.01.01", order_id=number, perm_id=900 + number, shares=Decimal(shares),
            side="BOT" if order.action == "BUY" else "SLD", cum_qty=record.state.filled + shares, price=100.0,
        )  # fmt: skip
        self.executions.received(ExecutionReceived(-1, execution, record.order_ref), self.now)

    @property
    def halt_state(self) -> Halt:
        (halt,) = self.switch.rows()
        return halt

    def why(self) -> str:
        return "; ".join(each.reason for each in self.flattening.unclosed(self.halt_state))


def test_one_order_closes_a_position_and_nothing_follows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    rig = FlatRig(7, monkeypatch)
    rig.flatten()
    rig.step(5)
    (call,) = rig.placed
    assert (call.order.action, call.order.quantity, call.order.order_type) == ("SELL", 7, "MKT")
    rig.acknowledge(call.order_id)
    rig.trade(call.order_id, 7)
    rig.shown = rig.truth
    rig.step(LAG_US / SECOND + 5)
    assert len(rig.placed) == 1 and rig.truth == 0
    assert rig.flattening.is_over(rig.halt_state) and rig.halt_state.flatten == ""
    assert (rig.halt_state.state, rig.flattening.next_due()) == ("HALTED", None)


def test_a_position_that_tws_shows_late_is_not_closed_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    rig = FlatRig(-7, monkeypatch)
    rig.flatten()
    rig.step(2)
    (call,) = rig.placed
    assert call.order.action == "BUY"
    rig.acknowledge(call.order_id)
    rig.trade(call.order_id, 7)
    rig.step(30)
    assert len(rig.placed) == 1
    assert "does not agree" in rig.why()


def test_what_a_closing_order_left_over_is_closed_by_another(monkeypatch: pytest.MonkeyPatch) -> None:
    rig = FlatRig(7, monkeypatch)
    rig.flatten()
    rig.step(2)
    rig.acknowledge(1)
    rig.trade(1, 3)
    rig.status(1, "Cancelled", 3)
    rig.step(10)
    assert len(rig.placed) == 1, "TWS still shows seven"
    rig.shown = rig.truth
    rig.step(LAG_US / SECOND + 5)
    assert [call.order.quantity for call in rig.placed] == [7, 4]
    assert len({call.order_ref for call in rig.placed}) == 2


def test_an_order_that_became_too_large_is_cancelled_first(monkeypatch: pytest.MonkeyPatch) -> None:
    rig = FlatRig(7, monkeypatch)
    rig.flatten()
    rig.step(2)
    rig.acknowledge(1, "PreSubmitted")
    rig.truth = rig.shown = Decimal(2)
    rig.accounts.position_row(PositionRow(ACCOUNT, CONTRACT, rig.shown, 100.0), rig.now)
    rig.orders.raise_floor(50)
    rig.step(2)
    assert rig.cancelled == [1] and len(rig.placed) == 1
    rig.status(1, "Cancelled")
    rig.step(LAG_US / SECOND + 5)
    assert len(rig.placed) == 1 and "should be left after order 1" in rig.why()
    rig.flatten()
    rig.step(5)
    assert [call.order.quantity for call in rig.placed] == [7, 2]


def test_what_tws_refuses_is_named_and_tried_again_only_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    rig = FlatRig(7, monkeypatch)
    rig.flatten()
    rig.step(2)
    record = rig.orders.by_order_id(1)
    assert record is not None
    rig.orders.explain(record, 201, "no trading permission", rig.now, status="Rejected")
    rig.step(30)
    assert len(rig.placed) == 1 and "no trading permission" in rig.why()
    rig.now += SECOND
    rig.flatten()
    rig.step(5)
    assert len(rig.placed) == 2


def test_orders_from_elsewhere_on_the_contract_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    rig = FlatRig(7, monkeypatch)
    order = Order(action="SELL", quantity=Decimal(7), order_type="LMT", limit_price=200.0, account=ACCOUNT)
    rig.orders.open_order(OpenOrder(0, 4711, 0, CONTRACT, order, "", "Submitted"), rig.now)
    rig.flatten()
    rig.step(5)
    assert rig.placed == [] and "4711" in rig.why()


def test_a_contract_that_tws_does_not_tell_of_waits_until_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    rig = FlatRig(7, monkeypatch)
    rig.answers = False
    rig.flatten()
    rig.step(5)
    assert rig.placed == [] and rig.why() == "no answer"
    rig.answers = True
    rig.step(5)
    assert len(rig.placed) == 1


def test_orders_of_clients_are_cancelled_before_anything_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    rig = FlatRig(7, monkeypatch)
    rig.order("k1")
    rig.open_order(1)
    rig.flatten()
    rig.step(3)
    assert set(rig.cancelled) == {1} and rig.placed == []
    rig.order_status(1, "Cancelled")
    rig.step(3)
    assert [call.order_id for call in rig.placed] == [2]


def test_a_resumed_halt_closes_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    rig = FlatRig(7, monkeypatch)
    rig.flatten()
    rig.resume()
    rig.step(5)
    assert rig.placed == []


@pytest.mark.parametrize("seed", range(60))
def test_whatever_fills_late_or_in_part_it_ends_at_zero_and_never_turns(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = Random(seed)
    start = chance.choice([-9, -4, 5, 8])
    rig = FlatRig(start, monkeypatch)
    rig.flatten()
    moved_us = rig.now
    for _ in range(400):
        rig.step(chance.choice([0.5, 1.0, 3.0, 20.0]))
        alive = [call for call in rig.placed if rig.status(call.order_id) not in DONE]
        assert len(alive) <= 1, "one closing order at a time"
        if chance.random() < 0.3 or rig.now - moved_us > 35 * SECOND:
            rig.shown = rig.truth
        if chance.random() < 0.05:
            rig.flatten()
        before = rig.truth
        for call in alive:
            _happen(rig, call.order_id, chance)
        moved_us = rig.now if rig.truth != before else moved_us
        assert rig.truth * start >= 0, "it turned"
        if rig.halt_state.flatten == "":
            break
    assert rig.truth == 0


def _happen(rig: FlatRig, number: int, chance: Random) -> None:
    record = rig.orders.by_order_id(number)
    assert record is not None
    if not record.acknowledged:
        rig.acknowledge(number)
        return
    left = int(record.state.order.quantity - record.state.filled)
    fate = chance.random()
    if fate < 0.5:
        rig.trade(number, chance.randint(1, left))
    elif fate < 0.7 or number in rig.cancelled:
        record.cancel_sent_us = record.cancel_sent_us or rig.now
        rig.status(number, "Cancelled", record.state.filled)
