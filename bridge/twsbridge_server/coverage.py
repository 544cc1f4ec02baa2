"""Every request and callback of the TWS API, and what has become of it here. clients/README.md shows it as tables.

A test compares it with the installed ibapi, with the commands, events and streams of the protocol, with what the
bridge encodes and hears, and with the simulator.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

By = Literal["command", "event", "stream", "bridge", "not exposed"]


class Row(NamedTuple):
    """Who serves it: a command, an event or a stream named by `what`, or the bridge for itself; or why nobody does.

    `shared` says how several clients have it at once; `test` is a file below tests/.
    """

    by: By
    what: str
    shared: str = ""
    test: str = ""


NEVER = "never: each is one of its client's"
TOGETHER = "equal ones at a time are one request"
KEPT = "asked once a session"
LINE = "one line for all subscribers"
OWN = "one for the whole login"

QUESTIONS = "end_to_end/test_questions.py"
SESSION = "tws/test_session_callbacks.py"
MARKET = "tws/test_market_callbacks.py"
ORDERS = "tws/test_order_callbacks.py"
ANSWERS = "tws/test_query_callbacks.py"
HEARD = "tws/test_stream_callbacks.py"
STREAMED = "core/test_stream_rules.py"
ENCODED = "tws/test_encoder.py"

VERIFYING = "IB's old authentication of third-party programs; TWS no longer asks for it"
TWS_SETTINGS = "reads and writes the settings of TWS itself: whoever operates TWS does that"
BY_SUMMARY = "account.summary and positions.list say the same of all accounts at once; TWS allows one such stream"
CLIENT_SIDE = "made by ibapi's own connection, which the bridge replaces"


def command(what: str, shared: str = TOGETHER, test: str = QUESTIONS) -> Row:
    """Commands do it; of a callback also streams."""
    return Row("command", what, shared, test)


def event(what: str, test: str) -> Row:
    """Events tell it."""
    return Row("event", what, OWN, test)


def line(test: str) -> Row:
    """The lines on `md` carry it."""
    return Row("stream", "md", LINE, test)


def stream(what: str, test: str = STREAMED) -> Row:
    """The streams of these kinds on `md` carry it."""
    return Row("stream", what, LINE, test)


def bridge(what: str, test: str) -> Row:
    """The bridge needs it for itself."""
    return Row("bridge", what, OWN, test)


def not_exposed(why: str) -> Row:
    """Nobody gets it."""
    return Row("not exposed", why)


REQUESTS: dict[str, Row] = {
    "reqMktData": line("core/test_lines.py"),
    "cancelMktData": line("core/test_lines.py"),
    "placeOrder": command(
        "order.place order.place_group order.resend order.modify order.what_if", NEVER, "core/test_order_commands.py"
    ),
    "cancelOrder": command("order.cancel order.cancel_all", NEVER, "core/test_order_commands.py"),
    "reqOpenOrders": not_exposed("reqAllOpenOrders says more, and binds nothing"),
    "reqAccountUpdates": not_exposed(BY_SUMMARY),
    "reqExecutions": bridge("compares its journal with TWS; clients have executions.list", "core/test_reconcile.py"),
    "reqIds": not_exposed("the bridge gives out all order ids; TWS tells the next one at each connection"),
    "reqContractDetails": command("contract.details quote.open", TOGETHER, "core/test_contracts.py"),
    "reqMktDepth": stream("depth"),
    "cancelMktDepth": stream("depth"),
    "reqNewsBulletins": stream("bulletins"),
    "cancelNewsBulletins": stream("bulletins"),
    "setServerLogLevel": not_exposed("changes TWS's own log, of this connection only; TWS's settings do that for all"),
    "reqAutoOpenOrders": not_exposed(
        "takes over orders placed by hand, with client id 0 only: they stay their owner's"
    ),
    "reqAllOpenOrders": bridge("compares its orders with TWS; clients have orders.list", "core/test_reconcile.py"),
    "reqManagedAccts": not_exposed("TWS tells the accounts at each connection: welcome and status have them"),
    "requestFA": command("advisor.get", TOGETHER),
    "replaceFA": command("advisor.replace", TOGETHER),
    "reqHistoricalData": command("history.bars history.schedule", TOGETHER, "core/history/test_service.py"),
    "exerciseOptions": not_exposed(
        "its id is an order id, but no reference of the client travels with it: after a lost connection nobody could "
        "tell whether TWS has it, and to repeat it could exercise twice"
    ),
    "reqScannerSubscription": stream("scan"),
    "cancelScannerSubscription": stream("scan"),
    "reqScannerParameters": command("scanner.parameters", KEPT),
    "cancelHistoricalData": command("history.cancel", TOGETHER, "core/history/test_service.py"),
    "reqCurrentTime": command("tws.time"),
    "reqRealTimeBars": stream("bars5"),
    "cancelRealTimeBars": stream("bars5"),
    "reqFundamentalData": command("fundamentals.report"),
    "cancelFundamentalData": command("fundamentals.report", TOGETHER, "tws/test_query_encoder.py"),
    "calculateImpliedVolatility": command("option.implied_volatility"),
    "calculateOptionPrice": command("option.price"),
    "cancelCalculateImpliedVolatility": command("option.implied_volatility", TOGETHER, "tws/test_query_encoder.py"),
    "cancelCalculateOptionPrice": command("option.price", TOGETHER, "tws/test_query_encoder.py"),
    "reqGlobalCancel": command("order.cancel_all", NEVER, "core/test_order_commands.py"),
    "reqMarketDataType": bridge("one setting for the whole session: --market-data", "core/test_lines.py"),
    "reqPositions": command("positions.list snapshot", OWN, "core/test_accounts.py"),
    "reqAccountSummary": command("account.summary snapshot", OWN, "core/test_accounts.py"),
    "cancelAccountSummary": bridge("kept as long as the session: TWS allows two", ENCODED),
    "cancelPositions": not_exposed("the positions are kept as long as the session"),
    "verifyRequest": not_exposed(VERIFYING),
    "verifyMessage": not_exposed(VERIFYING),
    "queryDisplayGroups": command("display_group.list"),
    "subscribeToGroupEvents": stream("group"),
    "updateDisplayGroup": not_exposed("would change what the person at TWS looks at"),
    "unsubscribeFromGroupEvents": stream("group"),
    "startApi": bridge("begins each session", ENCODED),
    "verifyAndAuthRequest": not_exposed(VERIFYING),
    "verifyAndAuthMessage": not_exposed(VERIFYING),
    "reqPositionsMulti": stream("holdings"),
    "cancelPositionsMulti": stream("holdings"),
    "reqAccountUpdatesMulti": stream("values"),
    "cancelAccountUpdatesMulti": stream("values"),
    "reqSecDefOptParams": command("contract.option_chains", KEPT),
    "reqSoftDollarTiers": command("account.soft_dollar_tiers", KEPT),
    "reqFamilyCodes": command("account.family_codes", KEPT),
    "reqMatchingSymbols": command("contract.search"),
    "reqMktDepthExchanges": command("market.depth_exchanges", KEPT),
    "reqSmartComponents": command("market.smart_components", KEPT),
    "reqNewsArticle": command("news.article"),
    "reqNewsProviders": command("news.providers", KEPT),
    "reqHistoricalNews": command("news.headlines"),
    "reqHeadTimeStamp": command("history.head"),
    "reqHistogramData": command("history.histogram"),
    "cancelHistogramData": command("history.histogram", TOGETHER, "tws/test_query_encoder.py"),
    "cancelHeadTimeStamp": command("history.head", TOGETHER, "tws/test_query_encoder.py"),
    "reqMarketRule": command("contract.market_rule", KEPT),
    "reqPnL": stream("pnl"),
    "cancelPnL": stream("pnl"),
    "reqPnLSingle": stream("pnl_single"),
    "cancelPnLSingle": stream("pnl_single"),
    "reqHistoricalTicks": command("history.ticks"),
    "reqTickByTickData": stream("tbt"),
    "cancelTickByTickData": stream("tbt"),
    "reqCompletedOrders": bridge("compares its orders with TWS; clients have orders.list", "core/test_reconcile.py"),
    "reqWshMetaData": command("wsh.metadata", KEPT),
    "cancelWshMetaData": command("wsh.metadata", KEPT, "tws/test_query_encoder.py"),
    "reqWshEventData": command("wsh.events"),
    "cancelWshEventData": command("wsh.events", TOGETHER, "tws/test_query_encoder.py"),
    "reqUserInfo": command("tws.user", KEPT),
    "reqCurrentTimeInMillis": command("tws.time"),
    "cancelContractData": not_exposed("contract details come at once, or TWS holds them back for everybody alike"),
    "cancelHistoricalTicks": command("history.ticks", TOGETHER, "tws/test_query_encoder.py"),
    "reqConfigProtoBuf": not_exposed(TWS_SETTINGS),
    "updateConfigProtoBuf": not_exposed(TWS_SETTINGS),
}
"""EClient's methods that send something."""

