"""Orders and executions as the simulated TWS keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from twssim.contracts import Instrument
from twssim.order_terms import OrderTerms

PENDING_SUBMIT = "PendingSubmit"
PRE_SUBMITTED = "PreSubmitted"
SUBMITTED = "Submitted"
PENDING_CANCEL = "PendingCancel"
CANCELLED = "Cancelled"
FILLED = "Filled"
INACTIVE = "Inactive"

TERMINAL = frozenset({CANCELLED, FILLED, INACTIVE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """One fill, with the commission and the realised P&L that belong to it.

    `realized_pnl` is None for a fill that opens or enlarges a position.
    """

    exec_id: str
    time: float
    account: str
    con_id: int
    exchange: str
    side: str
    shares: Decimal
    price: Decimal
    perm_id: int
    client_id: int
    order_id: int
    cum_qty: Decimal
    avg_price: Decimal
    order_ref: str
    last_liquidity: int
    commission: Decimal
    commission_currency: str
    realized_pnl: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPreview:
    """Margin and commission of a what-if order, amounts in `currency`."""

    currency: str
    init_margin_before: Decimal
    maint_margin_before: Decimal
    equity_before: Decimal
    init_margin_change: Decimal
    maint_margin_change: Decimal
    equity_change: Decimal
    commission: Decimal
    commission_currency: str


@dataclass(slots=True, kw_only=True)
class Order:
    """One order through its whole life; only the exchange changes it.

    `charged` is the commission so far, `commission` what openOrder shows: nothing until the order
    is filled and the commission reported. `entered` is when it was acknowledged. `touches` counts looks
    in a row at which the market was at its trigger, `taken` what it took of the book in one go, and
    `ahead` is what others have in the queue before it, None while it stands behind the best price.
    """

    client_id: int
    order_id: int
    perm_id: int
    account: str
    instrument: Instrument
    terms: OrderTerms
    parent_perm_id: int = 0
    status: str = PENDING_SUBMIT
    why_held: str = ""
    filled: Decimal = Decimal(0)
    fill_value: Decimal = Decimal(0)
    last_fill_price: Decimal = Decimal(0)
    charged: Decimal = Decimal(0)
    commission: Decimal | None = None
    commission_currency: str = ""
    reject_reason: str = ""
    done_time: float | None = None
    acknowledged: bool = False
    entered: float | None = None
    triggered: bool = False
    touches: int = 0
    conditions_met: bool = False
    became_market: bool = False
    filling: bool = False
    resting: bool = False
    taken: Decimal = Decimal(0)
    ahead: Decimal | None = None
    combo_limit: Decimal | None = None
    preview: OrderPreview | None = None

    @property
    def own_limit(self) -> Decimal | None:
        """The limit price of the order; of a combination with prices per leg, what they add up to."""
        return self.terms.limit_price if self.combo_limit is None else self.combo_limit

    @property
    def remaining(self) -> Decimal:
        """What is left to fill."""
        return self.terms.total_quantity - self.filled

    @property
    def avg_fill_price(self) -> Decimal:
        """Average price of what has been filled, 0 before the first fill."""
        return self.fill_value / self.filled if self.filled else Decimal(0)

    @property
    def done(self) -> bool:
        """Whether nothing can happen to the order any more."""
        return self.status in TERMINAL

    @property
    def working(self) -> bool:
        """Whether TWS lists the order as open: transmitted and not finished."""
        return not self.done and self.terms.transmit
