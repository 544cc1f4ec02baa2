"""Prices that follow from another price: futures from their index, options from their stock.

Days count from the epoch in UTC, so a price rule changes at midnight and never within a day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import erf, exp, log, pi, sqrt

from twssim.contracts import Instrument

RATE = 0.04
"""The yearly interest rate of the simulated world."""

_EPOCH = date(1970, 1, 1)
_VOLATILITIES = (1e-6, 10.0)


def days_left(instrument: Instrument, day: int) -> int:
    """Days to expiry, 0 on the last day and after it."""
    text = instrument.last_trade_date
    expiry = date(int(text[:4]), int(text[4:6]), int(text[6:]))
    return max(0, (expiry - _EPOCH).days - day)


def future_price(instrument: Instrument, day: int, spot: float) -> float:
    """The spot price plus interest to expiry."""
    return spot * exp(RATE * days_left(instrument, day) / 365)


def option_price(instrument: Instrument, day: int, spot: float) -> float:
    """The price of an option at the stock's own volatility."""
    return terms_of(instrument, day).price(spot, instrument.behaviour.volatility)


def terms_of(instrument: Instrument, day: int) -> OptionTerms:
    """What the price of an option depends on apart from the stock."""
    sign = 1 if instrument.right == "C" else -1
    return OptionTerms(sign, float(instrument.strike), days_left(instrument, day) / 365)


@dataclass(frozen=True, slots=True)
class Greeks:
    """Per share of the stock; vega for one percent point of volatility, theta for one day."""

    price: float
    delta: float
    gamma: float
    vega: float
    theta: float


@dataclass(frozen=True, slots=True)
class OptionTerms:
    """A European option after Black and Scholes: 1 for a call and -1 for a put, its strike, its years left."""

    sign: int
    strike: float
    years: float

    def price(self, spot: float, volatility: float) -> float:
        """What it is worth; its intrinsic value when no time or no volatility is left."""
        sign, strike = self.sign, self.strike * exp(-RATE * self.years)
        spread = volatility * sqrt(self.years)
        if not spread:
            return max(0.0, sign * (spot - strike))
        near = log(spot / strike) / spread + spread / 2
        return sign * (spot * _normal(sign * near) - strike * _normal(sign * (near - spread)))

    def greeks(self, spot: float, volatility: float) -> Greeks:
        """Price and its derivatives."""
        sign, strike = self.sign, self.strike * exp(-RATE * self.years)
        price, spread = self.price(spot, volatility), volatility * sqrt(self.years)
        if not spread:
            return Greeks(price, float(sign) if sign * (spot - strike) > 0 else 0.0, 0.0, 0.0, 0.0)
        near = log(spot / strike) / spread + spread / 2
        density = exp(-near * near / 2) / sqrt(2 * pi)
        decay = spot * density * volatility / (2 * sqrt(self.years))
        interest = sign * RATE * strike * _normal(sign * (near - spread))
        return Greeks(
            price=price,
            delta=sign * _normal(sign * near),
            gamma=density / (spot * spread),
            vega=spot * density * sqrt(self.years) / 100,
            theta=-(decay + interest) / 365,
        )

    def implied_volatility(self, spot: float, price: float) -> float | None:
        """The volatility at which it costs `price`; None when none does."""
        low, high = _VOLATILITIES
        if spot <= 0 or not self.years or not self.price(spot, low) < price < self.price(spot, high):
            return None
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if self.price(spot, middle) < price else (low, middle)
        return (low + high) / 2


def _normal(value: float) -> float:
    """The cumulative normal distribution."""
    return (1 + erf(value / sqrt(2))) / 2
