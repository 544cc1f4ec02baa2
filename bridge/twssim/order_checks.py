"""What TWS refuses before an order exists: each check names the error code TWS uses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from twssim.account import ZERO
from twssim.combos import Leg, legs_of, own_prices
from twssim.conditions import unreadable
from twssim.contracts import Instrument
from twssim.order import Order
from twssim.order_terms import OrderTerms
from twssim.order_times import good_after, good_till
from twssim.order_types import ORDER_TYPES, usual_spelling
from twssim.valuation import Valuation, initial_margin, mark_price

if TYPE_CHECKING:
    from twssim.gateway import Gateway

ACTIONS = ("BUY", "SELL", "SSHORT")
NOT_THERE = "Unsupported order type for this exchange and security type."
ONLY_FOR = {"VOL": ("OPT", "FOP"), "PEG STK": ("OPT",), "MKT PRT": ("FUT",), "STP PRT": ("FUT",), "BOX TOP": ("OPT",)}
"""Order types that exist for some security types only."""

WITHOUT_AUCTION = ("CASH", "CRYPTO")
TIMES_IN_FORCE = ("", "DAY", "GTC", "IOC", "FOK", "GTD", "OPG", "DTC")
MOST_WORKING_PER_SIDE = 20
LARGEST = Decimal(10) ** 12


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error code with its text; for 321 the text is the cause only."""

    code: int
    text: str


