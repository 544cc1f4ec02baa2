"""Every request of the official client: how to ask it, and which callbacks answer it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ibapi.common import WshEventData
from ibapi.contract import Contract
from ibapi.execution import ExecutionFilter
from ibapi.order_cancel import OrderCancel
from ibapi.protobuf.ConfigRequest_pb2 import ConfigRequest
from ibapi.protobuf.UpdateConfigRequest_pb2 import UpdateConfigRequest
from ibapi.scanner import ScannerSubscription

from tests.twssim.official import Event, order, stock

ACCOUNT = "DU1234567"
TOO_OLD = 503
"""What the client itself answers when the server version does not have a request."""


@dataclass(frozen=True)
class Ask:
    """One request. `send` gets an id of its own, which also chooses among its variants.

    One of the `answers` must come, with that id where it has one; () means that TWS may be silent.
    `cancel` stops what the request began.
    """

    message: str
    send: Callable[[Any, int], object]
    answers: tuple[str, ...] = ()
    by_id: bool = True
    patience: float = 1.0
    cancel: Callable[[Any, int], object] | None = None


def contract(number: int) -> Contract:
    """A stock, another one, a currency pair, or nothing that exists."""
    made = stock("AAPL")
    kinds = (("MSFT", "STK", "SMART", "USD"), ("EUR", "CASH", "IDEALPRO", "USD"), ("NOSUCH", "STK", "SMART", "USD"))
    if number % 5 < len(kinds):
        made.symbol, made.secType, made.exchange, made.currency = kinds[number % 5]
    return made


def option() -> Contract:
    """The description of every AAPL option; ambiguous on purpose."""
    made = stock("AAPL")
    made.secType = "OPT"
    return made


def _scan(number: int) -> ScannerSubscription:
    made = ScannerSubscription()
    made.instrument, made.locationCode = "STK", "STK.US"
    made.scanCode, made.numberOfRows = ("MOST_ACTIVE", "NO_SUCH_SCAN")[number % 2], 1 + number % 40
    return made


def _wsh() -> WshEventData:
    made = WshEventData()
    made.conId = 265598
    return made


def _what(number: int) -> str:
    return ("TRADES", "MIDPOINT", "NONSENSE")[number % 3]


def _market_data(c: Any, i: int) -> None:
    c.reqMktData(i, contract(i), "", i % 3 == 0, False, [])


def _bars(c: Any, i: int) -> None:
    keep = i % 4 == 0
    end = "" if keep else "20261123-20:00:00"
    c.reqHistoricalData(i, contract(i), end, "1 D", ("1 hour", "7 parsecs")[i % 7 == 0], _what(i), 1, 1, keep, [])


def _ticks(c: Any, i: int) -> None:
    c.reqHistoricalTicks(i, contract(i), "", "20261123-20:00:00", 5, _what(i), 1, False, [])


def _update(c: Any, i: int) -> None:
    c.updateConfigProtoBuf(UpdateConfigRequest(reqId=i, lockAndExit={"autoLogoffTime": f"11:{i % 60:02}"}))


def _order(c: Any, i: int) -> None:
    kind = ("MKT", "LMT", "MKT", "STP", "NONE")[i % 5]
    c.placeOrder(i, contract(i // 5), order(kind, ("BUY", "SELL")[i % 3 == 0], 1 + i % 9, limit=100.0, stop=900.0))


_MARKET = ("tickPrice", "tickSize", "marketDataType", "tickReqParams")
_HISTORY = ("historicalDataEnd", "historicalSchedule")
_HISTORICAL_TICKS = ("historicalTicks", "historicalTicksLast", "historicalTicksBidAsk")
_LIVE_TICKS = ("tickByTickAllLast", "tickByTickBidAsk", "tickByTickMidPoint")
_EXERCISE = (option(), 1, 1, ACCOUNT, 0, "", "", False)

ASKS: tuple[Ask, ...] = (
    Ask("REQ_MKT_DATA", _market_data, _MARKET, cancel=lambda c, i: c.cancelMktData(i)),
    Ask("CANCEL_MKT_DATA", lambda c, i: c.cancelMktData(i), ("error",)),
    Ask("PLACE_ORDER", _order, ("openOrder",)),
    Ask("CANCEL_ORDER", lambda c, i: c.cancelOrder(i, OrderCancel()), ("error",)),
    Ask("REQ_OPEN_ORDERS", lambda c, i: c.reqOpenOrders(), ("openOrderEnd",), False),
    Ask("REQ_ACCT_DATA", lambda c, i: c.reqAccountUpdates(True, ACCOUNT), ("accountDownloadEnd",), False),
    Ask("REQ_EXECUTIONS", lambda c, i: c.reqExecutions(i, ExecutionFilter()), ("execDetailsEnd",)),
    Ask("REQ_IDS", lambda c, i: c.reqIds(-1), ("nextValidId",), False),
    Ask("REQ_CONTRACT_DATA", lambda c, i: c.reqContractDetails(i, contract(i)), ("contractDetailsEnd",)),
    Ask(
        "REQ_MKT_DEPTH",
        lambda c, i: c.reqMktDepth(i, contract(i), 5, True, []),
        ("updateMktDepth", "updateMktDepthL2"),
        cancel=lambda c, i: c.cancelMktDepth(i, True),
    ),
    Ask("CANCEL_MKT_DEPTH", lambda c, i: c.cancelMktDepth(i, True), ("error",)),
    Ask("REQ_NEWS_BULLETINS", lambda c, i: c.reqNewsBulletins(i % 2 == 0)),
    Ask("CANCEL_NEWS_BULLETINS", lambda c, i: c.cancelNewsBulletins()),
    Ask("SET_SERVER_LOGLEVEL", lambda c, i: c.setServerLogLevel(1 + i % 5)),
    Ask("REQ_AUTO_OPEN_ORDERS", lambda c, i: c.reqAutoOpenOrders(True), ("error",), False),
    Ask("REQ_ALL_OPEN_ORDERS", lambda c, i: c.reqAllOpenOrders(), ("openOrderEnd",), False),
    Ask("REQ_MANAGED_ACCTS", lambda c, i: c.reqManagedAccts(), ("managedAccounts",), False),
    Ask("REQ_FA", lambda c, i: c.requestFA(1 + 2 * (i % 2)), ("receiveFA",), False),
    Ask("REPLACE_FA", lambda c, i: c.replaceFA(i, 1, "<ListOfGroups/>"), ("replaceFAEnd",)),
    Ask("REQ_HISTORICAL_DATA", _bars, _HISTORY, cancel=lambda c, i: c.cancelHistoricalData(i)),
    Ask("EXERCISE_OPTIONS", lambda c, i: c.exerciseOptions(i, *_EXERCISE), ("openOrder",)),
    Ask(
        "REQ_SCANNER_SUBSCRIPTION",
        lambda c, i: c.reqScannerSubscription(i, _scan(i), [], []),
        ("scannerDataEnd",),
        cancel=lambda c, i: c.cancelScannerSubscription(i),
    ),
    Ask("CANCEL_SCANNER_SUBSCRIPTION", lambda c, i: c.cancelScannerSubscription(i), ("error",)),
    Ask("REQ_SCANNER_PARAMETERS", lambda c, i: c.reqScannerParameters(), ("scannerParameters",), False),
    Ask("CANCEL_HISTORICAL_DATA", lambda c, i: c.cancelHistoricalData(i), ("error",)),
    Ask("REQ_CURRENT_TIME", lambda c, i: c.reqCurrentTime(), ("currentTime",), False),
    Ask(
        "REQ_REAL_TIME_BARS",
        lambda c, i: c.reqRealTimeBars(i, contract(i), 5, _what(i), True, []),
        ("realtimeBar",),
        patience=6.0,
        cancel=lambda c, i: c.cancelRealTimeBars(i),
    ),
    Ask("CANCEL_REAL_TIME_BARS", lambda c, i: c.cancelRealTimeBars(i), ("error",)),
    Ask(
        "REQ_FUNDAMENTAL_DATA",
        lambda c, i: c.reqFundamentalData(i, contract(i), "ReportSnapshot", []),
        ("fundamentalData",),
        cancel=lambda c, i: c.cancelFundamentalData(i),
    ),
    Ask("CANCEL_FUNDAMENTAL_DATA", lambda c, i: c.cancelFundamentalData(i)),
    Ask(
        "REQ_CALC_IMPLIED_VOLAT",
        lambda c, i: c.calculateImpliedVolatility(i, option(), 5.0, 270.0, []),
        ("tickOptionComputation",),
    ),
    Ask(
        "REQ_CALC_OPTION_PRICE",
        lambda c, i: c.calculateOptionPrice(i, option(), 0.3, 270.0, []),
        ("tickOptionComputation",),
    ),
    Ask("CANCEL_CALC_IMPLIED_VOLAT", lambda c, i: c.cancelCalculateImpliedVolatility(i)),
    Ask("CANCEL_CALC_OPTION_PRICE", lambda c, i: c.cancelCalculateOptionPrice(i)),
    Ask("REQ_GLOBAL_CANCEL", lambda c, i: c.reqGlobalCancel(OrderCancel())),
    Ask("REQ_MARKET_DATA_TYPE", lambda c, i: c.reqMarketDataType(1 + i % 4)),
    Ask("REQ_POSITIONS", lambda c, i: c.reqPositions(), ("positionEnd",), False),
    Ask(
        "REQ_ACCOUNT_SUMMARY",
        lambda c, i: c.reqAccountSummary(i, "All", "NetLiquidation,$LEDGER:ALL"),
        ("accountSummaryEnd",),
        cancel=lambda c, i: c.cancelAccountSummary(i),
    ),
    Ask("CANCEL_ACCOUNT_SUMMARY", lambda c, i: c.cancelAccountSummary(i)),
    Ask("CANCEL_POSITIONS", lambda c, i: c.cancelPositions()),
    Ask("VERIFY_REQUEST", lambda c, i: c.verifyRequest("program", "1"), ("verifyCompleted",), False),
    Ask("VERIFY_MESSAGE", lambda c, i: c.verifyMessage("answer"), ("verifyCompleted",), False),
    Ask("QUERY_DISPLAY_GROUPS", lambda c, i: c.queryDisplayGroups(i), ("displayGroupList",)),
    Ask(
        "SUBSCRIBE_TO_GROUP_EVENTS",
        lambda c, i: c.subscribeToGroupEvents(i, i % 9),
        ("displayGroupUpdated",),
        cancel=lambda c, i: c.unsubscribeFromGroupEvents(i),
    ),
    Ask("UPDATE_DISPLAY_GROUP", lambda c, i: c.updateDisplayGroup(i, "265598@SMART"), ("displayGroupUpdated",)),
    Ask("UNSUBSCRIBE_FROM_GROUP_EVENTS", lambda c, i: c.unsubscribeFromGroupEvents(i)),
    Ask("START_API", lambda c, i: c.startApi()),
    Ask(
        "VERIFY_AND_AUTH_REQUEST",
        lambda c, i: c.verifyAndAuthRequest("p", "1", "k"),
        ("verifyAndAuthCompleted",),
        False,
    ),
    Ask("VERIFY_AND_AUTH_MESSAGE", lambda c, i: c.verifyAndAuthMessage("a", "x"), ("verifyAndAuthCompleted",), False),
    Ask(
        "REQ_POSITIONS_MULTI",
        lambda c, i: c.reqPositionsMulti(i, ACCOUNT, ""),
        ("positionMultiEnd",),
        cancel=lambda c, i: c.cancelPositionsMulti(i),
    ),
    Ask("CANCEL_POSITIONS_MULTI", lambda c, i: c.cancelPositionsMulti(i)),
    Ask(
        "REQ_ACCOUNT_UPDATES_MULTI",
        lambda c, i: c.reqAccountUpdatesMulti(i, ACCOUNT, "", i % 2 == 0),
        ("accountUpdateMultiEnd",),
        cancel=lambda c, i: c.cancelAccountUpdatesMulti(i),
    ),
    Ask("CANCEL_ACCOUNT_UPDATES_MULTI", lambda c, i: c.cancelAccountUpdatesMulti(i)),
    Ask(
        "REQ_SEC_DEF_OPT_PARAMS",
        lambda c, i: c.reqSecDefOptParams(i, "AAPL", "", "STK", 265598 + i % 2),
        ("securityDefinitionOptionParameterEnd",),
    ),
    Ask("REQ_SOFT_DOLLAR_TIERS", lambda c, i: c.reqSoftDollarTiers(i), ("softDollarTiers",)),
    Ask("REQ_FAMILY_CODES", lambda c, i: c.reqFamilyCodes(), ("familyCodes",), False),
    Ask("REQ_MATCHING_SYMBOLS", lambda c, i: c.reqMatchingSymbols(i, "AA"), ("symbolSamples",)),
    Ask("REQ_MKT_DEPTH_EXCHANGES", lambda c, i: c.reqMktDepthExchanges(), ("mktDepthExchanges",), False),
    Ask("REQ_SMART_COMPONENTS", lambda c, i: c.reqSmartComponents(i, "a60001"), ("smartComponents",)),
    Ask("REQ_NEWS_ARTICLE", lambda c, i: c.reqNewsArticle(i, "DJNL", "DJNL$1", []), ("newsArticle",)),
    Ask("REQ_NEWS_PROVIDERS", lambda c, i: c.reqNewsProviders(), ("newsProviders",), False),
    Ask(
        "REQ_HISTORICAL_NEWS",
        lambda c, i: c.reqHistoricalNews(i, 265598 + i % 2, "DJNL", "", "", 5, []),
        ("historicalNewsEnd",),
    ),
    Ask(
        "REQ_HEAD_TIMESTAMP",
        lambda c, i: c.reqHeadTimeStamp(i, contract(i), _what(i), 1, 1),
        ("headTimestamp",),
        cancel=lambda c, i: c.cancelHeadTimeStamp(i),
    ),
    Ask(
        "REQ_HISTOGRAM_DATA",
        lambda c, i: c.reqHistogramData(i, contract(i), True, "3 days"),
        ("histogramData",),
        cancel=lambda c, i: c.cancelHistogramData(i),
    ),
    Ask("CANCEL_HISTOGRAM_DATA", lambda c, i: c.cancelHistogramData(i)),
    Ask("CANCEL_HEAD_TIMESTAMP", lambda c, i: c.cancelHeadTimeStamp(i)),
    Ask("REQ_MARKET_RULE", lambda c, i: c.reqMarketRule((26, 7)[i % 2]), ("marketRule",), False),
    Ask("REQ_PNL", lambda c, i: c.reqPnL(i, ACCOUNT, ""), ("pnl",), patience=2.0, cancel=lambda c, i: c.cancelPnL(i)),
    Ask("CANCEL_PNL", lambda c, i: c.cancelPnL(i), ("error",)),
    Ask(
        "REQ_PNL_SINGLE",
        lambda c, i: c.reqPnLSingle(i, ACCOUNT, "", 265598),
        ("pnlSingle",),
        patience=2.0,
        cancel=lambda c, i: c.cancelPnLSingle(i),
    ),
    Ask("CANCEL_PNL_SINGLE", lambda c, i: c.cancelPnLSingle(i), ("error",)),
    Ask(
        "REQ_HISTORICAL_TICKS",
        _ticks,
        _HISTORICAL_TICKS,
        cancel=lambda c, i: c.cancelHistoricalTicks(i),
    ),
    Ask(
        "REQ_TICK_BY_TICK_DATA",
        lambda c, i: c.reqTickByTickData(i, contract(i), ("AllLast", "BidAsk", "MidPoint", "Never")[i % 4], 3, False),
        (*_LIVE_TICKS, *_HISTORICAL_TICKS),
        patience=4.0,
        cancel=lambda c, i: c.cancelTickByTickData(i),
    ),
    Ask("CANCEL_TICK_BY_TICK_DATA", lambda c, i: c.cancelTickByTickData(i), ("error",)),
    Ask("REQ_COMPLETED_ORDERS", lambda c, i: c.reqCompletedOrders(i % 2 == 0), ("completedOrdersEnd",), False),
    Ask("REQ_WSH_META_DATA", lambda c, i: c.reqWshMetaData(i), ("wshMetaData",)),
    Ask("CANCEL_WSH_META_DATA", lambda c, i: c.cancelWshMetaData(i), ("error",)),
    Ask("REQ_WSH_EVENT_DATA", lambda c, i: c.reqWshEventData(i, _wsh()), ("wshEventData",)),
    Ask("CANCEL_WSH_EVENT_DATA", lambda c, i: c.cancelWshEventData(i), ("error",)),
    Ask("REQ_USER_INFO", lambda c, i: c.reqUserInfo(i), ("userInfo",)),
    Ask("REQ_CURRENT_TIME_IN_MILLIS", lambda c, i: c.reqCurrentTimeInMillis(), ("currentTimeInMillis",), False),
    Ask("CANCEL_CONTRACT_DATA", lambda c, i: c.cancelContractData(i)),
    Ask("CANCEL_HISTORICAL_TICKS", lambda c, i: c.cancelHistoricalTicks(i)),
    Ask("REQ_CONFIG", lambda c, i: c.reqConfigProtoBuf(ConfigRequest(reqId=i)), ("configResponseProtoBuf",)),
    Ask("UPDATE_CONFIG", _update, ("updateConfigResponseProtoBuf",)),
)
"""One row for every message of the official client, in the order of their ids."""

SILENT = {ask.message for ask in ASKS if not ask.answers}
"""Where TWS need not answer: settings of the connection, cancels of what may have ended, streams of rare events."""

ORDER = next(ask for ask in ASKS if ask.message == "PLACE_ORDER")
STREAMS = tuple(ask for ask in ASKS if ask.cancel is not None)


def id_of(name: str, arguments: tuple[Any, ...]) -> object:
    """The request id of a callback, also of the two that bring a message."""
    return arguments[0].reqId if name.lower().endswith("configresponseprotobuf") else arguments[0]


def answered(ask: Ask, number: int, events: list[Event]) -> bool:
    """Whether the answer, or an error in its place, is among the callbacks."""
    for name, arguments in events:
        if name == "error" and arguments[2] == TOO_OLD:
            return True
        if name == "error" and arguments[0] == (number if ask.by_id else -1):
            return True
        if name in ask.answers and (not ask.by_id or id_of(name, arguments) == number):
            return True
    return not ask.answers
