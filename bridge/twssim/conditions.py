"""Order conditions: whether price, time, margin, execution, volume and percentage conditions hold now.

A condition is its fields as on the wire, type first, then "a" (and) or "o" (or) towards the next one.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from twssim.clock import HOST_ZONE, moment
from twssim.order import Order

if TYPE_CHECKING:
    from twssim.gateway import Gateway

PRICE, TIME, MARGIN, EXECUTION, VOLUME, PERCENT = "1", "3", "4", "5", "6", "7"
CON_ID_FIELD = {PRICE: 4, VOLUME: 4, PERCENT: 4}
HUNDRED = Decimal(100)

Condition = tuple[str, ...]


def conditions_hold(gateway: Gateway, order: Order) -> bool:
    """All of them, read from left to right: each with the result so far by the word before it."""
    held, by_and = True, True
    for condition in order.terms.conditions:
        holds = _HOLDS[condition[0]](gateway, order, condition)
        held = held and holds if by_and else held or holds
        by_and = condition[1] == "a"
    return held


def unreadable(gateway: Gateway, conditions: tuple[Condition, ...]) -> str | None:
    """Why TWS would refuse these conditions, None when it would not."""
    for condition in conditions:
        if condition[0] not in _HOLDS:
            return f"Unknown order condition type {condition[0]}"
        try:
            _read(gateway, condition)
        except (ValueError, InvalidOperation):
            return f"Invalid order condition {','.join(condition)}"
    return None


def _read(gateway: Gateway, condition: Condition) -> None:
    """Raise ValueError or InvalidOperation for a value that is none, or a contract nobody knows."""
    if condition[0] == TIME:
        moment(condition[3], HOST_ZONE.key)
    elif condition[0] != EXECUTION:
        Decimal(condition[3])
    place = CON_ID_FIELD.get(condition[0])
    if place is not None and gateway.universe.by_con_id(int(condition[place])) is None:
        raise ValueError("unknown contract")


def _beyond(condition: Condition, value: Decimal) -> bool:
    """At the threshold or beyond it, upwards for isMore."""
    threshold = Decimal(condition[3])
    return value >= threshold if condition[2] not in ("", "0") else value <= threshold


def _price(gateway: Gateway, order: Order, condition: Condition) -> bool:
    return _beyond(condition, gateway.market.quote(int(condition[4]), gateway.now).last)


def _volume(gateway: Gateway, order: Order, condition: Condition) -> bool:
    return _beyond(condition, gateway.market.quote(int(condition[4]), gateway.now).volume)


def _percent(gateway: Gateway, order: Order, condition: Condition) -> bool:
    quote = gateway.market.quote(int(condition[4]), gateway.now)
    return _beyond(condition, (quote.last / quote.close - 1) * HUNDRED)


def _time(gateway: Gateway, order: Order, condition: Condition) -> bool:
    reached = gateway.now >= moment(condition[3], HOST_ZONE.key)
    return reached if condition[2] not in ("", "0") else not reached


def _margin(gateway: Gateway, order: Order, condition: Condition) -> bool:
    """The cushion of the order's account: excess liquidity in percent of its net liquidation value."""
    valuation = gateway.account_streams.value(gateway.accounts[order.account])
    net = valuation.total("net_liquidation")
    return _beyond(condition, valuation.excess_liquidity / net * HUNDRED if net else Decimal(0))


def _execution(gateway: Gateway, order: Order, condition: Condition) -> bool:
    """A fill in this symbol since the order was placed, in its account, by whichever client."""
    _, _, sec_type, exchange, symbol = condition
    for execution in reversed(gateway.orders.executions):
        if execution.time < (order.entered or 0.0):
            return False
        traded = gateway.instrument_of(execution)
        same = (traded.symbol, traded.sec_type, execution.account) == (symbol, sec_type, order.account)
        if same and exchange in ("", "*", "SMART", execution.exchange):
            return True
    return False


_HOLDS: dict[str, Callable[[Gateway, Order, Condition], bool]] = {
    PRICE: _price,
    TIME: _time,
    MARGIN: _margin,
    EXECUTION: _execution,
    VOLUME: _volume,
    PERCENT: _percent,
}