RETIRED = {
    "e_trade_only": Refusal(10268, "The 'EtradeOnly' order attribute is not supported."),
    "firm_quote_only": Refusal(10269, "The 'FirmQuoteOnly' order attribute is not supported."),
    "nbbo_price_cap": Refusal(10270, "The 'NbboPriceCap' order attribute is not supported."),
}
"""Attributes that TWS refuses since some years; old clients set the first two by themselves."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """An order that is being checked; `order` is itself once it is known, None before."""

    gateway: Gateway
    client_id: int
    account: str
    instrument: Instrument
    terms: OrderTerms
    order: Order | None = None


def refusal(proposal: Proposal) -> Refusal | None:
    """Why TWS would not take this order, None when it would; nothing is created or changed."""
    for check in CHECKS:
        found = check(proposal)
        if found is not None:
            return found
    return None


def _action(proposal: Proposal) -> Refusal | None:
    if proposal.terms.action in ACTIONS:
        return None
    return Refusal(321, f"Invalid action '{proposal.terms.action}'")


def _retired(proposal: Proposal) -> Refusal | None:
    used = (name for name in RETIRED if proposal.terms.rest.get(name, "") not in ("", "0"))
    return next((RETIRED[name] for name in used), None)


def _quantity(proposal: Proposal) -> Refusal | None:
    quantity, step = proposal.terms.total_quantity, proposal.instrument.size_increment
    if quantity == 0:
        return Refusal(434, "The order size cannot be zero.")
    if not 0 < quantity < LARGEST:
        return Refusal(321, "Order size must be greater than zero and not absurdly large")
    if quantity % step:
        return Refusal(10250, f"Order size does not conform to the size increment {step:f}")
    return None


def _order_type(proposal: Proposal) -> Refusal | None:
    written, sec_type = usual_spelling(proposal.terms.order_type), proposal.instrument.sec_type
    kind = ORDER_TYPES.get(written)
    if kind is None:
        return Refusal(387, NOT_THERE) if written == "QUOTE" else Refusal(321, "Invalid order type was entered")
    auction = kind.at_close or proposal.terms.tif == "OPG"
    if sec_type not in ONLY_FOR.get(written, (sec_type,)) or (auction and sec_type in WITHOUT_AUCTION):
        return Refusal(387, NOT_THERE)
    return None


def _time_in_force(proposal: Proposal) -> Refusal | None:
    terms, instrument = proposal.terms, proposal.instrument
    if terms.tif not in TIMES_IN_FORCE:
        return Refusal(10052, f"Invalid time in force:{terms.tif}.")
    try:
        until = good_till(terms, instrument)
        good_after(terms, instrument)
    except ValueError:
        return Refusal(321, "Invalid date/time format of good after time or good till date")
    if terms.tif == "GTD" and until is None:
        return Refusal(321, "Good till date is missing")
    return None


def _conditions(proposal: Proposal) -> Refusal | None:
    cause = unreadable(proposal.gateway, proposal.terms.conditions)
    return None if cause is None else Refusal(321, cause)


def _prices(proposal: Proposal) -> Refusal | None:
    terms = proposal.terms
    if terms.kind.trigger == "trail" and not (terms.aux_price or terms.amount("trailing_percent")):
        return Refusal(463, "You must enter a valid price.")
    if own_prices(terms) is not None:
        return None
    found = (_price(getattr(terms, name), proposal.instrument) for name in terms.kind.needs)
    return next((each for each in found if each is not None), None)


def _price(price: Decimal | None, instrument: Instrument) -> Refusal | None:
    if price is None:
        return Refusal(463, "You must enter a valid price.")
    if price <= 0 and instrument.sec_type != "BAG":
        return Refusal(201, "Order rejected - reason:The price must be greater than zero")
    if abs(price) >= LARGEST:
        return Refusal(201, "Order rejected - reason:The price is absurdly large")
    if price % instrument.min_tick:
        text = "The price does not conform to the minimum price variation for this contract."
        return Refusal(110, text)
    return None


def _what_if(proposal: Proposal) -> Refusal | None:
    if proposal.terms.what_if and not proposal.terms.transmit:
        return Refusal(321, "What-if order should have the transmit flag set")
    return None


def _parent(proposal: Proposal) -> Refusal | None:
    parent_id = proposal.terms.parent_id
    if not parent_id or proposal.gateway.orders.find(proposal.client_id, parent_id):
        return None
    return Refusal(10006, "Missing or invalid parent order.")


CHECKS: tuple[Callable[[Proposal], Refusal | None], ...] = (
    _action,
    _retired,
    _quantity,
    _order_type,
    _time_in_force,
    _prices,
    _conditions,
    _what_if,
    _parent,
)


@dataclass(frozen=True, slots=True)
class OrderedPart:
    """What an order would trade of one instrument, and about the price of it."""

    instrument: Instrument
    signed: Decimal
    price: Decimal


def ordered_parts(proposal: Proposal, quantity: Decimal) -> list[OrderedPart]:
    """The instrument of an order, or the legs of a combination."""
    gateway, terms = proposal.gateway, proposal.terms
    signed = quantity if terms.is_buy else -quantity
    legs = legs_of(gateway.universe, terms.combo_legs) or (Leg(proposal.instrument, Decimal(1)),)
    parts = []
    for leg in legs:
        price = mark_price(leg.instrument, gateway.market.quote(leg.instrument.con_id, gateway.now))
        own = terms.limit_price if leg.instrument is proposal.instrument else None
        parts.append(OrderedPart(leg.instrument, signed * leg.ratio, own or price))
    return parts


def margin_change(proposal: Proposal, valuation: Valuation) -> Decimal:
    """How much initial margin (for a bought option: premium) the order needs, in base currency."""
    gateway, base = proposal.gateway, valuation.account.currency
    filled = proposal.order.filled if proposal.order else ZERO
    change = ZERO
    for part in ordered_parts(proposal, proposal.terms.total_quantity - filled):
        held = valuation.account.positions.get(part.instrument.con_id)
        before = held.quantity if held else ZERO
        after = _margin(part.instrument, before + part.signed, part.price)
        rate = gateway.market.rate(part.instrument.currency, base, gateway.now)
        change += (after - _margin(part.instrument, before, part.price)) * rate
    return change


def _margin(instrument: Instrument, quantity: Decimal, price: Decimal) -> Decimal:
    if instrument.sec_type == "OPT" and quantity > 0:
        return quantity * price * Decimal(instrument.multiplier)
    return initial_margin(instrument, quantity, price)


def late_rejection(proposal: Proposal) -> str | None:
    """The reason for which IB refuses an order that TWS has taken (error 201), or None."""
    terms = proposal.terms
    same_side = [
        order
        for order in proposal.gateway.orders.working()
        if order.account == proposal.account
        and order.instrument.con_id == proposal.instrument.con_id
        and (order.terms.is_buy, order.terms.combo_legs) == (terms.is_buy, terms.combo_legs)
        and order is not proposal.order
    ]
    if len(same_side) >= MOST_WORKING_PER_SIDE:
        return f"No more than {MOST_WORKING_PER_SIDE} working orders per contract and side"
    valuation = proposal.gateway.account_streams.value(proposal.gateway.accounts[proposal.account])
    change = margin_change(proposal, valuation)
    if change <= max(valuation.available_funds, ZERO):
        return None
    currency = valuation.account.currency
    equity, needed = valuation.total("net_liquidation"), valuation.total("init_margin") + change
    return (
        "YOUR ORDER IS NOT ACCEPTED. IN ORDER TO OBTAIN THE DESIRED POSITION YOUR EQUITY WITH "
        f"LOAN VALUE [{equity:.2f} {currency}] MUST EXCEED THE INITIAL MARGIN "
        f"[{needed:.2f} {currency}]"
    )
