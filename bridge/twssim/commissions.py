"""Commissions by IB's published schedules, fixed and tiered, per order, in the instrument's currency.

Tiered is the first tier without the fees of exchanges and regulators, which change too often to be simulated.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from twssim.account import multiplier
from twssim.instrument import Instrument


@dataclass(frozen=True, slots=True)
class Plan:
    """What differs between the two ways to be charged: US stocks per share, others in parts of their value."""

    us_per_share: Decimal
    us_minimum: Decimal
    other_minimums: dict[str, Decimal]


PLANS = {
    "fixed": Plan(Decimal("0.005"), Decimal(1), {"GBP": Decimal(3), "EUR": Decimal(3)}),
    "tiered": Plan(Decimal("0.0035"), Decimal("0.35"), {"GBP": Decimal(1), "EUR": Decimal("1.25")}),
}
US_MAXIMUM_RATE = Decimal("0.01")
OTHER_RATE, OTHER_MINIMUM = Decimal("0.0005"), Decimal(3)
CURRENCY_RATE, CURRENCY_MINIMUM_USD = Decimal("0.00002"), Decimal(2)
OPTION_BY_PREMIUM = (
    (Decimal("0.10"), Decimal("0.65")),
    (Decimal("0.05"), Decimal("0.50")),
    (Decimal(0), Decimal("0.25")),
)
"""From this premium on, so much a contract: alike in both plans up to ten thousand contracts a month."""

OPTION_MINIMUM = Decimal(1)
BOND_UP_TO, BOND_EACH, BOND_BEYOND, BOND_MINIMUM = Decimal(10), Decimal(1), Decimal("0.25"), Decimal(1)
"""0.1 % of par for the first ten bonds of 1,000, 0.025 % for the others."""

FUTURE_PER_CONTRACT = {"MES": Decimal("0.62")}
FUTURE_USUAL = Decimal("2.25")


@dataclass(frozen=True, slots=True)
class Traded:
    """`quantity` filled at `value` (quantity times price) in one order; `usd_rate` is what one USD costs."""

    quantity: Decimal
    value: Decimal
    usd_rate: Decimal


def order_commission(instrument: Instrument, traded: Traded, plan: str) -> Decimal:
    """What IB charges for what an order has traded; charge a partial fill what it adds. KeyError for no plan."""
    if not traded.quantity:
        return Decimal(0)
    return _BY_SEC_TYPE.get(instrument.sec_type, _shares)(instrument, traded, PLANS[plan])


def _currency(instrument: Instrument, traded: Traded, plan: Plan) -> Decimal:
    return round(max(traded.value * CURRENCY_RATE, CURRENCY_MINIMUM_USD * traded.usd_rate), 2)


def _future(instrument: Instrument, traded: Traded, plan: Plan) -> Decimal:
    return traded.quantity * FUTURE_PER_CONTRACT.get(instrument.symbol, FUTURE_USUAL)


def _option(instrument: Instrument, traded: Traded, plan: Plan) -> Decimal:
    premium = traded.value / traded.quantity
    each = next(charge for least, charge in OPTION_BY_PREMIUM if premium >= least)
    return max(traded.quantity * each, OPTION_MINIMUM)


def _bond(instrument: Instrument, traded: Traded, plan: Plan) -> Decimal:
    first = min(traded.quantity, BOND_UP_TO)
    return max(first * BOND_EACH + (traded.quantity - first) * BOND_BEYOND, BOND_MINIMUM)


def _shares(instrument: Instrument, traded: Traded, plan: Plan) -> Decimal:
    value = traded.value * multiplier(instrument)
    if instrument.currency == "USD":
        return min(max(traded.quantity * plan.us_per_share, plan.us_minimum), value * US_MAXIMUM_RATE)
    return round(max(value * OTHER_RATE, plan.other_minimums.get(instrument.currency, OTHER_MINIMUM)), 2)


_BY_SEC_TYPE: dict[str, Callable[[Instrument, Traded, Plan], Decimal]] = {
    "CASH": _currency,
    "BOND": _bond,
    "FUT": _future,
    "OPT": _option,
}
