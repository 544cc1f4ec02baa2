"""Ticks whose value is a map: greeks of options, exchange for physical, headlines."""

from __future__ import annotations

from twsbridge.protocol.fields import Int, Micros, Price, WireModel

COMPUTATIONS = frozenset({10, 11, 12, 13, 53, 80, 81, 82, 83})
"""Computed at bid, ask, last, by IB's model, and by request; 80 to 83 of delayed prices."""

EXCHANGES_FOR_PHYSICAL = frozenset(range(38, 45))

NEWS = 62
"""The newest headline of a line with the generic tick 292. Streams of news bring every headline."""


class OptionTick(WireModel):
    """Volatility and greeks of an option (types 10 to 13, 53, 80 to 83); null for what TWS could not compute.

    `tick_attrib`: 0 computed from returns, 1 from prices.
    """

    tick_attrib: Int | None = None
    implied_volatility: Price | None = None
    delta: Price | None = None
    option_price: Price | None = None
    pv_dividend: Price | None = None
    gamma: Price | None = None
    vega: Price | None = None
    theta: Price | None = None
    under_price: Price | None = None


class ExchangeForPhysicalTick(WireModel):
    """What TWS says of exchange for physical (types 38 to 44)."""

    basis_points: Price | None = None
    formatted_basis_points: str = ""
    implied_future: Price | None = None
    hold_days: Int | None = None
    future_last_trade_date: str = ""
    dividend_impact: Price | None = None
    dividends_to_last_trade_date: Price | None = None


class HeadlineTick(WireModel):
    """A headline (type 62), as a row of the streams of news."""

    time_us: Micros
    provider: str
    article_id: str
    headline: str
    extra: str = ""


TICK_MODELS = (OptionTick, ExchangeForPhysicalTick, HeadlineTick)
"""All of them."""
