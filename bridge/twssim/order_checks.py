"""What TWS refuses before an order exists: each check names the error code TWS uses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from twssim.account import ZERO
from twssim.contracts import Instrument
from twssim.order import Order
from twssim.order_terms import OrderTerms
from twssim.valuation import Valuation, initial_margin, mark_price

if TYPE_CHECKING:
    from twssim.gateway import Gateway

ACTIONS = ("BUY", "SELL", "SSHORT")
SIMULATED_TYPES = ("MKT", "LMT", "STP", "STP LMT")
OTHER_TYPES = frozenset(
    "MOC LOC MIT LIT MTL MIDPRICE REL TRAIL TRAIL~LIMIT PEG~MKT PEG~MID PEG~BEST PEG~BENCH "
    "PEG~STK PEGMKT PEGMID PEGBEST PEGBENCH PASSV~REL VOL MKT~PRT STP~PRT BOX~TOP QUOTE "
    "SNAP~MKT SNAP~MID SNAP~PRIM".replace("~", "_").split()
)
TIMES_IN_FORCE = ("", "DAY", "GTC", "IOC", "FOK", "GTD", "OPG", "DTC")
MOST_WORKING_PER_SIDE = 20
LARGEST = Decimal(10) ** 12


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error code with its text; for 321 the text is the cause only."""

    code: int
    text: str


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
    kind = proposal.terms.price_type
    if kind in SIMULATED_TYPES:
        return None
    if kind.replace(" ", "_") in OTHER_TYPES:
        return Refusal(387, "Unsupported order type for this exchange and security type.")
    return Refusal(321, "Invalid order type was entered")


def _time_in_force(proposal: Proposal) -> Refusal | None:
    if proposal.terms.tif in TIMES_IN_FORCE:
        return None
    return Refusal(10052, f"Invalid time in force:{proposal.terms.tif}.")


def _prices(proposal: Proposal) -> Refusal | None:
    terms = proposal.terms
    needed: list[Decimal | None] = []
    if terms.price_type in ("LMT", "STP LMT"):
        needed.append(terms.limit_price)
    if terms.price_type in ("STP", "STP LMT"):
        needed.append(terms.aux_price)
    for price in needed:
        found = _price(price, proposal.instrument)
        if found is not None:
            return found
    return None


def _price(price: Decimal | None, instrument: Instrument) -> Refusal | None:
    if price is None:
        return Refusal(463, "You must enter a valid price.")
    if price <= 0:
        return Refusal(201, "Order rejected - reason:The price must be greater than zero")
    if price >= LARGEST:
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
    _quantity,
    _order_type,
    _time_in_force,
    _prices,
    _what_if,
    _parent,
)


def margin_change(proposal: Proposal, valuation: Valuation) -> Decimal:
    """How much initial margin (for a bought option: premium) the order needs, in base currency."""
    instrument, terms = proposal.instrument, proposal.terms
    quote = proposal.gateway.market.quote(instrument.con_id, proposal.gateway.now)
    price = terms.limit_price or mark_price(instrument, quote)
    held = proposal.gateway.accounts[proposal.account].positions.get(instrument.con_id)
    before = held.quantity if held else ZERO
    filled = proposal.order.filled if proposal.order else ZERO
    open_quantity = terms.total_quantity - filled
    signed = open_quantity if terms.is_buy else -open_quantity
    change = _margin(instrument, before + signed, price) - _margin(instrument, before, price)
    rate = proposal.gateway.market.rate(instrument.currency, valuation.account.currency, proposal.gateway.now)
    return change * rate


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
        and order.terms.is_buy == terms.is_buy
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
