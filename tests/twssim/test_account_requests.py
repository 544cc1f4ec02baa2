"""Account, position and P&L requests as a client meets them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.twssim.official import OfficialClient, errors, gateway, names, of, order, stock

pytestmark = pytest.mark.usefixtures("every_profile")

ACCOUNT = "DU1234567"
GUIDE = "AvailableFunds,BuyingPower,NetLiquidation,TotalCashValue"


def ready(shares: int = 0, **settings: Any) -> OfficialClient:
    client = OfficialClient(gateway(**settings))
    client.after(1.0)
    if shares:
        client.placeOrder(1, stock(), order("MKT", "BUY", shares))
        client.after(3.0)
    return client


def test_an_account_summary_comes_twice_with_two_ends() -> None:
    client = ready()
    client.reqAccountSummary(9, "All", GUIDE)
    events = client.after(0.5)
    assert names(events) == (["accountSummary"] * 4 + ["accountSummaryEnd"]) * 2
    assert events[:5] == events[5:]
    assert (9, ACCOUNT, "NetLiquidation", "100000.00", "GBP") in of(events, "accountSummary")


def test_the_second_batch_can_be_switched_off() -> None:
    client = ready(doubled_account_summary=False)
    client.reqAccountSummary(9, "All", GUIDE)
    assert names(client.after(0.5)).count("accountSummaryEnd") == 1


def test_changes_of_a_summary_follow_every_three_minutes_until_cancelled() -> None:
    client = ready(shares=5)
    client.reqAccountSummary(9, "All", GUIDE)
    client.after(1.0)
    assert of(client.after(181.0), "accountSummary")
    client.cancelAccountSummary(9)
    assert client.after(400.0) == []


def test_a_third_summary_is_refused() -> None:
    client = ready()
    for req_id in (1, 2, 3):
        client.reqAccountSummary(req_id, "All", GUIDE)
    assert errors(client.after(0.5)) == [(3, 322)]


def test_a_summary_of_an_unknown_account_is_refused() -> None:
    client = ready()
    client.reqAccountSummary(9, "DU9999999", GUIDE)
    assert errors(client.after(0.5)) == [(9, 321)]


def test_account_updates_bring_values_portfolio_time_and_end() -> None:
    client = ready(shares=5)
    client.reqAccountUpdates(True, ACCOUNT)
    events = client.after(0.5)
    order_of_kinds = list(dict.fromkeys(names(events)))
    assert order_of_kinds == ["updateAccountValue", "updatePortfolio", "updateAccountTime", "accountDownloadEnd"]
    currencies = {arguments[2] for arguments in of(events, "updateAccountValue")}
    assert currencies == {"", "GBP", "USD", "BASE"}
    ((contract, position, price, value, cost, unrealized, realized, account),) = of(events, "updatePortfolio")
    assert (contract.symbol, contract.primaryExchange, position, account) == ("AAPL", "NASDAQ", Decimal(5), ACCOUNT)
    assert (value, unrealized) == (pytest.approx(5 * price), pytest.approx(5 * (price - cost), abs=0.006))
    assert realized == 0.0


def test_account_updates_follow_a_fill_at_once_and_stop_when_unsubscribed() -> None:
    client = ready()
    client.reqAccountUpdates(True, "")
    client.after(0.5)
    client.placeOrder(1, stock(), order("MKT", "BUY", 5))
    events = client.after(2.0)
    assert len(of(events, "updatePortfolio")) == 1
    assert "CashBalance" in {arguments[0] for arguments in of(events, "updateAccountValue")}
    client.reqAccountUpdates(False, "")
    client.placeOrder(2, stock(), order("MKT", "SELL", 5))
    assert "updatePortfolio" not in names(client.after(400.0))


def test_a_second_account_replaces_the_first() -> None:
    client = ready(accounts=("DU1234567", "DU1234568"))
    client.reqAccountUpdates(True, "DU1234567")
    client.after(0.5)
    client.reqAccountUpdates(True, "DU1234568")
    events = client.after(200.0)
    assert {arguments[3] for arguments in of(events, "updateAccountValue")} == {"DU1234568"}


def test_positions_come_with_their_end_and_then_as_they_change() -> None:
    client = ready()
    client.reqPositions()
    assert client.after(0.5) == [("positionEnd", ())]
    client.placeOrder(1, stock(), order("MKT", "BUY", 5))
    ((account, contract, position, cost),) = of(client.after(2.0), "position")
    assert (account, contract.conId, position) == (ACCOUNT, 265598, Decimal(5))
    assert cost > 0
    client.placeOrder(2, stock(), order("MKT", "SELL", 5))
    ((_, _, position, cost),) = of(client.after(2.0), "position")
    assert (position, cost) == (0, 0)
    client.cancelPositions()
    client.placeOrder(3, stock(), order("MKT", "BUY", 5))
    assert "position" not in names(client.after(2.0))


def test_the_multi_requests_answer_with_their_id() -> None:
    client = ready(shares=5)
    client.reqPositionsMulti(8, ACCOUNT, "")
    client.reqAccountUpdatesMulti(9, ACCOUNT, "", False)
    client.reqAccountUpdatesMulti(10, ACCOUNT, "", True)
    events = client.after(0.5)
    assert [arguments[0] for arguments in of(events, "positionMulti", "positionMultiEnd")] == [8, 8]
    assert of(events, "accountUpdateMultiEnd") == [(9,), (10,)]
    rows = {
        req_id: [arguments for arguments in of(events, "accountUpdateMulti") if arguments[0] == req_id]
        for req_id in (9, 10)
    }
    assert len(rows[9]) > len(rows[10]) > 20
    client.placeOrder(2, stock(), order("MKT", "BUY", 5))
    assert len(of(client.after(2.0), "positionMulti")) == 1
    client.cancelPositionsMulti(8)
    client.cancelAccountUpdatesMulti(9)
    client.cancelAccountUpdatesMulti(10)
    assert client.after(400.0) == []


def test_pnl_comes_about_once_a_second_when_it_changed() -> None:
    client = ready(shares=50)
    client.reqPnL(8, ACCOUNT, "")
    client.reqPnLSingle(9, ACCOUNT, "", 265598)
    client.reqPnLSingle(10, ACCOUNT, "", 272093)
    events = client.after(60.0)
    assert 2 <= len(of(events, "pnl")) <= 60
    req_id, position, daily, unrealized, realized, value = of(events, "pnlSingle")[0]
    assert (req_id, position) == (9, Decimal(50))
    assert (daily, value > 0) == (pytest.approx(unrealized + realized), True)
    assert [arguments[:2] for arguments in of(events, "pnlSingle") if arguments[0] == 10] == [(10, Decimal(0))]
    for cancel in (client.cancelPnL, client.cancelPnLSingle):
        cancel(8 if cancel == client.cancelPnL else 9)
    client.cancelPnLSingle(10)
    assert client.after(10.0) == []


def test_wrong_accounts_and_unknown_ids_have_their_own_codes() -> None:
    client = ready()
    client.reqPnL(1, "DU9999999", "")
    client.reqPnLSingle(2, "DU9999999", "", 265598)
    client.cancelPnL(3)
    client.cancelPnLSingle(4)
    client.reqPositionsMulti(5, "DU9999999", "")
    client.reqAccountUpdatesMulti(6, "DU9999999", "", False)
    client.reqAccountUpdates(True, "DU9999999")
    codes = [(1, 10183), (2, 10184), (3, 10185), (4, 10186), (5, 321), (6, 321), (-1, 321)]
    assert errors(client.after(1.0)) == codes


def test_another_account_takes_the_place_of_the_first_with_a_notice() -> None:
    client = ready(accounts=(ACCOUNT, "DU1234568"))
    client.reqAccountUpdates(True, ACCOUNT)
    client.after(0.5)
    client.reqAccountUpdates(True, "DU1234568")
    events = client.after(0.5)
    assert errors(events) == [(-1, 2100)] and of(events, "accountDownloadEnd") == [("DU1234568",)]
    client.reqAccountUpdates(True, "DU1234568")
    assert errors(client.after(0.5)) == []


def test_a_stream_that_was_left_at_once_sends_nothing() -> None:
    client = ready(shares=5)
    client.reqAccountUpdates(True, ACCOUNT)
    client.reqAccountUpdates(False, ACCOUNT)
    client.reqPositionsMulti(7, ACCOUNT, "")
    client.cancelPositionsMulti(7)
    client.reqAccountUpdatesMulti(8, ACCOUNT, "", False)
    client.cancelAccountUpdatesMulti(8)
    assert client.after(0.5) == []


def test_an_account_without_models_has_nothing_in_one() -> None:
    client = ready(shares=5)
    client.reqPositionsMulti(7, ACCOUNT, "Tech")
    client.reqAccountUpdatesMulti(8, ACCOUNT, "Tech", True)
    client.reqPnL(9, ACCOUNT, "Tech")
    client.reqPnLSingle(10, ACCOUNT, "Tech", 265598)
    events = client.after(0.5)
    assert [each for each in events if each[0] != "error"] == [
        ("positionMultiEnd", (7,)),
        ("accountUpdateMultiEnd", (8,)),
    ]
    assert errors(events) == [(9, 10183), (10, 10184)]


@pytest.mark.parametrize("stay", [False, True])
def test_a_cancelled_summary_frees_its_slot_unless_tws_counts_ids(stay: bool) -> None:
    client = ready(summary_slots_stay=stay)
    for req_id in (1, 2):
        client.reqAccountSummary(req_id, "All", GUIDE)
        client.cancelAccountSummary(req_id)
    client.reqAccountSummary(1, "All", GUIDE)
    client.reqAccountSummary(3, "All", GUIDE)
    assert errors(client.after(0.5)) == ([(3, 322)] if stay else [])
