"""The rows in which an account is reported."""

from __future__ import annotations

from decimal import Decimal

from tests.twssim.official import NOON
from tests.twssim.test_valuation import MARKET, UNIVERSE, new_account
from twssim.account_values import account_rows, ledger_rows, summary_rows, wanted_rows
from twssim.valuation import Valuation, value_account

GUIDE = ("AvailableFunds", "BuyingPower", "NetLiquidation", "TotalCashValue")


def valuation() -> Valuation:
    account = new_account()
    for symbol, currency in (("AAPL", "USD"), ("CSH2", "GBP")):
        instrument = next(each for each in UNIVERSE if (each.symbol, each.sec_type) == (symbol, "STK"))
        assert instrument.currency == currency
        account.trade(instrument, Decimal(20), MARKET.quote(instrument.con_id, NOON).ask, Decimal(1))
    return value_account(account, MARKET, NOON + 60)


def test_the_tags_of_the_guide_come_with_the_base_currency() -> None:
    rows = {key: (value, currency) for key, value, currency in wanted_rows(valuation(), GUIDE)}
    assert set(rows) == set(GUIDE)
    assert {currency for _, currency in rows.values()} == {"GBP"}
    assert all(value == f"{Decimal(value):.2f}" for value, _ in rows.values())


def test_only_wanted_tags_come() -> None:
    assert [key for key, _, _ in wanted_rows(valuation(), ("Cushion", "NoSuchTag"))] == ["Cushion"]


def test_every_key_is_reported_once() -> None:
    rows = account_rows(valuation())
    keys = [(key, currency) for key, _, currency in rows]
    assert len(keys) == len(set(keys))
    assert {"AccountCode", "AccountReady", "AccountType"} <= {key for key, _ in keys}


def test_ledger_rows_add_up_to_the_base_rows() -> None:
    rows = {(key, currency): value for key, value, currency in ledger_rows(valuation())}
    for key in ("CashBalance", "StockMarketValue", "NetLiquidationByCurrency", "UnrealizedPnL"):
        converted = [Decimal(rows[key, name]) * Decimal(rows["ExchangeRate", name]) for name in ("GBP", "USD")]
        assert abs(sum(converted) - Decimal(rows[key, "BASE"])) <= Decimal("0.02")
    assert rows["RealCurrency", "BASE"] == "GBP" and rows["ExchangeRate", "GBP"] == "1"


def test_the_base_row_is_the_net_liquidation_of_the_summary() -> None:
    summary = {key: value for key, value, _ in summary_rows(valuation())}
    ledger = {(key, currency): value for key, value, currency in ledger_rows(valuation())}
    assert summary["NetLiquidation"] == ledger["NetLiquidationByCurrency", "BASE"]
    assert summary["TotalCashValue"] == ledger["CashBalance", "BASE"]


def test_the_ledger_tags_choose_currencies() -> None:
    def currencies(tag: str) -> set[str]:
        return {currency for _, _, currency in wanted_rows(valuation(), (tag,))}

    assert currencies("$LEDGER") == {"BASE"}
    assert currencies("$LEDGER:USD") == {"USD"}
    assert currencies("$LEDGER:ALL") == {"GBP", "USD", "BASE"}
