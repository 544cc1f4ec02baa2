"""The nouns of the wire: contracts, orders, executions, bars, positions, account values. IB's terms in snake_case."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from twsbridge.protocol.contract import Contract, ContractDetails
from twsbridge.protocol.fields import Int, Micros, Money, Price, Quantity, WireModel, rarely
from twsbridge.protocol.order import Order

__all__ = [
    "DONE",
    "UNKNOWN",
    "WORKING",
    "AccountValue",
    "Break",
    "Commission",
    "Condition",
    "Contract",
    "ContractDetails",
    "Execution",
    "Halt",
    "Notice",
    "OnDeath",
    "Order",
    "OrderState",
    "Position",
    "Reason",
]

WORKING = frozenset({"PendingSubmit", "PreSubmitted", "Submitted", "PendingCancel", "ApiPending"})
"""Statuses of an order that can still fill."""

DONE = frozenset({"Filled", "Cancelled", "ApiCancelled", "Rejected", "NOT_FOUND"})
"""Statuses after which nothing more happens. `Inactive` is in neither set: TWS may lift the hold."""

UNKNOWN = "UNKNOWN"
"""Status: it is not known whether TWS has the order. A sweep will tell; nothing is resent meanwhile."""


OnDeath = Literal["keep", "cancel", "reduce_only"]
"""What becomes of an order when its owner is gone: it stays, is cancelled, or stays while it reduces a position."""


class Reason(WireModel):
    """Why TWS rejected, cancelled, held or warned: its code and its text. Code 0: the bridge says it, not TWS."""

    tws_code: Int
    text: str


class OrderState(WireModel):
    """One order as the bridge knows it now. `origin` is "bridge", or "external" for manual and foreign orders.

    `owner` is the client that may change it, `placed_by` the one that placed it, once it has passed to another owner.

    `on_death` is what becomes of it when the process that placed it falls silent, by that process's own choice.

    `attempt` counts the orders placed under one client_order_id, each but the last of which was not at TWS.
    """

    order_id: Int | None = None
    perm_id: Int | None = None
    client_id: Int | None = None
    client_order_id: str | None = None
    owner: str | None = None
    placed_by: str | None = None
    origin: str = "bridge"
    contract: Contract = Contract()
    order: Order = Order()
    status: str = "PendingSubmit"
    filled: Quantity = Decimal(0)
    remaining: Quantity = Decimal(0)
    avg_fill_price: Price | None = None
    last_fill_price: Price | None = None
    parent_id: Int | None = None
    oca_group: str = ""
    attempt: Int = 1
    why_held: str = ""
    reason: Reason | None = None
    updated_us: Micros = 0
    on_death: OnDeath = rarely("keep")
    strategy: str = rarely("")

    @property
    def is_done(self) -> bool:
        """True when nothing more will happen to this order."""
        return self.status in DONE


class Execution(WireModel):
    """One fill. A correction has the same `exec_id` up to its last part and a higher `revision`."""

    exec_id: str
    revision: Int = 1
    replaces: str | None = None
    order_id: Int | None = None
    perm_id: Int | None = None
    client_id: Int | None = None
    client_order_id: str | None = None
    owner: str | None = None
    account: str = ""
    contract: Contract = Contract()
    side: str = ""
    shares: Quantity = Decimal(0)
    price: Price = 0.0
    time_us: Micros = 0
    exchange: str = ""
    cum_qty: Quantity = Decimal(0)
    avg_price: Price = 0.0
    liquidation: bool = False
    last_liquidity: Int = 0
    strategy: str = rarely("")


class Commission(WireModel):
    """Commission and fees of one execution; `realized_pnl` is None for a fill that opens a position."""

    exec_id: str
    commission: Money
    currency: str
    realized_pnl: Money | None = None


class AccountValue(WireModel):
    """One account summary or account update value, as TWS words it; `currency` is empty where there is none."""

    account: str
    tag: str
    value: str
    currency: str = ""


class Position(WireModel):
    """A holding: negative when short. `avg_cost` is in the contract's currency, per share times multiplier."""

    account: str
    contract: Contract
    position: Quantity
    avg_cost: Price = 0.0


class Break(WireModel):
    """Where the bridge's records and TWS differ after a comparison. Nothing is mended silently: look at it.

    subject: fills (`expected` is what TWS says is filled, `actual` what executions add up to), position (`expected`
    is what executions since the first image make of it, `actual` TWS's), or duplicate (a second order of one key).
    """

    subject: str
    account: str
    contract: Contract = Contract()
    order_id: Int | None = None
    client_order_id: str | None = None
    owner: str | None = None
    expected: Quantity = Decimal(0)
    actual: Quantity = Decimal(0)
    since_us: Micros = 0
    text: str = ""


class Condition(WireModel):
    """Something that stands in the way, or soon will: `text` what it is, `does` what the bridge does, `do` what helps.

    `code` is stable: see the table in clients/README.md.
    """

    code: str
    text: str
    does: str = ""
    do: str = ""
    since_us: Micros = 0


class Halt(WireModel):
    """The kill switch for one scope (global, account, client): HALTED sends nothing, REDUCING what reduces positions.

    `of` names the account or the client, `by` who said so: a client, `file`, `signal`, `bridge`, or `rule:` and a name.
    `flatten` is the admin on whose word positions are being closed, and empty once they are.
    """

    scope: str
    of: str = ""
    state: str = "HALTED"
    reason: str = ""
    by: str = ""
    since_us: Micros = 0
    flatten: str = ""


class Unclosed(WireModel):
    """A position that a halt was to close and that is still there, with why."""

    account: str
    contract: Contract
    position: Quantity
    reason: str


class Notice(WireModel):
    """Something TWS said that is not an answer: farm states, warnings. `id` is None when it belongs to nothing."""

    tws_code: Int
    text: str
    id: Int | None = None
    time_us: Micros = 0
