"""The bonds of the default universe: one of a company and one of the treasury, with the terms TWS tells of bonds.

A price is percent of par and one bond is 1,000 of par, so the multiplier is 10. The con_ids and CUSIPs are made up.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from twssim.instrument import Behaviour, BondTerms, Instrument

CORPORATE = BondTerms(
    cusip="459200ZZ7",
    coupon=Decimal("4.15"),
    maturity="20390515",
    issue_date="20190515",
    ratings="A3/A-",
    bond_type="CORP",
    coupon_type="FIXED",
    desc_append="IBM 4.15 05/15/39",
    is_callable=True,
    next_option_date="20381115",
    next_option_type="CALL",
)
TREASURY = BondTerms(
    cusip="912828ZZ8",
    coupon=Decimal("1.625"),
    maturity="20310515",
    issue_date="20210515",
    ratings="AA1/AA+",
    bond_type="GOVT",
    coupon_type="FIXED",
    desc_append="US-T 1.625 05/15/31",
)


def bonds() -> Iterator[Instrument]:
    """Both of them, traded all day by their hours in New York."""
    yield _bond(360_000_101, "IBM", CORPORATE, Decimal("88.40"), "INTL BUSINESS MACHINES CORP")
    yield _bond(360_000_102, "US-T", TREASURY, Decimal("91.25"), "US TREASURY N/B")


def _bond(con_id: int, symbol: str, terms: BondTerms, price: Decimal, name: str) -> Instrument:
    return Instrument(
        con_id,
        symbol,
        "BOND",
        "USD",
        "SMART",
        price,
        local_symbol=terms.cusip,
        trading_class=symbol,
        multiplier="10",
        long_name=name,
        market_name=symbol,
        valid_exchanges="SMART",
        behaviour=Behaviour(0.06, 0.01, 3, 5_000, 25),
        bond=terms,
    )
