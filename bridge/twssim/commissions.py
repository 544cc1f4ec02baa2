"""Commissions by IB's published fixed schedules, per order, in the instrument's currency."""

from __future__ import annotations

from decimal import Decimal

from twssim.account import multiplier
from twssim.contracts import Instrument

US_PER_SHARE, US_MINIMUM, US_MAXIMUM_RATE = Decimal("0.005"), Decimal(1), Decimal("0.01")
EUROPE_RATE, EUROPE_MINIMUM = Decimal("0.0005"), Decimal(3)
CURRENCY_RATE, CURRENCY_MINIMUM_USD = Decimal("0.00002"), Decimal(2)
OPTION_PER_CONTRACT, OPTION_MINIMUM = Decimal("0.65"), Decimal(1)
FUTURE_PER_CONTRACT = {"MES": Decimal("0.62")}
FUTURE_USUAL = Decimal("2.25")


def order_commission(instrument: Instrument, quantity: Decimal, value: Decimal, usd_rate: Decimal) -> Decimal:
    """What IB charges for `quantity` filled at `value` (quantity times price) in one order.

    `usd_rate` is the price of one USD in the instrument's currency. Charge a partial fill the
    difference between after and before it.
    """
    if not quantity:
        return Decimal(0)
    kind = instrument.sec_type
    if kind == "CASH":
        return round(max(value * CURRENCY_RATE, CURRENCY_MINIMUM_USD * usd_rate), 2)
    if kind == "FUT":
        return quantity * FUTURE_PER_CONTRACT.get(instrument.symbol, FUTURE_USUAL)
    if kind == "OPT":
        return max(quantity * OPTION_PER_CONTRACT, OPTION_MINIMUM)
    value *= multiplier(instrument)
    if instrument.currency == "USD":
        return min(max(quantity * US_PER_SHARE, US_MINIMUM), value * US_MAXIMUM_RATE)
    return round(max(value * EUROPE_RATE, EUROPE_MINIMUM), 2)
