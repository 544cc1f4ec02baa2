"""What a client asks for in placeOrder: every attribute that openOrder must echo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from twssim.order_types import ORDER_TYPES, OrderType, usual_spelling
from twssim.wire import UNSET_INTEGER, UnreadableRequest, number


@dataclass(frozen=True, slots=True)
class ComboLeg:
    """One leg of a BAG contract."""

    con_id: int
    ratio: int
    action: str
    exchange: str
    open_close: int = 0
    short_sale_slot: int = 0
    designated_location: str = ""
    exempt_code: int = -1


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
    def kind(self) -> OrderType:
        """How the order type behaves; KeyError for one that no order was accepted with."""
        return ORDER_TYPES[usual_spelling(self.order_type)]

    def text(self, name: str) -> str:
        """One of the attributes in `rest`, "" when the client gave none or sent IB's unset marker."""
        written = self.rest.get(name, "")
        unset = written == str(UNSET_INTEGER) or (len(written) > 20 and written.startswith("1.797693"))
        return "" if unset else written

    def amount(self, name: str) -> Decimal | None:
        """The same as a number; None also for what is none, and for 0."""
        try:
            return number(self.text(name)) or None
        except UnreadableRequest:
            return None

    def flag(self, name: str) -> bool:
        """The same as a flag."""
        return self.text(name) not in ("", "0")

    def with_limit(self, price: Decimal) -> OrderTerms:
        """These terms with another limit price."""
        return replace(self, limit_price=price)

    def with_rest(self, **changed: str) -> OrderTerms:
        """These terms with other values of some attributes in `rest`."""
        return replace(self, rest={**self.rest, **changed})
