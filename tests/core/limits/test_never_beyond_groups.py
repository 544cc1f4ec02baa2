"""Brackets and OCA groups in the sequences of test_never_beyond.py; and money in currencies whose rates move."""

from __future__ import annotations

import os
from decimal import Decimal
from typing import NamedTuple

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from tests.core.limits.rig import LMT, LimitRig, code
from tests.core.limits.test_never_beyond import SIZES, NeverBeyond
from tests.core.rig import ACCOUNT, CONTRACT, fill, of
from tests.core.simulated_world import Disk
from twsbridge.protocol import commands
from twsbridge.protocol.models import Contract
from twsbridge_server.core import effects as fx
from twsbridge_server.core.inputs import ExecutionReceived, PositionEnd, PositionRow
from twsbridge_server.core.limits.terms import Limits, LimitTable, Stated
from twsbridge_server.core.order_groups import OrderGroups

GROUPS = st.lists(st.integers(1, 6), min_size=2, max_size=3)


class NeverBeyondInGroups(NeverBeyond):
    """The exits of a bracket work once its entry is filled; what one of them fills the other cannot fill any more."""

    limits = Limits(max_quantity=Decimal(8), max_position=Decimal(12))
    most = 12

    def __init__(self) -> None:
        super().__init__()
        self.exits: dict[int, list[int]] = {}

    @rule(
        sizes=st.lists(st.integers(1, 6), min_size=2, max_size=3),
        action=st.sampled_from(["BUY", "SELL"]),
        is_oca=st.booleans(),
    )
    def place_group(self, sizes: list[int], action: str, is_oca: bool) -> None:
        self.keys += 1
        first = self.rig.orders.next_order_id
        actions = [action, *({"BUY": "SELL", "SELL": "BUY"}[action] if not is_oca else action for _ in sizes[1:])]
        members = [
            commands.GroupMember(
                client_order_id=f"g{self.keys}-{n}",
                contract=CONTRACT,
                order=LMT.model_copy(update={"quantity": Decimal(size), "action": side, "limit_price": 90.0 + n}),
            )
            for n, (size, side) in enumerate(zip(sizes, actions, strict=True))
        ]
        command = commands.PlaceGroup(kind="oca" if is_oca else "bracket", members=members)
        groups = OrderGroups(self.rig.orders, self.rig.placements, self.rig.admission)
        effects = self.write(groups.place(self.rig.client(command), command, self.rig.now))
        if code(effects) != "ok":
            return
        self.rig.sent(effects)
        for n, (size, side) in enumerate(zip(sizes, actions, strict=True)):
            self.accepted.append(self.rig.now)
            self.left[first + n] = size if side == "BUY" else -size
            self.size[first + n] = size
            self.write(self.rig.open_order(first + n))
        if not is_oca:
            self.exits[first] = [first + n for n in range(1, len(sizes))]

    @rule(data=st.data(), size=SIZES, tells=st.booleans(), shows=st.booleans())
    def trade(self, data: st.DataObject, size: int, tells: bool, shows: bool) -> None:
        before = dict(self.left)
        super().trade(data, size, tells, shows)
        for exits in self.exits.values():
            done = sum(before[number] - self.left[number] for number in exits)
            for number in exits:
                if done and before[number] == self.left[number]:
                    rest = max(abs(before[number]) - abs(done), 0)
                    self.left[number] = rest if before[number] > 0 else -rest

    @rule(data=st.data(), at_once=st.booleans())
    def cancel(self, data: st.DataObject, at_once: bool) -> None:
        super().cancel(data, at_once)
        for entry, exits in self.exits.items():
            if not self.left[entry] and self._filled(entry) < self.size[entry]:
                self.left |= dict.fromkeys(exits, 0)

    @rule()
    def stay_unanswered(self) -> None:
        """Whoever waits for a change is told that it is not known."""
        for record in self.rig.orders:
            record.doubt_change(self.rig.now)

    @rule()
    def restart(self) -> None:
        super().restart()
        for number, left in self.left.items():
            record = self.rig.orders.by_order_id(number)
            if left and record is not None:
                self.rig.open_order(
                    number, order=record.state.order.model_copy(update={"quantity": Decimal(self.size[number])})
                )

    def numbers(self) -> list[int]:
        waiting = {number for entry, exits in self.exits.items() if self.left[entry] for number in exits}
        return [number for number in super().numbers() if number not in waiting]

    def reach(self) -> tuple[int, int]:
        """Of a bracket, what its entry and one of its exits could do."""
        low = high = self.held
        exits = {number for numbers in self.exits.values() for number in numbers}
        for number, left in self.left.items():
            if number not in exits:
                ends = {0, left, left + self._largest(number)} if left else {0, self._largest(number)}
                low, high = low + min(ends), high + max(ends)
        return low, high

    def _largest(self, entry: int) -> int:
        return max((self.left[number] for number in self.exits.get(entry, ())), key=abs, default=0)

    def _filled(self, number: int) -> Decimal:
        executions = (each.execution for each in self.executions)
        return sum((each.shares for each in executions if each.order_id == number), Decimal(0))


class Stock(NamedTuple):
    """Costs 100 of its currency."""

    contract: Contract
    currency: str


STOCKS = [
    Stock(Contract(con_id=n, symbol=f"S{n}", sec_type="STK", exchange="SMART", currency=currency), currency)
    for n, currency in enumerate(("USD", "GBP", "JPY"), start=1)
]


