"""When an order fills, at which price, and in which pieces: pure functions of order and quote."""

from __future__ import annotations

from decimal import ROUND_UP, Decimal

from twssim.market import Quote
from twssim.order import Order
from twssim.triggers import waits_for_trigger

USUAL_SLICE = {"STK": 100, "CASH": 1_000_000, "FUT": 10, "OPT": 10}
"""The largest quantity that fills at once, unless the order would need too many slices."""

BOOK_LEVELS = 20
"""Prices at which the book holds the size of the quote; the last of them holds all that is wanted."""


def working_limit(order: Order, quote: Quote) -> Decimal | None:
    """The limit an order has at the exchange now; None when it takes any price."""
    terms, buys = order.terms, order.terms.is_buy
    price, cap = terms.kind.price, terms.limit_price or None
    if price in ("limit", "first"):
        return cap if price == "first" else order.own_limit
    if price == "market":
        return None
    sign, offset = (1 if buys else -1), terms.aux_price or Decimal(0)
    own, opposite = (quote.bid, quote.ask) if buys else (quote.ask, quote.bid)
    wanted = {
        "middle": (own + opposite) / 2,
        "own": own + sign * offset,
        "opposite": opposite - sign * offset,
    }[price]
    return wanted if cap is None else (min if buys else max)(wanted, cap)


def fill_price(order: Order, quote: Quote) -> Decimal | None:
    """The price at which an order would trade now, None when the market is not there.

    A limit order that has been resting trades at its limit, as does a combination with prices per leg;
    all others at what the book still holds.
    """
    if waits_for_trigger(order):
        return None
    limit = working_limit(order, quote)
    market = _book_price(order, quote)
    if limit is None:
        return market
    if order.terms.kind.price == "middle" and limit == (quote.bid + quote.ask) / 2:
        return limit
    reached = market <= limit if order.terms.is_buy else market >= limit
    if not reached:
        return None
    at_limit = order.resting or order.combo_limit is not None
    return limit if at_limit and order.terms.kind.price == "limit" else market


def auction_price(order: Order, quote: Quote) -> Decimal | None:
    """The price of the auction, None when the order's limit keeps it out."""
    limit = order.own_limit if order.terms.kind.price == "limit" else None
    if limit is None:
        return quote.last
    reached = quote.last <= limit if order.terms.is_buy else quote.last >= limit
    return quote.last if reached else None


def _book_price(order: Order, quote: Quote) -> Decimal:
    """The best price, and one tick worse for each displayed size the order has already taken in one go."""
    buys = order.terms.is_buy
    displayed = max(quote.ask_size if buys else quote.bid_size, Decimal(1))
    slipped = min(int(order.taken // displayed), BOOK_LEVELS - 1) * order.instrument.min_tick
    return quote.ask + slipped if buys else max(quote.bid - slipped, min(quote.bid, order.instrument.min_tick))


def available(order: Order, quote: Quote) -> Decimal:
    """How much of what is left the book would fill at once within the order's limit."""
    if fill_price(order, quote) is None:
        return Decimal(0)
    limit = working_limit(order, quote)
    best, displayed = (quote.ask, quote.ask_size) if order.terms.is_buy else (quote.bid, quote.bid_size)
    if limit is None or order.terms.kind.price == "middle":
        return order.remaining
    levels = abs(limit - best) // order.instrument.min_tick + 1
    return order.remaining if levels >= BOOK_LEVELS else min(order.remaining, levels * displayed)


def queue_ahead(order: Order, quote: Quote) -> Decimal | None:
    """What stands before an order that joins the queue now: None behind the best price, 0 before it."""
    limit = working_limit(order, quote)
    if limit is None:
        return None
    best, size = (quote.bid, quote.bid_size) if order.terms.is_buy else (quote.ask, quote.ask_size)
    if limit == best:
        return size
    better = limit > best if order.terms.is_buy else limit < best
    return Decimal(0) if better else None


def trades_reach(order: Order, quote: Quote) -> bool:
    """Whether the last trade was at the price of a resting order, or beyond it."""
    limit = working_limit(order, quote)
    if limit is None:
        return False
    return quote.last <= limit if order.terms.is_buy else quote.last >= limit


def slice_size(order: Order, most_slices: int) -> Decimal:
    """How much of an order fills at once: all of a small one, a part of a large one.

    An order that takes all or none fills whole, minQty is a smallest first part, a resting one shows displaySize.
    """
    terms = order.terms
    if terms.flag("all_or_none") or terms.tif == "FOK":
        return order.remaining
    usual = Decimal(USUAL_SLICE.get(order.instrument.sec_type, 100))
    step = order.instrument.size_increment
    part = terms.total_quantity / most_slices
    part = (part / step).to_integral_value(ROUND_UP) * step
    least = (terms.amount("min_qty") or Decimal(0)) if not order.filled else Decimal(0)
    shown = terms.amount("display_size") if order.resting else None
    size = max(usual, part) if shown is None else shown
    return min(order.remaining, max(size, least))
