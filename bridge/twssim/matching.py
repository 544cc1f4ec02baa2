"""When an order fills, at which price, and in which pieces: pure functions of order and quote."""

from __future__ import annotations

from decimal import ROUND_UP, Decimal

from twssim.market import Quote
from twssim.order import Order

USUAL_SLICE = {"STK": 100, "CASH": 1_000_000, "FUT": 10, "OPT": 10}
"""The largest quantity that fills at once, unless the order would need too many slices."""


def fill_price(order: Order, quote: Quote) -> Decimal | None:
    """The price at which an order would trade now, None when the market is not there.

    A limit order that has been resting trades at its limit, all others at the quote.
    """
    market = quote.ask if order.terms.is_buy else quote.bid
    if _is_stop(order) and not order.triggered:
        return None
    limit = order.terms.limit_price
    if order.terms.price_type in ("MKT", "STP") or limit is None:
        return market
    reached = market <= limit if order.terms.is_buy else market >= limit
    if not reached:
        return None
    return limit if order.resting else market


def stop_reached(order: Order, quote: Quote) -> bool:
    """Whether the market elects a stop: the last price, for currencies the side it trades on."""
    stop = order.terms.aux_price
    if not _is_stop(order) or order.triggered or stop is None:
        return False
    is_buy = order.terms.is_buy
    price = quote.last
    if order.instrument.sec_type == "CASH":
        price = quote.ask if is_buy else quote.bid
    return price >= stop if is_buy else price <= stop


def _is_stop(order: Order) -> bool:
    return order.terms.price_type in ("STP", "STP LMT")


def waits_for_trigger(order: Order) -> bool:
    """Whether an order is a stop that has not been elected."""
    return _is_stop(order) and not order.triggered


def slice_size(order: Order, most_slices: int) -> Decimal:
    """How much of an order fills at once: all of a small one, a part of a large one."""
    usual = Decimal(USUAL_SLICE.get(order.instrument.sec_type, 100))
    step = order.instrument.size_increment
    part = order.terms.total_quantity / most_slices
    part = (part / step).to_integral_value(ROUND_UP) * step
    return min(order.remaining, max(usual, part))
