"""What elects an order that waits: stops, orders to be touched, and trailing stops, by their trigger method."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from twssim.market import Quote
from twssim.order import Order
from twssim.order_terms import OrderTerms

HUNDRED = Decimal(100)
DOUBLE_BID_ASK, LAST, DOUBLE_LAST, BID_ASK, LAST_OR_BID_ASK, MIDDLE = 1, 2, 3, 4, 7, 8
USUAL_METHOD = {"CASH": BID_ASK, "OPT": DOUBLE_BID_ASK}
"""What trigger method 0 means; elsewhere it is the last price."""


def waits_for_trigger(order: Order) -> bool:
    """Whether an order has a trigger that was not reached yet."""
    return bool(order.terms.kind.trigger) and not order.triggered


def trigger_reached(order: Order, quote: Quote) -> bool:
    """Whether the market elects an order now; call it at every look, it counts double touches."""
    price = trigger_price(order.terms)
    if not waits_for_trigger(order) or price is None:
        return False
    method = _method(order)
    upwards = order.terms.is_buy == (order.terms.kind.trigger != "touched")
    prices = _PRICES.get(method, _last)(quote, order.terms.is_buy)
    reached = any(seen >= price if upwards else seen <= price for seen in prices)
    order.touches = order.touches + 1 if reached else 0
    return order.touches >= (2 if method in (DOUBLE_BID_ASK, DOUBLE_LAST) else 1)


def trigger_price(terms: OrderTerms) -> Decimal | None:
    """The price that elects an order; of a trailing stop the one it has reached so far."""
    return terms.amount("trail_stop_price") if terms.kind.trigger == "trail" else terms.aux_price


def _method(order: Order) -> int:
    chosen = int(order.terms.amount("trigger_method") or 0)
    return chosen or USUAL_METHOD.get(order.instrument.sec_type, LAST)


def _last(quote: Quote, is_buy: bool) -> tuple[Decimal, ...]:
    return (quote.last,)


def _side(quote: Quote, is_buy: bool) -> tuple[Decimal, ...]:
    return (quote.ask if is_buy else quote.bid,)


def _either(quote: Quote, is_buy: bool) -> tuple[Decimal, ...]:
    return (*_last(quote, is_buy), *_side(quote, is_buy))


def _middle(quote: Quote, is_buy: bool) -> tuple[Decimal, ...]:
    return ((quote.bid + quote.ask) / 2,)


_PRICES: dict[int, Callable[[Quote, bool], tuple[Decimal, ...]]] = {
    DOUBLE_BID_ASK: _side,
    BID_ASK: _side,
    LAST_OR_BID_ASK: _either,
    MIDDLE: _middle,
}


def trailed(order: Order, quote: Quote) -> OrderTerms:
    """The terms with a trailing stop moved along with the market; it never moves away from it.

    TWS reports the stop as trailStopPrice, and for a trailing stop limit the limit price beside it.
    """
    terms, step = order.terms, order.instrument.min_tick
    (market,) = _side(quote, terms.is_buy) if order.instrument.sec_type == "CASH" else _last(quote, terms.is_buy)
    sign = 1 if terms.is_buy else -1
    rounding = ROUND_CEILING if terms.is_buy else ROUND_FLOOR
    wanted = ((market + sign * _distance(terms, market)) / step).to_integral_value(rounding) * step
    reached = terms.amount("trail_stop_price")
    best = wanted if reached is None else (min if terms.is_buy else max)(wanted, reached)
    if best == reached or best <= 0:
        return terms
    moved = terms.with_rest(trail_stop_price=f"{best:f}")
    return moved if terms.kind.price != "limit" else _with_limit(terms, moved, best, sign)


def _distance(terms: OrderTerms, market: Decimal) -> Decimal:
    percent = terms.amount("trailing_percent")
    return (terms.aux_price or Decimal(0)) if percent is None else market * percent / HUNDRED


def _with_limit(terms: OrderTerms, moved: OrderTerms, stop: Decimal, sign: int) -> OrderTerms:
    """The limit keeps its distance: lmtPriceOffset, or what lay between the prices the client gave."""
    offset, given = terms.amount("lmt_price_offset"), terms.amount("trail_stop_price")
    if offset is None and given is not None and terms.limit_price is not None:
        offset = (terms.limit_price - given) * sign
    return moved.with_limit(stop + sign * (offset or Decimal(0)))
