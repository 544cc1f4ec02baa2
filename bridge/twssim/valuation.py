"""What an account is worth at a moment: market values, margins and P&L in every currency."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from twssim.account import ZERO, Account, Position, multiplier
from twssim.contracts import Instrument
from twssim.market import Market, Quote

INITIAL_MARGIN = {"STK": "0.25", "FUT": "0.07", "OPT": "0.20", "CASH": "0.03"}
MAINTENANCE_PART = Decimal("0.9")
LEVERAGE = Decimal(4)


def mark_price(instrument: Instrument, quote: Quote) -> Decimal:
    """The price positions are valued at: the last trade, for currencies the middle."""
    return (quote.bid + quote.ask) / 2 if instrument.sec_type == "CASH" else quote.last


def initial_margin(instrument: Instrument, quantity: Decimal, price: Decimal) -> Decimal:
    """Margin of a position, in the instrument's currency; a bought option needs none."""
    if instrument.sec_type == "OPT" and quantity > 0:
        return ZERO
    rate = Decimal(INITIAL_MARGIN.get(instrument.sec_type, "1"))
    return abs(quantity) * price * multiplier(instrument) * rate


@dataclass(frozen=True, slots=True)
class PositionValue:
    """One position at market, in the instrument's currency."""

    position: Position
    price: Decimal
    last_close: Decimal
    day: date

    @property
    def market_value(self) -> Decimal:
        """Quantity times price times multiplier."""
        return self.position.quantity * self.price * multiplier(self.position.instrument)

    @property
    def unrealized_pnl(self) -> Decimal:
        """Market value less cost."""
        return self.market_value - self.position.cost

    @property
    def realized_pnl(self) -> Decimal:
        """What was realised in the present session, or the latest: TWS begins each day at zero."""
        return self.position.realized_on(self.day)

    @property
    def daily_pnl(self) -> Decimal:
        """The gain since the close of the session before."""
        return self.position.daily_pnl(self.day, self.price, self.last_close)

    @property
    def equity(self) -> Decimal:
        """What the position adds to the account beside its cash."""
        kind = self.position.instrument.sec_type
        if kind == "CASH":
            return ZERO
        return self.unrealized_pnl + self.position.fees if kind == "FUT" else self.market_value


@dataclass(slots=True)
class CurrencyValue:
    """The part of an account that is held in one currency."""

    rate: Decimal
    cash: Decimal = ZERO
    stocks: Decimal = ZERO
    options: Decimal = ZERO
    futures_pnl: Decimal = ZERO
    unrealized_pnl: Decimal = ZERO
    realized_pnl: Decimal = ZERO
    daily_pnl: Decimal = ZERO
    init_margin: Decimal = ZERO
    gross: Decimal = ZERO

    @property
    def net_liquidation(self) -> Decimal:
        """Cash and everything else."""
        return self.cash + self.stocks + self.options + self.futures_pnl

    def add(self, value: PositionValue) -> None:
        """Count a position in."""
        kind = value.position.instrument.sec_type
        self.unrealized_pnl += value.unrealized_pnl
        self.realized_pnl += value.realized_pnl
        self.daily_pnl += value.daily_pnl
        position = value.position
        if kind != "CASH":
            self.init_margin += initial_margin(position.instrument, position.quantity, value.price)
        if kind == "FUT":
            self.futures_pnl += value.equity
        elif kind == "OPT":
            self.options += value.market_value
        elif kind != "CASH":
            self.stocks += value.market_value
        if kind in ("STK", "OPT"):
            self.gross += abs(value.market_value)


@dataclass(frozen=True, slots=True)
class Valuation:
    """An account at market; the totals are in its base currency."""

    account: Account
    positions: tuple[PositionValue, ...]
    currencies: dict[str, CurrencyValue] = field(default_factory=dict)

    def total(self, name: str) -> Decimal:
        """The sum of one amount of every currency, in base currency."""
        parts: Iterable[Decimal] = (getattr(value, name) * value.rate for value in self.currencies.values())
        return sum(parts, ZERO)

    @property
    def maint_margin(self) -> Decimal:
        """Maintenance margin in base currency."""
        return self.total("init_margin") * MAINTENANCE_PART

    @property
    def available_funds(self) -> Decimal:
        """Equity that new positions may use."""
        return self.total("net_liquidation") - self.total("init_margin")

    @property
    def excess_liquidity(self) -> Decimal:
        """Equity above the maintenance margin."""
        return self.total("net_liquidation") - self.maint_margin

    @property
    def buying_power(self) -> Decimal:
        """What the available funds can buy on margin."""
        return max(self.available_funds, ZERO) * LEVERAGE


def _value(position: Position, market: Market, now: float) -> PositionValue:
    instrument = position.instrument
    quote = market.quote(instrument.con_id, now)
    day = market.calendar.session_date(instrument, now)
    return PositionValue(position, mark_price(instrument, quote), quote.close, day)


def value_account(account: Account, market: Market, now: float) -> Valuation:
    """Value every position at the market's price of `now`."""
    positions = tuple(_value(position, market, now) for position in account.positions.values())
    names = dict.fromkeys([account.currency, *account.cash])
    names.update(dict.fromkeys(value.position.instrument.currency for value in positions))
    currencies = {
        name: CurrencyValue(market.rate(name, account.currency, now), account.cash.get(name, ZERO)) for name in names
    }
    for value in positions:
        currencies[value.position.instrument.currency].add(value)
    return Valuation(account, positions, currencies)