CALLBACKS: dict[str, Row] = {
    "error": event("notice order", SESSION),
    "winError": not_exposed(CLIENT_SIDE),
    "connectAck": not_exposed(CLIENT_SIDE),
    "marketDataType": line(MARKET),
    "tickPrice": line(MARKET),
    "tickSize": line(MARKET),
    "tickSnapshotEnd": bridge("notes it; a quote of now is a line opened for a moment", MARKET),
    "tickGeneric": line(MARKET),
    "tickString": line(MARKET),
    "tickEFP": line(MARKET),
    "orderStatus": event("order", ORDERS),
    "openOrder": event("order", ORDERS),
    "openOrderEnd": bridge("ends a comparison", ORDERS),
    "connectionClosed": not_exposed(CLIENT_SIDE),
    "updateAccountValue": not_exposed(BY_SUMMARY),
    "updatePortfolio": not_exposed(BY_SUMMARY),
    "updateAccountTime": not_exposed(BY_SUMMARY),
    "accountDownloadEnd": not_exposed(BY_SUMMARY),
    "nextValidId": bridge("order ids never go back", SESSION),
    "contractDetails": command("contract.details quote.open", TOGETHER, MARKET),
    "bondContractDetails": command("contract.details quote.open", TOGETHER, MARKET),
    "contractDetailsEnd": command("contract.details quote.open", TOGETHER, MARKET),
    "execDetails": event("execution correction", ORDERS),
    "execDetailsEnd": bridge("ends a comparison", ORDERS),
    "updateMktDepth": stream("depth", HEARD),
    "updateMktDepthL2": stream("depth", HEARD),
    "updateNewsBulletin": stream("bulletins", HEARD),
    "managedAccounts": bridge("in welcome and status", SESSION),
    "receiveFA": command("advisor.get", TOGETHER, QUESTIONS),
    "historicalData": command("history.bars", TOGETHER, MARKET),
    "historicalDataEnd": command("history.bars", TOGETHER, MARKET),
    "scannerParameters": command("scanner.parameters", KEPT),
    "scannerData": stream("scan", HEARD),
    "scannerDataEnd": stream("scan", HEARD),
    "realtimeBar": stream("bars5", HEARD),
    "currentTime": command("tws.time", TOGETHER, SESSION),
    "fundamentalData": command("fundamentals.report"),
    "deltaNeutralValidation": not_exposed("answers requests for quotes with a delta-neutral order, which nobody makes"),
    "commissionAndFeesReport": event("commission", ORDERS),
    "position": event("position", SESSION),
    "positionEnd": bridge("the image of the positions is whole", SESSION),
    "accountSummary": event("account_value", SESSION),
    "accountSummaryEnd": bridge("the image of the values is whole", SESSION),
    "verifyMessageAPI": not_exposed(VERIFYING),
    "verifyCompleted": not_exposed(VERIFYING),
    "verifyAndAuthMessageAPI": not_exposed(VERIFYING),
    "verifyAndAuthCompleted": not_exposed(VERIFYING),
    "displayGroupList": command("display_group.list", TOGETHER, ANSWERS),
    "displayGroupUpdated": stream("group", HEARD),
    "positionMulti": stream("holdings", HEARD),
    "positionMultiEnd": stream("holdings", HEARD),
    "accountUpdateMulti": stream("values", HEARD),
    "accountUpdateMultiEnd": stream("values", HEARD),
    "tickOptionComputation": command("option.implied_volatility option.price md", f"{TOGETHER}; {LINE}", ANSWERS),
    "securityDefinitionOptionParameter": command("contract.option_chains", KEPT),
    "securityDefinitionOptionParameterEnd": command("contract.option_chains", KEPT),
    "softDollarTiers": command("account.soft_dollar_tiers", KEPT),
    "familyCodes": command("account.family_codes", KEPT),
    "symbolSamples": command("contract.search"),
    "mktDepthExchanges": command("market.depth_exchanges", KEPT),
    "tickNews": stream("news tape md", HEARD),
    "smartComponents": command("market.smart_components", KEPT, "tws/test_query_rows.py"),
    "tickReqParams": line(MARKET),
    "newsProviders": command("news.providers", KEPT),
    "newsArticle": command("news.article"),
    "historicalNews": command("news.headlines", TOGETHER, ANSWERS),
    "historicalNewsEnd": command("news.headlines", TOGETHER, ANSWERS),
    "headTimestamp": command("history.head"),
    "histogramData": command("history.histogram"),
    "historicalDataUpdate": stream("live", HEARD),
    "rerouteMktDataReq": line(MARKET),
    "rerouteMktDepthReq": stream("depth", MARKET),
    "marketRule": command("contract.market_rule", KEPT, ANSWERS),
    "pnl": stream("pnl", HEARD),
    "pnlSingle": stream("pnl_single", HEARD),
    "historicalTicks": command("history.ticks"),
    "historicalTicksBidAsk": command("history.ticks"),
    "historicalTicksLast": command("history.ticks", TOGETHER, ANSWERS),
    "tickByTickAllLast": stream("tbt", HEARD),
    "tickByTickBidAsk": stream("tbt", HEARD),
    "tickByTickMidPoint": stream("tbt", HEARD),
    "orderBound": not_exposed("answers reqAutoOpenOrders, which the bridge does not send"),
    "completedOrder": event("order", ORDERS),
    "completedOrdersEnd": bridge("ends a comparison", ORDERS),
    "replaceFAEnd": command("advisor.replace", TOGETHER, QUESTIONS),
    "wshMetaData": command("wsh.metadata", KEPT),
    "wshEventData": command("wsh.events"),
    "historicalSchedule": command("history.schedule"),
    "userInfo": command("tws.user", KEPT),
    "currentTimeInMillis": command("tws.time"),
    "configResponseProtoBuf": not_exposed(TWS_SETTINGS),
    "updateConfigResponseProtoBuf": not_exposed(TWS_SETTINGS),
}
"""EWrapper's callbacks."""
