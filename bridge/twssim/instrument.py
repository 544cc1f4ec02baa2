"""One simulated contract: what TWS tells about it, and how its price moves.

Prices and strikes are `Decimal` in the instrument's currency.
"""

from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How the price of an instrument moves; annual figures are fractions (0.3 is 30 %).

    `follows` is the con_id whose price this one is computed from, 0 for an own path. `cross_of` are
    two currency pairs against USD whose ratio this pair stays close to.
    """

    volatility: float = 0.30
    growth: float = 0.0
    spread_ticks: int = 1
    daily_volume: int = 1_000_000
    typical_size: int = 100
    follows: int = 0
    cross_of: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class BondTerms:
    """What contract details tell of a bond: dates yyyymmdd, the coupon in percent a year."""

    cusip: str
    coupon: Decimal
    maturity: str
    issue_date: str
    ratings: str
    bond_type: str
    coupon_type: str
    desc_append: str
    is_callable: bool = False
    next_option_date: str = ""
    next_option_type: str = ""


@dataclass(frozen=True, slots=True)
class Instrument:
    """One tradable contract with all that TWS tells about it in contract details.

    `price` is the price at `listing.ANCHOR`; dates are yyyymmdd, lists are comma-separated as on
    the wire, `time_zone` is a name that TWS uses and zoneinfo knows.
    """

    con_id: int
    symbol: str
    sec_type: str
    currency: str
    exchange: str
    price: Decimal
    primary_exchange: str = ""
    local_symbol: str = ""
    trading_class: str = ""
    last_trade_date: str = ""
    strike: Decimal = Decimal(0)
    right: str = ""
    multiplier: str = ""
    min_tick: Decimal = Decimal("0.01")
    long_name: str = ""
    market_name: str = ""
    time_zone: str = "US/Eastern"
    valid_exchanges: str = ""
    order_types: str = ""
    market_rule_ids: str = ""
    industry: str = ""
    category: str = ""
    subcategory: str = ""
    stock_type: str = ""
    contract_month: str = ""
    under_con_id: int = 0
    under_symbol: str = ""
    under_sec_type: str = ""
    real_expiration_date: str = ""
    size_increment: Decimal = Decimal(1)
    behaviour: Behaviour = field(default_factory=Behaviour)
    bond: BondTerms | None = None
