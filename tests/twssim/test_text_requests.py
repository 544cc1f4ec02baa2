"""Every request as the official client encodes it, at every version the profile covers."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ibapi.client import EClient
from ibapi.execution import ExecutionFilter
from ibapi.order_cancel import OrderCancel

from tests.twssim.official import stock
from twssim import requests as req
from twssim.contracts import ContractQuery
from twssim.text_requests import READERS, read_request
from twssim.wire import UnreadableRequest

AAPL = ContractQuery(symbol="AAPL", sec_type="STK", exchange="SMART", currency="USD")
PROFILE = (157, 163, 176, 178, 188, 192, 200)
EVERY_VERSION = range(157, 201)


class Encoder(EClient):
    """The official client, keeping what it would send."""

    def __init__(self, version: int) -> None:
        super().__init__(None)
        self.serverVersion_, self.connState, self.conn, self.clientId = version, EClient.CONNECTED, self, 7
        self.sent = b""

    def isConnected(self) -> bool:
        return True

    def sendMsg(self, *arguments: Any) -> None:
        if len(arguments) == 1:
            self.sent = arguments[0][4:]
        else:
            super().sendMsg(*arguments)


def encoded(call: Callable[[Encoder], None], version: int) -> req.Request:
    encoder = Encoder(version)
    call(encoder)
    return read_request(encoder.sent, version)


def executions_filter() -> ExecutionFilter:
    wanted = ExecutionFilter()
    wanted.clientId, wanted.acctCode, wanted.symbol, wanted.side = 3, "DU1234567", "AAPL", "BUY"
    return wanted


def history(req_id: int = 9, keep: bool = False) -> Callable[[Encoder], None]:
    return lambda c: c.reqHistoricalData(req_id, stock(), "", "3 M", "1 day", "TRADES", 1, 2, keep, [])


CALLS: list[tuple[Callable[[Encoder], None], req.Request]] = [
    (lambda c: c.startApi(), req.StartApi(7)),
    (lambda c: c.reqIds(-1), req.RequestIds()),
    (lambda c: c.reqManagedAccts(), req.RequestManagedAccounts()),
    (lambda c: c.reqCurrentTime(), req.RequestCurrentTime()),
    (lambda c: c.setServerLogLevel(2), req.SetServerLogLevel(2)),
    (lambda c: c.reqContractDetails(9, stock()), req.RequestContractDetails(9, AAPL)),
    (lambda c: c.reqMarketDataType(3), req.RequestMarketDataType(3)),
    (lambda c: c.reqMktData(9, stock(), "233", True, False, []), req.RequestMarketData(9, AAPL, "233", True)),
    (
        lambda c: c.reqMktData(9, stock(), "", False, True, []),
        req.RequestMarketData(9, AAPL, "", False, regulatory=True),
    ),
    (lambda c: c.cancelMktData(9), req.CancelMarketData(9)),
    (
        history(),
        req.RequestHistoricalBars(
            req_id=9,
            contract=AAPL,
            end="",
            bar_size="1 day",
            duration="3 M",
            use_rth=True,
            what_to_show="TRADES",
            format_date=2,
            keep_up_to_date=False,
        ),
    ),
    (lambda c: c.cancelHistoricalData(9), req.CancelHistoricalBars(9)),
    (lambda c: c.reqAccountUpdates(True, "DU1234567"), req.RequestAccountUpdates(True, "DU1234567")),
    (lambda c: c.reqAccountSummary(9, "All", "A, B"), req.RequestAccountSummary(9, "All", ("A", "B"))),
    (lambda c: c.cancelAccountSummary(9), req.CancelAccountSummary(9)),
    (lambda c: c.reqPositions(), req.RequestPositions()),
    (lambda c: c.cancelPositions(), req.CancelPositions()),
    (lambda c: c.reqPositionsMulti(9, "DU1234567", "m"), req.RequestPositionsMulti(9, "DU1234567", "m")),
    (lambda c: c.cancelPositionsMulti(9), req.CancelPositionsMulti(9)),
    (
        lambda c: c.reqAccountUpdatesMulti(9, "DU1234567", "m", True),
        req.RequestAccountUpdatesMulti(9, "DU1234567", "m", True),
    ),
    (lambda c: c.cancelAccountUpdatesMulti(9), req.CancelAccountUpdatesMulti(9)),
    (lambda c: c.reqPnL(9, "DU1234567", "m"), req.RequestPnl(9, "DU1234567", "m")),
    (lambda c: c.cancelPnL(9), req.CancelPnl(9)),
    (lambda c: c.reqPnLSingle(9, "DU1234567", "m", 265598), req.RequestPnlSingle(9, "DU1234567", "m", 265598)),
    (lambda c: c.cancelPnLSingle(9), req.CancelPnlSingle(9)),
    (lambda c: c.cancelOrder(5, OrderCancel()), req.CancelOrder(5)),
    (lambda c: c.reqGlobalCancel(OrderCancel()), req.GlobalCancel()),
    (lambda c: c.reqOpenOrders(), req.RequestOpenOrders()),
    (lambda c: c.reqAllOpenOrders(), req.RequestAllOpenOrders()),
    (lambda c: c.reqAutoOpenOrders(True), req.RequestAutoOpenOrders(True)),
    (lambda c: c.reqCompletedOrders(True), req.RequestCompletedOrders(True)),
    (
        lambda c: c.reqExecutions(9, executions_filter()),
        req.RequestExecutions(req_id=9, client_id=3, account="DU1234567", symbol="AAPL", side="BUY"),
    ),
]


@pytest.mark.parametrize("version", PROFILE)
@pytest.mark.parametrize(("call", "expected"), CALLS, ids=[type(expected).__name__ for _, expected in CALLS])
def test_the_official_encoding_is_understood(
    call: Callable[[Encoder], None], expected: req.Request, version: int
) -> None:
    if version < 169 and isinstance(expected, req.CancelOrder):
        version = 169  # older encodings are refused by today's official client
    assert encoded(call, version) == expected


def test_days_of_executions_are_read_from_server_version_200_on() -> None:
    wanted = executions_filter()
    wanted.lastNDays, wanted.specificDates = 3, ["20261120", "20261123"]
    request = encoded(lambda c: c.reqExecutions(9, wanted), 200)
    assert isinstance(request, req.RequestExecutions)
    assert (request.last_n_days, request.specific_dates) == (3, ("20261120", "20261123"))


def test_current_time_in_millis_is_a_bare_message() -> None:
    assert encoded(lambda c: c.reqCurrentTimeInMillis(), 200) == req.RequestCurrentTimeInMillis()


def test_keep_up_to_date_is_read() -> None:
    request = encoded(history(keep=True), 200)
    assert isinstance(request, req.RequestHistoricalBars) and request.keep_up_to_date


def test_a_full_contract_is_read_field_by_field() -> None:
    contract = stock("SPY")
    contract.conId, contract.secType, contract.lastTradeDateOrContractMonth = 5, "OPT", "20261218"
    contract.strike, contract.right, contract.multiplier = 600.5, "C", "100"
    contract.primaryExchange, contract.localSymbol, contract.tradingClass = "CBOE", "SPY 1", "SPY"
    request = encoded(lambda c: c.reqContractDetails(9, contract), 200)
    assert isinstance(request, req.RequestContractDetails)
    assert request.contract == ContractQuery(
        con_id=5,
        symbol="SPY",
        sec_type="OPT",
        last_trade_date="20261218",
        strike=Decimal("600.5"),
        right="C",
        multiplier="100",
        exchange="SMART",
        primary_exchange="CBOE",
        currency="USD",
        local_symbol="SPY 1",
        trading_class="SPY",
    )


@given(st.sampled_from([b"", b"x\0", b"9999\0", b"1\0", b"9\x008\0a\0", b"3\x00x\0", b"20\x001\x00\0"]))
def test_what_cannot_be_read_is_reported(payload: bytes) -> None:
    with pytest.raises(UnreadableRequest):
        read_request(payload, 200)


@given(st.sampled_from(sorted(READERS)), st.lists(st.text(max_size=6), max_size=130))
def test_arbitrary_fields_give_a_request_or_unreadable(message_id: int, fields: list[str]) -> None:
    payload = "\0".join([str(message_id), *fields, ""]).encode("utf-8", "replace")
    try:
        read_request(payload, 200)
    except UnreadableRequest as reason:
        assert str(reason)
