"""What a client asks for in placeOrder: every attribute that openOrder must echo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class ComboLeg:
    """One leg of a BAG contract."""

    con_id: int
    ratio: int
    action: str
    exchange: str
    open_close: int
    short_sale_slot: int
    designated_location: str
    exempt_code: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderTerms:
    """An order as its client described it.

    The attributes that steer the simulated exchange are typed. All others are kept in `rest`,
    by name, as the text they arrived in, only to be echoed.
    """

    action: str
    total_quantity: Decimal
    order_type: str
    limit_price: Decimal | None = None
    aux_price: Decimal | None = None
    tif: str = ""
    oca_group: str = ""
    oca_type: int = 0
    account: str = ""
    order_ref: str = ""
    transmit: bool = True
    parent_id: int = 0
    outside_rth: bool = False
    what_if: bool = False

    rest: Mapping[str, str] = field(default_factory=dict)
    combo_legs: tuple[ComboLeg, ...] = ()
    combo_leg_prices: tuple[str, ...] = ()
    smart_combo_routing: tuple[tuple[str, str], ...] = ()
    algo_params: tuple[tuple[str, str], ...] = ()
    delta_neutral_contract: tuple[str, str, str] | None = None
    conditions: tuple[tuple[str, ...], ...] = ()
    """Each condition as its fields, type first; the layout is the same in both directions."""

    @property
    def is_buy(self) -> bool:
        """Whether the order increases the position."""
        return self.action == "BUY"

    @property
    def price_type(self) -> str:
        """The order type in one spelling: MKT, LMT, STP, STP LMT, or what the client wrote."""
        return {"STPLMT": "STP LMT"}.get(self.order_type, self.order_type)
