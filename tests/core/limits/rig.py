"""The order half of the core with limits set, positions told and a line of market data."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.core.rig import ACCOUNT, CONTRACT, OrderRig, asked, fill, of
from twsbridge.protocol import commands
from twsbridge.protocol.models import Contract, Order, Position
from twsbridge.protocol.stream_rows import Tick
from twsbridge.protocol.streams import stream_topic
from twsbridge_server.core import effects as fx
from twsbridge_server.core.inputs import (
    AccountSummaryRow,
    Client,
    CommandReceived,
    ExecutionReceived,
    LimitsChanged,
    PositionEnd,
    PositionRow,
    SubscriptionOpened,
)
from twsbridge_server.core.limits.terms import Limits, LimitTable
from twsbridge_server.core.restored import Restored
from twsbridge_server.core.rights import Rights
from twsbridge_server.core.stream_inputs import Ticks

LMT = Order(action="BUY", quantity=Decimal(5), order_type="LMT", limit_price=100.0)
MKT = Order(action="BUY", quantity=Decimal(5), order_type="MKT")


class LimitRig(OrderRig):
    """`limit` is what everything has to keep. Positions are known from the start."""

    def __init__(
        self, limit: Limits | None = None, own: Limits | None = None, restored: Restored | None = None
    ) -> None:
        super().__init__(restored)
        self.own = own or Limits()
        self.table(LimitTable(limit or Limits()))
        self.accounts.ready(self.now)
        self.accounts.position_end(PositionEnd(), self.now)
        self.kept_in("USD")

    def kept_in(self, currency: str, account: str = ACCOUNT) -> None:
        """The base currency of the account, by the account summary."""
        req_id = self.accounts.exchange_rates.req_id - 1
        row = AccountSummaryRow(req_id, account, "NetLiquidation", "100000.00", currency)
        self.accounts.summary_row(row, self.now)

    def rate(self, currency: str, rate: float, account: str = ACCOUNT) -> None:
        """What TWS says that one of it is worth in the base currency."""
        req_id = self.accounts.exchange_rates.req_id
        self.accounts.summary_row(AccountSummaryRow(req_id, account, "ExchangeRate", str(rate), currency), self.now)

    def table(self, table: LimitTable) -> None:
        self.limits.changed(LimitsChanged(table), self.now)

    def limit(self, limit: Limits) -> None:
        """From now on everything has to keep this."""
        self.table(LimitTable(limit))

    def hold(self, size: int, contract: Contract = CONTRACT, cost: float = 100.0) -> None:
        self.accounts.position_row(PositionRow(ACCOUNT, contract, Decimal(size), cost), self.now)

    def quote(self, bid: float, ask: float, contract: Contract = CONTRACT) -> None:
        if not self.lines.flowing():
            self.lines.ready(self.now)
        self.contracts._cache.met(contract, self.contracts.price_magnifier(contract))
        topic = stream_topic("md", f"{contract.con_id}@SMART")
        opened = self.lines.opened(SubscriptionOpened(topic, "alice"), self.now)
        req_id = next((e.call.req_id for e in of(fx.CallTws, opened) if hasattr(e.call, "req_id")), 0)
        self.req_id = req_id or self.req_id
        self.lines.ticks(Ticks(self.req_id, (Tick(1, bid), Tick(2, ask))), self.now)

    def client(self, command: commands.Command, name: str = "alice") -> CommandReceived:
        received = asked(command, name)
        client = Client(b"route", name, "trader", Rights(limits=self.own))
        return CommandReceived(client, received.request_id, command, received.sid)

    def order(self, key: str, order: Order = LMT, contract: Contract = CONTRACT, name: str = "alice") -> str:
        """Place it; the code of the refusal, or ok."""
        command = commands.PlaceOrder(client_order_id=key, contract=contract, order=order)
        return code(self.sent(self.commands.place(self.client(command, name), command, self.now)))

    def change(self, order_id: int, **terms: Any) -> str:
        record = self.orders.by_order_id(order_id)
        assert record is not None
        order = record.state.order.model_copy(update=terms)
        command = commands.ModifyOrder(order_id=order_id, order=order)
        return code(self.sent(self.commands.modify(self.client(command), command, self.now)))

    def cancel(self, order_id: int) -> str:
        command = commands.CancelOrder(order_id=order_id)
        return code(self.commands.cancel(self.client(command), command, self.now))

    def fill(self, n: int, order_id: int = 1, shares: int = 5, side: str = "BOT") -> None:
        record = self.orders.by_order_id(order_id)
        assert record is not None
        execution = fill(
            f"0000e0d5.69dd{n:04x}.01.01", order_id=order_id, perm_id=900 + order_id, shares=Decimal(shares), side=side,
            cum_qty=self.executions.tally.filled(order_id) + shares, price=100.0,
        )  # fmt: skip
        self.executions.received(ExecutionReceived(-1, execution, record.order_ref), self.now)

    def positions(self) -> list[Position]:
        return self.accounts.positions(ACCOUNT)


def code(effects: list[fx.Effect]) -> str:
    """How a command was answered."""
    error = next((e.error for e in of(fx.SendReply, effects) if e.error), None)
    return error.code if error else "ok"