class NeverTooMuchInAnyCurrency(RuleBasedStateMachine):
    """What is accepted keeps the limit at the rates of that moment, or makes less of what there is."""

    most = 1000

    def __init__(self) -> None:
        super().__init__()
        self.rates: dict[str, float | None] = {"USD": 1.0, "GBP": None, "JPY": None}
        self.disk = Disk()
        self.left: dict[int, tuple[int, int]] = {}
        self.held = [0, 0, 0]
        self.executions: list[ExecutionReceived] = []
        self.keys = 0
        self.start()

    def start(self) -> None:
        now = self.rig.now if self.keys else 1_000_000
        self.rig = LimitRig(restored=self.disk.restored() if self.keys else None)
        self.rig.now = now
        self.rig.table(LimitTable(Limits(max_gross=Decimal(self.most)), stated=Stated("USD")))
        for currency, rate in self.rates.items():
            self.rig.rate(currency, rate or 0.0)
        self.rig.accounts.ready(now)
        for currency, rate in self.rates.items():
            self.rig.rate(currency, rate or 0.0)
        for each in self.executions:
            self.write(self.rig.executions.received(each, now))
        for stock, size in zip(STOCKS, self.held, strict=True):
            self.rig.accounts.position_row(PositionRow(ACCOUNT, stock.contract, Decimal(size), 100.0), now)
        self.rig.accounts.position_end(PositionEnd(), now)

    def write(self, effects: list[fx.Effect]) -> list[fx.Effect]:
        for effect in of(fx.AppendJournal, effects):
            self.disk.write(effect.row)
        return effects

    def gross(self) -> float | None:
        """In dollars, with all open orders filled; None where a rate is missing."""
        total = 0.0
        for n, stock in enumerate(STOCKS):
            sizes = [size for which, size in self.left.values() if which == n]
            longest = self.held[n] + sum(size for size in sizes if size > 0)
            shortest = self.held[n] + sum(size for size in sizes if size < 0)
            rate = self.rates[stock.currency]
            if rate is None and (longest or shortest):
                return None
            total += max(longest, -shortest) * 100 * (rate or 0.0)
        return total

    @rule(which=st.integers(0, 2), size=st.integers(-8, 8).filter(bool))
    def place(self, which: int, size: int) -> None:
        self.keys += 1
        terms = {"quantity": Decimal(abs(size)), "action": "BUY" if size > 0 else "SELL"}
        order, number = LMT.model_copy(update=terms), self.rig.orders.next_order_id
        command = commands.PlaceOrder(client_order_id=f"k{self.keys}", contract=STOCKS[which].contract, order=order)
        effects = self.write(self.rig.commands.place(self.rig.client(command), command, self.rig.now))
        if code(effects) != "ok":
            return
        self.rig.sent(effects)
        others = sum(each for n, each in self.left.values() if n == which and each * size > 0)
        reduces = self.held[which] * size < 0 and abs(size + others) <= abs(self.held[which])
        before = self.gross()
        self.left[number] = (which, size)
        self.write(self.rig.open_order(number, contract=STOCKS[which].contract))
        gross = self.gross()
        assert reduces or (gross is not None and gross <= max(self.most, before or 0.0))

    @rule(data=st.data(), size=SIZES)
    def trade(self, data: st.DataObject, size: int) -> None:
        numbers = [number for number, (_, left) in self.left.items() if left]
        if not numbers:
            return
        number = data.draw(st.sampled_from(numbers))
        which, left = self.left[number]
        done = min(size, abs(left)) * (1 if left > 0 else -1)
        self.left[number] = (which, left - done)
        self.held[which] += done
        record = self.rig.orders.by_order_id(number)
        assert record is not None
        execution = fill(
            f"0000e0d5.{len(self.executions):08x}.01.01",
            order_id=number,
            perm_id=900 + number,
            shares=Decimal(abs(done)),
            side="BOT" if done > 0 else "SLD",
            cum_qty=record.state.order.quantity - abs(left - done),
            price=100.0,
            contract=STOCKS[which].contract,
        )
        self.executions.append(ExecutionReceived(-1, execution, record.order_ref))
        self.write(self.rig.executions.received(self.executions[-1], self.rig.now))
        row = PositionRow(ACCOUNT, STOCKS[which].contract, Decimal(self.held[which]), 100.0)
        self.rig.accounts.position_row(row, self.rig.now)

    @rule(currency=st.sampled_from(["GBP", "JPY"]), rate=st.sampled_from([0.25, 0.5, 2.0, 4.0, None]))
    def move(self, currency: str, rate: float | None) -> None:
        self.rates[currency] = rate
        self.rig.rate(currency, rate or 0.0)

    @rule()
    def restart(self) -> None:
        """Kill -9: memory is what the journal says, and what TWS tells of positions and rates."""
        self.start()


TestNeverBeyondInGroups = NeverBeyondInGroups.TestCase
TestNeverTooMuchInAnyCurrency = NeverTooMuchInAnyCurrency.TestCase
TestNeverBeyondInGroups.settings = TestNeverTooMuchInAnyCurrency.settings = settings(
    max_examples=int(os.environ.get("TWSBRIDGE_TEST_EXAMPLES", "40")), stateful_step_count=40
)
