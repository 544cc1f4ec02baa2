"""Prices that follow from another price: futures from their index, options from their stock.

Days count from the epoch in UTC, so a price rule changes at midnight and never within a day.
"""

from datetime import date
from math import erf, exp, log, sqrt

from twssim.contracts import Instrument

RATE = 0.04
"""The yearly interest rate of the simulated world."""

_EPOCH = date(1970, 1, 1)


def days_left(instrument: Instrument, day: int) -> int:
    """Days to expiry, 0 on the last day and after it."""
    text = instrument.last_trade_date
    expiry = date(int(text[:4]), int(text[4:6]), int(text[6:]))
    return max(0, (expiry - _EPOCH).days - day)


def future_price(instrument: Instrument, day: int, spot: float) -> float:
    """The spot price plus interest to expiry."""
    return spot * exp(RATE * days_left(instrument, day) / 365)


def option_price(instrument: Instrument, day: int, spot: float) -> float:
    """The price of a European option after Black and Scholes, at the stock's own volatility."""
    sign = 1 if instrument.right == "C" else -1
    years = days_left(instrument, day) / 365
    strike = float(instrument.strike) * exp(-RATE * years)
    if not years:
        return max(0.0, sign * (spot - strike))
    spread = instrument.behaviour.volatility * sqrt(years)
    near = log(spot / strike) / spread + spread / 2
    return sign * (spot * _normal(sign * near) - strike * _normal(sign * (near - spread)))


def _normal(value: float) -> float:
    """The cumulative normal distribution."""
    return (1 + erf(value / sqrt(2))) / 2
