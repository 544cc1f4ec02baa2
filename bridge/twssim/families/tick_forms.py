"""Trades, spreads and midpoints as both wires write them, in history and live."""

from __future__ import annotations

from typing import Any

from twssim.tape import Spread, Tick, Trade
from twssim.wire import Value


def history_fields(tick: Tick) -> tuple[Value, ...]:
    """The fields of one historical tick; bit 1 of a spread's mask says that the ask is past the high."""
    if isinstance(tick, Trade):
        mask = 2 * tick.unreported
        return (tick.time, mask, tick.price, tick.size, tick.exchange, tick.conditions)
    if isinstance(tick, Spread):
        mask = tick.ask_past_high + 2 * tick.bid_past_low
        return (tick.time, mask, tick.bid, tick.ask, tick.bid_size, tick.ask_size)
    return (tick.time, 0, tick.price, 0)


def live_fields(tick: Tick) -> tuple[Value, ...]:
    """The fields of one live tick; bit 1 of a spread's mask says that the bid is past the low."""
    if isinstance(tick, Trade):
        return (tick.time, tick.price, tick.size, 2 * tick.unreported, tick.exchange, tick.conditions)
    if isinstance(tick, Spread):
        mask = tick.bid_past_low + 2 * tick.ask_past_high
        return (tick.time, tick.bid, tick.ask, tick.bid_size, tick.ask_size, mask)
    return (tick.time, tick.price)


def body(tick: Tick) -> dict[str, Any]:
    """The nested message of one tick, the same in history and live."""
    if isinstance(tick, Trade):
        return {
            "time": tick.time,
            "tickAttribLast": {"pastLimit": False, "unreported": tick.unreported},
            "price": tick.price,
            "size": tick.size,
            "exchange": tick.exchange,
            "specialConditions": tick.conditions,
        }
    if isinstance(tick, Spread):
        return {
            "time": tick.time,
            "tickAttribBidAsk": {"bidPastLow": tick.bid_past_low, "askPastHigh": tick.ask_past_high},
            "priceBid": tick.bid,
            "priceAsk": tick.ask,
            "sizeBid": tick.bid_size,
            "sizeAsk": tick.ask_size,
        }
    return {"time": tick.time, "price": tick.price, "size": 0}


def has_none(sec_type: str, kind: str) -> bool:
    """Whether an instrument of this type has no ticks of this kind: no trades of currencies, no quotes of indices."""
    trades = kind in ("Last", "AllLast")
    return (sec_type == "CASH" and trades) or (sec_type == "IND" and not trades)
