"""The rows in which TWS reports an account: summary tags, ledger rows, account values."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from twssim.account import ZERO
from twssim.valuation import CurrencyValue, Valuation
from twssim.wire import money, shortest

Row = tuple[str, str, str]
"""Key, value, currency."""

LEDGER = "$LEDGER"


def summary_rows(valuation: Valuation) -> list[Row]:
    """Every standard account summary tag."""
    base = valuation.account.currency
    amounts = [(tag, money(amount), base) for tag, amount in _amounts(valuation)]
    return [*_facts(valuation), *amounts]


def _facts(valuation: Valuation) -> list[Row]:
    net = valuation.total("net_liquidation")
    cushion = valuation.excess_liquidity / net if net else ZERO
    leverage = valuation.total("gross") / net if net else ZERO
    return [
        ("AccountType", "INDIVIDUAL", ""),
        ("Cushion", shortest(round(cushion, 6)), ""),
        ("DayTradesRemaining", "-1", ""),
        ("DayTradesRemainingT+1", "-1", ""),
        ("DayTradesRemainingT+2", "-1", ""),
        ("DayTradesRemainingT+3", "-1", ""),
        ("DayTradesRemainingT+4", "-1", ""),
        ("HighestSeverity", "0", ""),
        ("Leverage", money(leverage), ""),
        ("LookAheadNextChange", "0", ""),
    ]


def _amounts(valuation: Valuation) -> Iterator[tuple[str, Decimal]]:
    net, cash = valuation.total("net_liquidation"), valuation.total("cash")
    initial, maintenance = valuation.total("init_margin"), valuation.maint_margin
    yield "AccruedCash", ZERO
    yield "BuyingPower", valuation.buying_power
    yield "EquityWithLoanValue", net
    yield "GrossPositionValue", valuation.total("gross")
    yield "NetLiquidation", net
    yield "PreviousDayEquityWithLoanValue", net
    yield "PreviousEquityWithLoanValue", net
    yield "RegTEquity", net
    yield "RegTMargin", initial * 2
    yield "SettledCash", cash
    yield "SMA", net - initial
    yield "TotalCashValue", cash
    for prefix in ("", "Full", "LookAhead"):
        yield f"{prefix}AvailableFunds", valuation.available_funds
        yield f"{prefix}ExcessLiquidity", valuation.excess_liquidity
        yield f"{prefix}InitMarginReq", initial
        yield f"{prefix}MaintMarginReq", maintenance


def ledger_rows(valuation: Valuation) -> list[Row]:
    """One block of rows per currency, then the same in base currency under the name BASE."""
    rows: list[Row] = []
    for name, value in valuation.currencies.items():
        rows += _ledger_block(name, name, value)
    return [*rows, *_ledger_block("BASE", valuation.account.currency, _in_base(valuation))]


def _in_base(valuation: Valuation) -> CurrencyValue:
    names = ("cash", "stocks", "options", "futures_pnl", "unrealized_pnl", "realized_pnl")
    return CurrencyValue(Decimal(1), **{name: valuation.total(name) for name in names})


def _ledger_block(name: str, real_currency: str, value: CurrencyValue) -> list[Row]:
    amounts = {
        "AccruedCash": ZERO,
        "CashBalance": value.cash,
        "CorporateBondValue": ZERO,
        "FundValue": ZERO,
        "FutureOptionValue": ZERO,
        "FuturesPNL": value.futures_pnl,
        "FxCashBalance": ZERO,
        "IssuerOptionValue": ZERO,
        "MoneyMarketFundValue": ZERO,
        "MutualFundValue": ZERO,
        "NetDividend": ZERO,
        "NetLiquidationByCurrency": value.net_liquidation,
        "OptionMarketValue": value.options,
        "RealizedPnL": value.realized_pnl,
        "StockMarketValue": value.stocks,
        "TBillValue": ZERO,
        "TBondValue": ZERO,
        "TotalCashBalance": value.cash,
        "UnrealizedPnL": value.unrealized_pnl,
        "WarrantValue": ZERO,
    }
    texts = {
        "Currency": name,
        "ExchangeRate": shortest(round(value.rate, 7)),
        "RealCurrency": real_currency,
    }
    rows = {**{key: money(amount) for key, amount in amounts.items()}, **texts}
    return [(key, rows[key], name) for key in sorted(rows)]


def account_rows(valuation: Valuation) -> list[Row]:
    """Everything reqAccountUpdates reports."""
    account = valuation.account
    head = [("AccountCode", account.name, ""), ("AccountReady", "true", "")]
    owner = [("AccountOrGroup", account.name, name) for name in (*valuation.currencies, "BASE")]
    rows = [*head, *owner, *summary_rows(valuation), *ledger_rows(valuation)]
    unique = {(key, currency): value for key, value, currency in rows}
    return [(key, value, currency) for (key, currency), value in unique.items()]


def wanted_rows(valuation: Valuation, tags: tuple[str, ...]) -> list[Row]:
    """The rows of a summary request: plain tags, $LEDGER, $LEDGER:CUR and $LEDGER:ALL."""
    plain = [row for row in summary_rows(valuation) if row[0] in tags]
    for tag in tags:
        if tag.startswith(LEDGER):
            plain += _ledger_of(valuation, tag.partition(":")[2])
    return plain


def _ledger_of(valuation: Valuation, currency: str) -> list[Row]:
    if currency.upper() == "ALL":
        return ledger_rows(valuation)
    return [row for row in ledger_rows(valuation) if row[2] == (currency or "BASE")]
