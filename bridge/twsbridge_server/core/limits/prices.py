"""The last known prices, from the market data lines that somebody has open; of other contracts there is none."""

from __future__ import annotations

from typing import NamedTuple

from twsbridge.protocol.models import Contract, Order
from twsbridge_server.core.limits.instruments import is_same
from twsbridge_server.core.line import Line
from twsbridge_server.core.lines import Lines

BIDS, ASKS, LASTS = (1, 66), (2, 67), (4, 68)
"""IB's tick types, live and delayed."""

FRESH_US = 60_000_000
"""A price that is older says nothing of the market now."""

_UNCAPPED = frozenset({"VOL", "LMT + MKT", "REL + MKT"})
"""Types that may fill beyond their limit price."""

_AT_LIMIT = frozenset({"LMT", "STP LMT", "LIT", "LOC"})
"""Types that have a limit price always: of a combo it may be 0 or negative."""

_AT_STOP = frozenset({"STP", "STP LMT", "STP PRT", "MIT", "LIT"})
"""Types whose stop price is a price. That of others is an offset."""


class Reference(NamedTuple):
    """What a buyer and a seller may reckon with now."""

    low: float
    high: float


class Prices:
    """Looks at the lines; keeps nothing."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines

    def reference(self, contract: Contract, now: int) -> Reference | None:
        """Last, bid and ask as one span; None where no line has a price of the last minute."""
        for line in self._lines.flowing():
            if is_same(line.contract, contract) and 0 <= now - line.heard_us < FRESH_US:
                if found := _span(line):
                    return found
        return None


def cap(order: Order) -> float | None:
    """The limit price, where it holds the order to it; 0 means none for types that can do without."""
    if order.order_type in _UNCAPPED or (not order.limit_price and order.order_type not in _AT_LIMIT):
        return None
    return order.limit_price


def worth(order: Order, reference: Reference | None) -> float | None:
    """The price at which an order may cost most, as far as it can be told."""
    known = [cap(order), reference.high if reference else None]
    if order.order_type in _AT_STOP:
        known.append(order.stop_price)
    given = [abs(price) for price in known if price is not None]
    return max(given) if given else None


def beyond(order: Order, reference: Reference, percent: float) -> float | None:
    """By how many per cent the limit price is worse than the market, where that is more than `percent`."""
    price = cap(order)
    market = reference.high if order.action == "BUY" else reference.low
    if price is None or market <= 0:
        return None
    worse = (price - market if order.action == "BUY" else market - price) / market * 100
    return worse if worse > percent else None


def _span(line: Line) -> Reference | None:
    prices = []
    for types in (BIDS, ASKS, LASTS):
        found = [line.last(tick_type) for tick_type in types]
        prices += [price for price in found if isinstance(price, float) and price > 0]
    return Reference(min(prices), max(prices)) if prices else None
