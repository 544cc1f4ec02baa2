from __future__ import annotations

import pytest

from twsbridge_server.core.answers import RequestIds
from twsbridge_server.core.exchange_rates import ExchangeRates
from twsbridge_server.core.inputs import AccountSummaryRow


def told(*rows: tuple[str, str, str], account: str = "DU1234567") -> ExchangeRates:
    rates = ExchangeRates(RequestIds())
    for tag, value, currency in rows:
        rates.row(AccountSummaryRow(rates.req_id, account, tag, value, currency))
    return rates


def test_crosses_go_through_the_base_currency() -> None:
    rates = told(("ExchangeRate", "1.25", "GBP"), ("ExchangeRate", "0.01", "JPY"), ("ExchangeRate", "1.00", "BASE"))
    assert (rates.between("GBP", "JPY"), rates.between("GBP", "USD"), rates.between("CHF", "CHF")) == (125.0, None, 1.0)
    rates.row(AccountSummaryRow(rates.req_id, "DU1234567", "RealCurrency", "USD", "BASE"))
    assert rates.between("GBP", "USD") == 1.25
    assert rates.between("USD", "GBP") == 0.8


def test_the_base_currency_of_an_account_is_worth_one() -> None:
    rates = told(("ExchangeRate", "1.25", "GBP"))
    rates.has_base("DU1234567", "USD")
    assert rates.between("GBP", "USD") == 1.25 and rates.bases == {"USD"}


def test_of_several_accounts_the_highest_counts_and_a_new_session_forgets() -> None:
    rates = told(("ExchangeRate", "1.25", "GBP"), ("ExchangeRate", "1", "USD"))
    for tag, value in (("GBP", "0.9"), ("USD", "0.5")):
        rates.row(AccountSummaryRow(rates.req_id, "DU7654321", "ExchangeRate", value, tag))
    assert rates.between("GBP", "USD") == 1.8
    assert (rates.ready().group, rates.ready().tags, rates.between("GBP", "USD")) == ("All", "$LEDGER:ALL", None)


@pytest.mark.parametrize("text", ["", "0", "-1", "nan", "inf", "n/a"])
def test_what_is_no_rate_makes_the_last_one_void(text: str) -> None:
    rates = told(("ExchangeRate", "1.25", "GBP"), ("ExchangeRate", "1", "USD"), ("ExchangeRate", text, "GBP"))
    assert rates.between("GBP", "USD") is None
