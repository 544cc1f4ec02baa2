"""No sequence of accepted orders, changes, cancels, fills and restarts goes beyond a limit. Cancels are always taken.

TWSBRIDGE_TEST_EXAMPLES says how many sequences are tried.
"""

from __future__ import annotations

import os
from decimal import Decimal
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.core.limits.rig import LMT, LimitRig, code
from tests.core.rig import ACCOUNT, CONTRACT, fill, of
from tests.core.simulated_world import Disk
from twsbridge.protocol import commands
from twsbridge.protocol.models import DONE, Commission
from twsbridge_server.core import effects as fx
from twsbridge_server.core.inputs import CommissionReceived, ExecutionReceived, PositionEnd, PositionRow
from twsbridge_server.core.limits.rates import MINUTE, SECOND
from twsbridge_server.core.limits.terms import Limits

LIMITS = Limits(
    max_quantity=Decimal(8),
    max_open_orders=5,
    max_orders_per_side=3,
    orders_per_second=3,
    orders_per_minute=12,
    same_order_in_2s=2,
)
SIZES = st.integers(1, 10)


class NeverBeyond(RuleBasedStateMachine):
    """`most` is the position allowed, `held` what is filled, `left` what may still fill of each order, signed."""

    limits = LIMITS.model_copy(update={"max_position": Decimal(10)})
    most = 10

    def __init__(self) -> None:
        super().__init__()
        self.disk, self.rig = Disk(), LimitRig(self.limits)
        self.left: dict[int, int] = {}
        self.size: dict[int, int] = {}
        self.executions: list[ExecutionReceived] = []
        self.held = 0
        self.accepted: list[int] = []
        self.keys = 0

    def write(self, effects: list[fx.Effect]) -> list[fx.Effect]:
        for effect in of(fx.AppendJournal, effects):
            self.disk.write(effect.row)
        return effects

    @rule(size=SIZES, action=st.sampled_from(["BUY", "SELL"]), price=st.sampled_from([90.0, 100.0]))
    def place(self, size: int, action: str, price: float) -> None:
        self.keys += 1
        terms = {"quantity": Decimal(size), "action": action, "limit_price": price}
        command = commands.PlaceOrder(
            client_order_id=f"k{self.keys}", contract=CONTRACT, order=LMT.model_copy(update=terms)
        )
        number = self.rig.orders.next_order_id
        effects = self.write(self.rig.commands.place(self.rig.client(command), command, self.rig.now))
        if code(effects) == "ok":
            self.rig.sent(effects)
            self.accepted.append(self.rig.now)
            self.left[number] = size if action == "BUY" else -size
            self.size[number] = size
            self.write(self.rig.open_order(number))

    @rule(data=st.data(), size=SIZES)
    def change(self, data: st.DataObject, size: int) -> None:
        number = self._open(data)
        record = self.rig.orders.by_order_id(number) if number else None
        if number is None or record is None or record.change is not None:
            return
        sign = 1 if self.left[number] > 0 else -1
        filled = self.size[number] - abs(self.left[number])
        if size > filled:
            order = record.state.order.model_copy(update={"quantity": Decimal(size)})
            command = commands.ModifyOrder(order_id=number, order=order)
            if code(self.write(self.rig.commands.modify(self.rig.client(command), command, self.rig.now))) == "ok":
                self.left[number], self.size[number] = sign * (size - filled), size
                if data.draw(st.booleans()):
                    self.write(self.rig.open_order(number, order=order))

    @rule(data=st.data(), size=SIZES, tells=st.booleans(), shows=st.booleans())
    def trade(self, data: st.DataObject, size: int, tells: bool, shows: bool) -> None:
        """TWS fills a part; the execution and the position may come, or be late."""
        number = self._open(data)
        if number is None:
            return
        done = min(size, abs(self.left[number]))
        sign = 1 if self.left[number] > 0 else -1
        self.left[number] -= sign * done
        self.held += sign * done
        record = self.rig.orders.by_order_id(number)
        assert record is not None
        execution = fill(
            f"0000e0d5.{len(self.executions):08x}.01.01", order_id=number, perm_id=900 + number, shares=Decimal(done),
            side="BOT" if sign > 0 else "SLD", cum_qty=Decimal(self.size[number] - abs(self.left[number])), price=100.0,
        )  # fmt: skip
        self.executions.append(ExecutionReceived(-1, execution, record.order_ref))
        if tells:
            self.tell()
        if shows:
            self.tell()
            self.show()

    @rule()
    def tell(self) -> None:
        for each in self.executions:
            self.write(self.rig.executions.received(each, self.rig.now))

    @rule()
    def show(self) -> None:
        """A position never overtakes the executions that it comes of."""
        self.tell()
        self.rig.accounts.position_row(PositionRow(ACCOUNT, CONTRACT, Decimal(self.held), 100.0), self.rig.now)

    @rule(data=st.data(), at_once=st.booleans())
    def cancel(self, data: st.DataObject, at_once: bool) -> None:
        number = self._open(data)
        if number is None:
            return
        record = self.rig.orders.by_order_id(number)
        assert record is not None
        command = commands.CancelOrder(order_id=number)
        if record.state.status not in DONE:
            assert code(self.rig.commands.cancel(self.rig.client(command), command, self.rig.now)) == "ok"
        if at_once:
            self.left[number] = 0
            self.tell()
            self.write(self.rig.order_status(number, "Cancelled"))

    @rule(pause=st.sampled_from([SECOND // 3, SECOND, 5 * SECOND, MINUTE]))
    def wait(self, pause: int) -> None:
        if pause >= MINUTE // 2:
            self.show()
        self.rig.now += pause

    @rule()
    def restart(self) -> None:
        """Kill -9: memory is what the journal says; the sweep and the image of positions tell the rest."""
        now = self.rig.now
        self.rig = LimitRig(self.limits, restored=self.disk.restored())
        self.rig.now = now
        self.tell()
        self.rig.accounts.ready(now)
        self.show()
        self.rig.accounts.position_end(PositionEnd(), now)

    def _open(self, data: st.DataObject) -> int | None:
        numbers = self.numbers()
        return data.draw(st.sampled_from(numbers)) if numbers else None

    def numbers(self) -> list[int]:
        """The orders that may fill now."""
        return [number for number, left in self.left.items() if left]

    def reach(self) -> tuple[int, int]:
        """The positions that could be in the end, whatever fills."""
        lefts = self.left.values()
        return self.held + sum(left for left in lefts if left < 0), self.held + sum(left for left in lefts if left > 0)

    @invariant()
    def positions_keep_the_limit(self) -> None:
        shortest, longest = self.reach()
        assert -self.most <= shortest <= longest <= self.most

    @invariant()
    def orders_keep_the_limit(self) -> None:
        sides: Any = [left > 0 for left in self.left.values() if left]
        most, per_side = self.limits.max_open_orders or 99, self.limits.max_orders_per_side or 99
        assert len(sides) <= most and sides.count(True) <= per_side and sides.count(False) <= per_side
        assert all(size <= 8 for size in self.size.values())

    @invariant()
    def rates_keep_the_limit(self) -> None:
        for span, most in (
            (SECOND, self.limits.orders_per_second or 99),
            (MINUTE, self.limits.orders_per_minute or 99),
        ):
            for instant in self.accepted[-12:]:
                assert sum(instant - span < each <= instant for each in self.accepted) <= most


class NeverTooMuchMoney(NeverBeyond):
    """The same by worth: the least price is 90."""

    limits = LIMITS.model_copy(update={"max_gross": Decimal(1000)})
    most = 11


class NeverMoreAfterALoss(NeverBeyond):
    """Once `lost` has come to the limit, what is taken brings the position nearer to zero, whatever else fills."""

    limits = LIMITS.model_copy(update={"max_daily_loss": Decimal(100)})
    most = 10_000

    def __init__(self) -> None:
        super().__init__()
        self.lost = 0
        self.paid = 0

    @rule(size=SIZES, action=st.sampled_from(["BUY", "SELL"]), price=st.sampled_from([90.0, 100.0]))
    def place(self, size: int, action: str, price: float) -> None:
        held, left = self.held, list(self.left.values())
        before = len(self.accepted)
        super().place(size, action, price)
        if len(self.accepted) > before and self.lost >= 100:
            sign = 1 if action == "BUY" else -1
            same_side = sum(abs(each) for each in left if each * sign > 0)
            assert size + same_side <= -held * sign

    @rule()
    def pay(self) -> None:
        """TWS tells what the next fill has realised: a loss of 100."""
        self.tell()
        if self.paid < len(self.executions):
            number = self.executions[self.paid].execution.exec_id
            said = Commission(exec_id=number, commission=Decimal(1), currency="USD", realized_pnl=Decimal(-100))
            self.write(self.rig.executions.commission(CommissionReceived(said), self.rig.now))
            self.paid, self.lost = self.paid + 1, self.lost + 100


TestNeverTooMuchMoney = NeverTooMuchMoney.TestCase
TestNeverMoreAfterALoss = NeverMoreAfterALoss.TestCase
TestNeverBeyond = NeverBeyond.TestCase
TestNeverBeyond.settings = TestNeverTooMuchMoney.settings = TestNeverMoreAfterALoss.settings = settings(
    max_examples=int(os.environ.get("TWSBRIDGE_TEST_EXAMPLES", "60")), stateful_step_count=50
)
