"""Every request at versions of each era, read back without ibapi's help: text fields, or the protobuf message."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, get_args

import pytest
from google.protobuf.message import Message
from ibapi.protobuf.AccountSummaryRequest_pb2 import AccountSummaryRequest
from ibapi.protobuf.AllOpenOrdersRequest_pb2 import AllOpenOrdersRequest
from ibapi.protobuf.CancelAccountSummary_pb2 import CancelAccountSummary
from ibapi.protobuf.CancelHistoricalData_pb2 import CancelHistoricalData
from ibapi.protobuf.CancelMarketData_pb2 import CancelMarketData
from ibapi.protobuf.CancelOrderRequest_pb2 import CancelOrderRequest
from ibapi.protobuf.CompletedOrdersRequest_pb2 import CompletedOrdersRequest
from ibapi.protobuf.ContractDataRequest_pb2 import ContractDataRequest
from ibapi.protobuf.CurrentTimeRequest_pb2 import CurrentTimeRequest
from ibapi.protobuf.ExecutionRequest_pb2 import ExecutionRequest
from ibapi.protobuf.GlobalCancelRequest_pb2 import GlobalCancelRequest
from ibapi.protobuf.HistoricalDataRequest_pb2 import HistoricalDataRequest
from ibapi.protobuf.MarketDataRequest_pb2 import MarketDataRequest
from ibapi.protobuf.MarketDataTypeRequest_pb2 import MarketDataTypeRequest
from ibapi.protobuf.PlaceOrderRequest_pb2 import PlaceOrderRequest
from ibapi.protobuf.PositionsRequest_pb2 import PositionsRequest
from ibapi.protobuf.StartApiRequest_pb2 import StartApiRequest
from ibapi.server_versions import MAX_CLIENT_VER, MIN_CLIENT_VER

from tests.tws.messages import fields_of
from tests.tws.stream_requests import EVERY_STREAM_CALL
from twsbridge.protocol.models import Contract, Order
from twsbridge_server.core import calls
from twsbridge_server.core.queries.questions import AnyQuestion, CancelQuestion
from twsbridge_server.tws.encoder import Encoder, id_of

VERSIONS = (176, 200, 203, 213, 225)
AAPL = Contract(con_id=265598, symbol="AAPL", sec_type="STK", exchange="SMART", currency="USD")
OPTION = Contract(
    symbol="AAPL", sec_type="OPT", last_trade_date="20261218", strike=190.0, right="C", multiplier="100",
    exchange="SMART", primary_exchange="CBOE", currency="USD", local_symbol="L", trading_class="T",
    include_expired=True,
)  # fmt: skip
ORDER = Order(
    action="BUY", quantity=Decimal("0.0000005"), order_type="STP LMT", limit_price=190.5, stop_price=189.75,
    tif="GTD", account="DU1234567", outside_rth=True, good_till_date="20261218-20:00:00",
)  # fmt: skip

AAPL_TEXT = ["265598", "AAPL", "STK", "", "", "", "", "SMART", "", "USD", "", ""]
"""con_id to trading_class of AAPL in a text request; a strike that is not set is empty."""

EVERY_CALL: list[calls.TwsCall] = [
    calls.StartApi(7),
    calls.ReqCurrentTime(),
    calls.ReqMarketDataType(3),
    calls.ReqMarketData(1_000_000_001, AAPL, "233", True),
    calls.CancelMarketData(1_000_000_001),
    calls.ReqAccountSummary(1_000_000_002, "All", "NetLiquidation"),
    calls.CancelAccountSummary(1_000_000_002),
    calls.ReqPositions(),
    calls.ReqContractDetails(1_000_000_003, OPTION),
    calls.ReqHistoricalData(1_000_000_004, AAPL, "20261122-15:00:00", "1 D", "5 mins", "TRADES", True),
    calls.CancelHistoricalData(1_000_000_004),
    calls.PlaceOrder(5, AAPL, ORDER, "B1KEY"),
    calls.PlaceGroup((calls.PlaceOrder(6, AAPL, ORDER, "B1A"), calls.PlaceOrder(7, AAPL, ORDER, "B1B", parent_id=6))),
    calls.WhatIf(8, AAPL, ORDER),
    calls.CancelOrder(5),
    calls.GlobalCancel(),
    calls.ReqOpenOrders(),
    calls.ReqCompletedOrders(),
    calls.ReqExecutions(1_000_000_005),
]


def payload(version: int, call: calls.TwsCall) -> bytes:
    """The one frame of a request, without its length."""
    encoded = Encoder(version).encode(call)
    assert encoded.errors == []
    assert int.from_bytes(encoded.data[:4], "big") == len(encoded.data) - 4
    return encoded.data[4:]


def text_of(version: int, call: calls.TwsCall) -> list[str]:
    """The text fields, with the message id first as before 201."""
    body = payload(version, call)
    if version < 201:
        return fields_of(body)
    return [str(int.from_bytes(body[:4], "big")), *fields_of(body[4:])]


def parsed(version: int, call: calls.TwsCall, message_id: int, kind: type[Message]) -> Any:
    """The protobuf message, after a look at its id."""
    body = payload(version, call)
    assert int.from_bytes(body[:4], "big") == message_id + 200
    message = kind()
    message.ParseFromString(body[4:])
    return message


def test_every_request_is_in_the_list() -> None:
    questions = {*get_args(AnyQuestion), CancelQuestion}
    assert {type(call) for call in [*EVERY_CALL, *EVERY_STREAM_CALL]} | questions == set(get_args(calls.TwsCall))


SHORT_TEXTS: dict[type[Any], list[str]] = {
    calls.StartApi: ["71", "2", "7", ""],
    calls.ReqCurrentTime: ["49", "1"],
    calls.ReqMarketDataType: ["59", "1", "3"],
    calls.ReqMarketData: [
        "1", "11", "1000000001", *AAPL_TEXT, "0", "233", "1", "0", ""],
    calls.CancelMarketData: ["2", "2", "1000000001"],
    calls.ReqAccountSummary: ["62", "1", "1000000002", "All", "NetLiquidation"],
    calls.CancelAccountSummary: ["63", "1", "1000000002"],
    calls.ReqPositions: ["61", "1"],
    calls.ReqContractDetails: [
        "9", "8", "1000000003", "0", "AAPL", "OPT", "20261218", "190.0", "C", "100", "SMART", "CBOE", "USD", "L", "T",
        "1", "", "", ""],
    calls.ReqHistoricalData: [
        "20", "1000000004", *AAPL_TEXT, "0", "20261122-15:00:00", "5 mins", "1 D", "1",
        "TRADES", "2", "0", ""],
    calls.CancelHistoricalData: ["25", "1", "1000000004"],
    calls.ReqOpenOrders: ["16", "1"],
    calls.ReqCompletedOrders: ["99", "0"],
}  # fmt: skip


@pytest.mark.parametrize("version", [176, 200])
@pytest.mark.parametrize(
    "call", [call for call in EVERY_CALL if type(call) in SHORT_TEXTS], ids=lambda c: type(c).__name__
)
def test_requests_of_the_text_era(version: int, call: calls.TwsCall) -> None:
    wanted = SHORT_TEXTS[type(call)]
    got = text_of(version, call)
    assert got == wanted


def test_requests_whose_text_depends_on_the_version() -> None:
    assert text_of(176, calls.CancelOrder(5)) == ["4", "1", "5", ""]
    assert text_of(200, calls.CancelOrder(5)) == ["4", "5", "", "", "2147483647"]
    assert text_of(176, calls.GlobalCancel()) == ["58", "1"]
    assert text_of(200, calls.GlobalCancel()) == ["58", "", "2147483647"]
    filters = ["0", "", "", "", "", "", ""]
    assert text_of(176, calls.ReqExecutions(9)) == ["7", "3", "9", *filters]
    assert text_of(200, calls.ReqExecutions(9)) == ["7", "3", "9", *filters, "2147483647", "0"]


@pytest.mark.parametrize("version", [176, 200])
def test_an_order_of_the_text_era(version: int) -> None:
    fields = text_of(version, calls.PlaceOrder(5, AAPL, ORDER, "B1KEY"))
    assert fields[:14] == ["3", "5", *AAPL_TEXT]
    assert fields[14:16] == ["", ""], "secIdType and secId"
    assert fields[16:21] == ["BUY", "0.0000005", "STP LMT", "190.5", "189.75"]
    assert fields[21:27] == ["GTD", "", "DU1234567", "", "0", "B1KEY"]
    assert fields[27] == "1", "transmit"
    assert fields[33:35] == ["1", "0"], "outsideRth and hidden"
    assert fields[36:39] == ["0", "", "20261218-20:00:00"], "discretionaryAmt, goodAfterTime, goodTillDate"
    all_or_none = fields.index("-1", 38) + 4
    assert fields[all_or_none : all_or_none + 5] == ["0", "", "", "0", "0"], "then eTradeOnly and firmQuoteOnly"


def test_an_order_without_prices_leaves_their_fields_empty() -> None:
    market = Order(action="SELL", quantity=Decimal("1E+3"), order_type="MKT")
    assert text_of(176, calls.PlaceOrder(5, AAPL, market, ""))[16:21] == ["SELL", "1000", "MKT", "", ""]


@pytest.mark.parametrize("version", [203, 213, 225])
def test_orders_from_203_on(version: int) -> None:
    request = parsed(version, calls.PlaceOrder(5, AAPL, ORDER, "B1KEY"), 3, PlaceOrderRequest)
    order, contract = request.order, request.contract
    assert request.orderId == 5
    assert (contract.conId, contract.symbol, contract.HasField("strike")) == (265598, "AAPL", False)
    assert (order.action, order.totalQuantity, order.orderType) == ("BUY", "0.0000005", "STP LMT")
    assert (order.lmtPrice, order.auxPrice, order.tif) == (190.5, 189.75, "GTD")
    assert (order.account, order.orderRef, order.outsideRth) == ("DU1234567", "B1KEY", True)
    assert (order.transmit, order.goodTillDate) == (True, "20261218-20:00:00")
    assert parsed(version, calls.CancelOrder(5), 4, CancelOrderRequest).orderId == 5
    parsed(version, calls.GlobalCancel(), 58, GlobalCancelRequest)
    request = parsed(version, calls.ReqExecutions(9), 7, ExecutionRequest)
    assert (request.reqId, request.executionFilter.HasField("lastNDays")) == (9, False)


def test_the_mixed_era_sends_the_rest_as_text_behind_a_raw_id() -> None:
    assert payload(203, calls.StartApi(7)) == b"\0\0\0\x472\x007\0\0"
    assert text_of(203, calls.ReqPositions()) == ["61", "1"]
    assert text_of(203, calls.ReqMarketDataType(3)) == ["59", "1", "3"]
    assert text_of(203, calls.ReqOpenOrders()) == ["16", "1"]


@pytest.mark.parametrize("version", [213, 225])
def test_requests_of_the_protobuf_era(version: int) -> None:
    assert payload(version, calls.StartApi(7)) == b"\0\0\x01\x0f\x08\x07"
    assert parsed(version, calls.StartApi(7), 71, StartApiRequest).clientId == 7
    parsed(version, calls.ReqCurrentTime(), 49, CurrentTimeRequest)
    assert parsed(version, calls.ReqMarketDataType(3), 59, MarketDataTypeRequest).marketDataType == 3
    quote = parsed(version, calls.ReqMarketData(9, AAPL, "233", True), 1, MarketDataRequest)
    assert (quote.reqId, quote.contract.conId, quote.genericTickList, quote.snapshot) == (9, 265598, "233", True)
    assert parsed(version, calls.CancelMarketData(9), 2, CancelMarketData).reqId == 9
    summary = parsed(version, calls.ReqAccountSummary(9, "All", "NetLiquidation"), 62, AccountSummaryRequest)
    assert (summary.reqId, summary.group, summary.tags) == (9, "All", "NetLiquidation")
    assert parsed(version, calls.CancelAccountSummary(9), 63, CancelAccountSummary).reqId == 9
    parsed(version, calls.ReqPositions(), 61, PositionsRequest)
    details = parsed(version, calls.ReqContractDetails(9, OPTION), 9, ContractDataRequest).contract
    assert (details.strike, details.right, details.multiplier, details.includeExpired) == (190.0, "C", 100.0, True)
    parsed(version, calls.ReqOpenOrders(), 16, AllOpenOrdersRequest)
    assert not parsed(version, calls.ReqCompletedOrders(), 99, CompletedOrdersRequest).apiOnly


@pytest.mark.parametrize("version", [213, 225])
def test_history_of_the_protobuf_era(version: int) -> None:
    call = calls.ReqHistoricalData(9, AAPL, "20261122-15:00:00", "1 D", "5 mins", "TRADES", True)
    request = parsed(version, call, 20, HistoricalDataRequest)
    assert (request.reqId, request.endDateTime, request.duration) == (9, "20261122-15:00:00", "1 D")
    assert (request.barSizeSetting, request.whatToShow, request.useRTH) == ("5 mins", "TRADES", True)
    assert (request.formatDate, request.keepUpToDate) == (2, False)
    assert parsed(version, calls.CancelHistoricalData(9), 25, CancelHistoricalData).reqId == 9


@pytest.mark.parametrize("version", range(MIN_CLIENT_VER, MAX_CLIENT_VER + 1))
def test_every_version_that_ibapi_speaks(version: int) -> None:
    encoder = Encoder(version)
    whole = Order(action="BUY", quantity="100", order_type="LMT", limit_price=190.0)
    for call in [*EVERY_CALL[:-7], calls.PlaceOrder(5, AAPL, whole, "B1KEY"), *EVERY_CALL[-5:]]:
        encoded = encoder.encode(call)
        assert bool(encoded.data) != bool(encoded.errors), call
        assert encoded.data or version < 130


@pytest.mark.parametrize("version", [176, 200])
def test_what_is_not_ascii_is_an_error_in_the_text_era(version: int) -> None:
    encoder = Encoder(version)
    strange = Contract(symbol="CAF\xc9", sec_type="STK")
    data, [error] = encoder.encode(calls.PlaceOrder(5, strange, ORDER, "B1KEY"))
    assert data == b""
    assert (error.id, error.code) == (5, 579)
    assert encoder.encode(calls.ReqPositions()).errors == []


def test_the_id_of_a_request() -> None:
    ids = [id_of(call) for call in (calls.CancelOrder(5), calls.ReqExecutions(9), calls.GlobalCancel())]
    assert ids == [5, 9, -1]


@pytest.mark.parametrize("version", [203, 225])
def test_what_ibapi_lets_through_as_an_exception_is_an_error(version: int) -> None:
    strange = AAPL.model_copy(update={"multiplier": "a hundred"})
    encoder = Encoder(version)
    data, [error] = encoder.encode(calls.PlaceOrder(5, strange, ORDER, "B1KEY"))
    assert (data, error.id, error.code) == (b"", 5, 588)
    assert "nothing was sent" in error.text
    assert encoder.encode(calls.CancelOrder(5)).errors == []


def frames(data: bytes) -> list[bytes]:
    """The payloads of frames that were written together."""
    found = []
    while data:
        length = int.from_bytes(data[:4], "big")
        found.append(data[4 : 4 + length])
        data = data[4 + length :]
    return found


BRACKET = calls.PlaceGroup(
    (
        calls.PlaceOrder(6, AAPL, ORDER, "B1P", transmit=False),
        calls.PlaceOrder(7, AAPL, ORDER, "B1T", parent_id=6, oca_group="G", oca_type=2),
    )
)


@pytest.mark.parametrize("version", [203, 213, 225])
def test_a_group_is_one_write_with_the_ties_of_each_order(version: int) -> None:
    encoded = Encoder(version).encode(BRACKET)
    assert encoded.errors == []
    parent, child = (PlaceOrderRequest.FromString(body[4:]) for body in frames(encoded.data))
    assert (parent.orderId, parent.order.transmit, parent.order.parentId) == (6, False, 0)
    assert (child.orderId, child.order.transmit, child.order.parentId) == (7, True, 6)
    assert (child.order.ocaGroup, child.order.ocaType) == ("G", 2)


@pytest.mark.parametrize("version", [176, 200])
def test_the_ties_of_an_order_in_the_text_era(version: int) -> None:
    parent, child = (fields_of(body) for body in frames(Encoder(version).encode(BRACKET).data))
    assert (parent[22], parent[27], parent[28]) == ("", "0", "0"), "ocaGroup, transmit, parentId"
    assert (child[22], child[27], child[28]) == ("G", "1", "6")


@pytest.mark.parametrize("version", [176, 225])
def test_of_a_group_with_one_bad_order_nothing_is_sent_and_every_order_hears_it(version: int) -> None:
    strange = AAPL.model_copy(update={"symbol": "CAF\xc9", "multiplier": "a hundred"})
    orders = (BRACKET.orders[0], calls.PlaceOrder(7, strange, ORDER, "B1T"))
    data, errors = Encoder(version).encode(calls.PlaceGroup(orders))
    assert data == b"" and [error.id for error in errors] == [6, 7]
    assert "none was sent" in errors[0].text


@pytest.mark.parametrize("snapshot", [False, True])
def test_no_regulatory_snapshot_is_asked_for(snapshot: bool) -> None:
    """IB charges for each: ib_gateway asked for one at every subscription."""
    quote = parsed(213, calls.ReqMarketData(9, AAPL, "", snapshot), 1, MarketDataRequest)
    assert (quote.snapshot, quote.regulatorySnapshot) == (snapshot, False)
    assert text_of(200, calls.ReqMarketData(9, AAPL, "", snapshot))[-3:] == [str(int(snapshot)), "0", ""]
