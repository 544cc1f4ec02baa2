"""A day with the official client: `official_session.py PORT`."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable
from typing import Any

from ibapi.execution import ExecutionFilter
from ibapi.order import Order
from ibapi.scanner import ScannerSubscription
from official_client import Client, contract, order, watch
from reporting import tell

AAPL, NVDA = contract("AAPL"), contract("NVDA")
CSH2 = contract("CSH2", exchange="LSE", currency="GBP")
EURO = contract("EUR", "CASH", "IDEALPRO", "USD")
TAGS = "AvailableFunds,BuyingPower,NetLiquidation,TotalCashValue"
CLIENT_ID = 3
WORKING = ("Submitted", "PreSubmitted")


class Session:
    """The client, and the ids it uses."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.req_ids = itertools.count(1001)
        self.clients = [Client(port, CLIENT_ID)]
        self.accounts, self.order_ids = "", itertools.count(1)

    @property
    def client(self) -> Client:
        return self.clients[-1]

    @property
    def version(self) -> int:
        version: int = self.client.api.serverVersion()
        return version

    def ask(self, method: str, *arguments: Any) -> int:
        """Call a method of the official client with a new request id."""
        req_id = next(self.req_ids)
        getattr(self.client.api, method)(req_id, *arguments)
        return req_id

    def place(self, what: Any, terms: Any) -> int:
        """Place a new order."""
        order_id = next(self.order_ids)
        self.client.api.placeOrder(order_id, what, terms)
        return order_id

    def status(self, order_id: int) -> str:
        """The last status of an order, empty when there was none."""
        rows = self.client.rows("orderStatus", order_id)
        return rows[-1][0] if rows else ""

    def becomes(self, order_id: int, *statuses: str) -> None:
        self.client.until(lambda: self.status(order_id) in statuses)

    def cancel(self, order_id: int) -> None:
        """Cancel an order that is working."""
        self.client.cancel(order_id)
        self.client.refused(order_id, 202)
        self.becomes(order_id, "Cancelled")


def connect(session: Session) -> None:
    client = session.client
    session.accounts = client.answer("managedAccounts")[0]
    session.order_ids = itertools.count(client.answer("nextValidId")[0])
    client.until(lambda: {(-1, 2104), (-1, 2106), (-1, 2158)} <= set(client.errors()))
    client.api.reqCurrentTime()
    client.answer("currentTime")
    client.api.reqIds(1)
    client.until(lambda: len(client.of("nextValidId")) == 2)
    client.api.reqManagedAccts()
    client.until(lambda: len(client.of("managedAccounts")) == 2)
    client.api.setServerLogLevel(2)


def account(session: Session) -> None:
    client, name = session.client, session.accounts
    summary = session.ask("reqAccountSummary", "All", TAGS)
    client.answer("accountSummaryEnd", summary)
    assert {row[1] for row in client.rows("accountSummary", summary)} == set(TAGS.split(","))
    client.api.cancelAccountSummary(summary)
    client.api.reqAccountUpdates(True, name)
    client.answer("accountDownloadEnd")
    assert {"NetLiquidation", "BuyingPower"} <= {row[0] for row in client.of("updateAccountValue")}
    client.answer("updateAccountTime")
    multi = session.ask("reqAccountUpdatesMulti", name, "", False)
    client.answer("accountUpdateMultiEnd", multi)
    client.api.cancelAccountUpdatesMulti(multi)


def positions(session: Session) -> None:
    client = session.client
    client.api.reqPositions()
    client.answer("positionEnd")
    multi = session.ask("reqPositionsMulti", session.accounts, "")
    client.answer("positionMultiEnd", multi)
    client.api.cancelPositionsMulti(multi)


def contract_details(session: Session) -> None:
    client = session.client
    for wanted in (AAPL, CSH2, EURO, contract("ES", "FUT", "CME"), contract("SPY", "OPT")):
        req_id = session.ask("reqContractDetails", wanted)
        client.answer("contractDetailsEnd", req_id)
        found = [row[0] for row in client.rows("contractDetails", req_id)]
        assert found and {each.contract.symbol for each in found} == {wanted.symbol}
        assert all(each.contract.conId and each.tradingHours and each.minTick for each in found), found
    client.refused(session.ask("reqContractDetails", contract("NOSUCH")), 200)


def history(session: Session) -> None:
    client = session.client
    days = session.ask("reqHistoricalData", CSH2, "", "3 M", "1 day", "TRADES", 1, 1, False, [])
    hours = session.ask("reqHistoricalData", AAPL, "", "2 D", "1 hour", "TRADES", 1, 2, False, [])
    fx = session.ask("reqHistoricalData", EURO, "", "1 D", "5 mins", "MIDPOINT", 0, 1, False, [])
    for req_id in (days, hours, fx):
        client.answer("historicalDataEnd", req_id)
        bars = [row[0] for row in client.rows("historicalData", req_id)]
        assert bars and all(bar.low <= min(bar.open, bar.close) <= bar.high for bar in bars)
    assert 60 <= len(client.rows("historicalData", days)) <= 66
    kept = session.ask("reqHistoricalData", AAPL, "", "1 D", "1 min", "TRADES", 0, 1, True, [])
    client.answer("historicalDataEnd", kept)
    client.answer("historicalDataUpdate", kept)
    client.api.cancelHistoricalData(kept)
    client.refused(kept, 162)
    client.refused(session.ask("reqHistoricalData", AAPL, "", "1 D", "7 secs", "TRADES", 1, 1, False, []), 321)


def reference(session: Session) -> None:
    client, con_id = session.client, contract_id(session)
    head = session.ask("reqHeadTimeStamp", AAPL, "TRADES", 1, 1)
    assert client.answer("headTimestamp", head)[1]
    client.api.cancelHeadTimeStamp(head)
    assert client.answer("histogramData", session.ask("reqHistogramData", AAPL, True, "3 days"))[1]
    if session.version >= 165:
        days = session.ask("reqHistoricalData", AAPL, "", "5 D", "1 day", "SCHEDULE", 1, 1, False, [])
        assert len(client.answer("historicalSchedule", days)[4]) == 5
    symbols = client.answer("symbolSamples", session.ask("reqMatchingSymbols", "APPL"))[1]
    assert "AAPL" in [each.contract.symbol for each in symbols]
    chain = session.ask("reqSecDefOptParams", "AAPL", "", "STK", con_id)
    client.answer("securityDefinitionOptionParameterEnd", chain)
    assert all(row[4] and row[5] for row in client.rows("securityDefinitionOptionParameter", chain))
    stream = session.ask("reqMktData", AAPL, "", False, False, [])
    exchange = client.answer("tickReqParams", stream)[2]
    client.api.cancelMktData(stream)
    assert client.answer("smartComponents", session.ask("reqSmartComponents", exchange))[1]
    rule = int(client.of("contractDetails")[0][1].marketRuleIds.split(",")[0])
    client.api.reqMarketRule(rule)
    assert client.answer("marketRule", rule)[1]


def contract_id(session: Session) -> int:
    """Of AAPL."""
    known = [details.contract for _, details in session.client.of("contractDetails")]
    return next(each.conId for each in known if each.symbol == "AAPL")


def options(session: Session) -> None:
    client = session.client
    option = next(each.contract for _, each in client.of("contractDetails") if each.contract.secType == "OPT")
    stream = session.ask("reqMktData", option, "", False, False, [])
    client.until(lambda: {10, 11, 13} <= {row[0] for row in client.rows("tickOptionComputation", stream)})
    model = next(row for row in client.rows("tickOptionComputation", stream) if row[0] == 13)
    volatility, price, under = model[2], model[4], model[9]
    client.api.cancelMktData(stream)
    valued = session.ask("calculateOptionPrice", option, volatility, under, [])
    assert abs(client.answer("tickOptionComputation", valued)[5] - price) < 0.01
    implied = session.ask("calculateImpliedVolatility", option, price, under, [])
    assert abs(client.answer("tickOptionComputation", implied)[3] - volatility) < 0.01
    client.api.cancelCalculateOptionPrice(valued)
    client.api.cancelCalculateImpliedVolatility(implied)


def login(session: Session) -> None:
    client = session.client
    client.api.reqFamilyCodes()
    client.answer("familyCodes")
    client.answer("softDollarTiers", session.ask("reqSoftDollarTiers"))
    if session.version >= 167:
        client.answer("userInfo", session.ask("reqUserInfo"))
    if session.version >= 161:
        meta = session.ask("reqWshMetaData")
        assert client.answer("wshMetaData", meta)[1]
    if session.version >= 197:
        client.api.reqCurrentTimeInMillis()
        client.answer("currentTimeInMillis")


def ticks(session: Session) -> None:
    client = session.client
    stream = session.ask("reqMktData", AAPL, "", False, False, [])
    snapshot = session.ask("reqMktData", NVDA, "", True, False, [])
    fx = session.ask("reqMktData", EURO, "", False, False, [])
    for req_id in (stream, snapshot, fx):
        client.until(lambda req_id=req_id: {1, 2} <= {row[0] for row in client.rows("tickPrice", req_id)})
        assert all(row[1] > 0 for row in client.rows("tickPrice", req_id))
    client.answer("tickReqParams", stream)
    client.answer("tickSnapshotEnd", snapshot)
    seen = len(client.rows("tickSize", stream))
    client.until(lambda: len(client.rows("tickSize", stream)) > seen + 5)
    client.api.cancelMktData(stream)
    client.api.cancelMktData(fx)


def depth(session: Session) -> None:
    client = session.client
    client.api.reqMktDepthExchanges()
    assert client.answer("mktDepthExchanges")[0]
    smart = session.ask("reqMktDepth", AAPL, 5, True, [])
    nasdaq = session.ask("reqMktDepth", contract("AAPL", exchange="NASDAQ"), 5, False, [])
    london = session.ask("reqMktDepth", CSH2, 5, False, [])
    for req_id in (smart, nasdaq, london):
        client.until(lambda req_id=req_id: {row[-4 if is_l2(row) else 2] for row in books(client, req_id)} >= {0, 1})
    assert all(row[-1] is True for row in client.rows("updateMktDepthL2", smart))
    client.until(lambda: any(row[2 if is_l2(row) else 1] == 1 for row in books(client, smart)))
    client.refused(smart, 2152)
    for req_id in (smart, nasdaq, london):
        client.api.cancelMktDepth(req_id, req_id == smart)


def books(client: Client, req_id: int) -> list[tuple[Any, ...]]:
    """The rows of a book, of either form."""
    return client.rows("updateMktDepth", req_id) + client.rows("updateMktDepthL2", req_id)


def is_l2(row: tuple[Any, ...]) -> bool:
    """position, maker, operation, side, price, size, is smart; the other form has neither maker nor smart."""
    return len(row) == 7


def tick_by_tick(session: Session) -> None:
    client = session.client
    kinds = {
        "Last": "tickByTickAllLast",
        "AllLast": "tickByTickAllLast",
        "BidAsk": "tickByTickBidAsk",
        "MidPoint": "tickByTickMidPoint",
    }
    for kind, callback in kinds.items():
        stream = session.ask("reqTickByTickData", AAPL, kind, 0, False)
        client.until(lambda stream=stream, callback=callback: len(client.rows(callback, stream)) >= 3)
        client.api.cancelTickByTickData(stream)
    shows = {
        "TRADES": "historicalTicksLast",
        "BID_ASK": "historicalTicksBidAsk",
        "MIDPOINT": "historicalTicks",
    }
    for show, callback in shows.items():
        past = session.ask("reqHistoricalTicks", AAPL, "20261123 15:00:00 UTC", "", 50, show, 1, False, [])
        ticks, done = client.answer(callback, past)[1:]
        assert len(ticks) >= 50 and done, ticks


def real_time_bars(session: Session) -> None:
    client = session.client
    bars = session.ask("reqRealTimeBars", AAPL, 5, "TRADES", False, [])
    client.until(lambda: len(client.rows("realtimeBar", bars)) >= 2)
    first, second = client.rows("realtimeBar", bars)[:2]
    assert (second[0] - first[0], first[0] % 5) == (5, 0)
    assert first[3] <= min(first[1], first[4]) <= first[2]
    client.api.cancelRealTimeBars(bars)


def scanner(session: Session) -> None:
    client = session.client
    client.api.reqScannerParameters()
    assert "TOP_PERC_GAIN" in client.answer("scannerParameters")[0]
    scan = ScannerSubscription()
    scan.instrument, scan.locationCode, scan.scanCode = "STK", "STK.US.MAJOR", "TOP_PERC_GAIN"
    req_id = session.ask("reqScannerSubscription", scan, [], [])
    client.answer("scannerDataEnd", req_id)
    rows = client.rows("scannerData", req_id)
    assert [row[0] for row in rows] == list(range(len(rows))) and rows
    assert all(row[1].contract.symbol and row[1].contract.conId for row in rows)
    client.api.cancelScannerSubscription(req_id)
    client.refused(req_id, 162)


def news(session: Session) -> None:
    client = session.client
    client.api.reqNewsProviders()
    codes = [each.code for each in client.answer("newsProviders")[0]]
    past = session.ask("reqHistoricalNews", contract_id(session), "+".join(codes), "", "", 5, [])
    client.answer("historicalNewsEnd", past)
    _, provider, article, headline = client.rows("historicalNews", past)[0]
    assert provider in codes and headline
    text = session.ask("reqNewsArticle", provider, article, [])
    assert client.answer("newsArticle", text)[2]
    client.api.reqNewsBulletins(True)
    client.api.cancelNewsBulletins()


def display_groups(session: Session) -> None:
    client = session.client
    assert client.answer("displayGroupList", session.ask("queryDisplayGroups"))[1]
    group = session.ask("subscribeToGroupEvents", 1)
    client.answer("displayGroupUpdated", group)
    client.api.updateDisplayGroup(group, "265598@SMART")
    client.until(lambda: ("265598@SMART",) in client.rows("displayGroupUpdated", group))
    client.api.unsubscribeFromGroupEvents(group)


def orders(session: Session) -> None:
    client = session.client
    bought = session.place(AAPL, order("BUY", "MKT", 250, orderRef="bought"))
    session.becomes(bought, "Filled")
    limit = session.place(NVDA, order("BUY", "LMT", 10, lmtPrice=10.0, tif="GTC", orderRef="resting"))
    session.becomes(limit, "Submitted")
    client.api.placeOrder(limit, NVDA, order("BUY", "LMT", 20, lmtPrice=11.0, tif="GTC", orderRef="resting"))
    client.until(lambda: (20, 11) in [(float(row[1].totalQuantity), row[1].lmtPrice) for row in opened(session, limit)])
    stop = session.place(NVDA, order("SELL", "STP", 5, auxPrice=10.0))
    client.until(lambda: "trigger" in [row[8] for row in client.rows("orderStatus", stop)])
    client.api.reqOpenOrders()
    client.answer("openOrderEnd")
    session.cancel(limit)
    client.cancel_all()
    client.refused(stop, 202)
    session.becomes(stop, "Cancelled")
    client.cancel(999)
    client.refused(999, 10147)


def opened(session: Session, order_id: int) -> list[tuple[Any, ...]]:
    """Contract, order and state of each openOrder of an order."""
    return session.client.rows("openOrder", order_id)


def refused_orders(session: Session) -> None:
    client = session.client
    client.refused(session.place(AAPL, order("BUY", "MKT", 1_000_000)), 201)
    client.refused(session.place(contract("NOSUCH"), order("BUY", "MKT", 1)), 200)
    client.refused(session.place(AAPL, order("BUY", "LMT", 1, lmtPrice=10.001)), 110)
    # What 9.81 sets by itself.
    if hasattr(Order(), "eTradeOnly"):
        client.refused(session.place(AAPL, order("BUY", "MKT", 1, eTradeOnly=True)), 10268)


def what_if(session: Session) -> None:
    asked = session.place(AAPL, order("BUY", "MKT", 10, whatIf=True))
    session.client.until(lambda: opened(session, asked))
    _, _, state = opened(session, asked)[0]
    assert float(state.initMarginChange) > 0, state
    assert not session.status(asked)


def bracket(session: Session) -> None:
    client = session.client
    parent = session.place(NVDA, order("BUY", "LMT", 5, lmtPrice=20.0, transmit=False))
    target = session.place(NVDA, order("SELL", "LMT", 5, lmtPrice=9000.0, parentId=parent, transmit=False))
    stop = session.place(NVDA, order("SELL", "STP", 5, auxPrice=10.0, parentId=parent))
    for order_id in (parent, target, stop):
        session.becomes(order_id, *WORKING)
    client.expected |= {(target, 202), (stop, 202)}
    session.cancel(parent)
    for order_id in (target, stop):
        session.becomes(order_id, "Cancelled")


def executions(session: Session) -> None:
    client = session.client
    sold = session.place(AAPL, order("SELL", "MKT", 50))
    session.becomes(sold, "Filled")
    client.until(lambda: len(fees(session)) == len(shares(session)))
    asked = session.ask("reqExecutions", ExecutionFilter())
    client.answer("execDetailsEnd", asked)
    assert {row[1].execId for row in client.rows("execDetails", asked)} == set(shares(session))
    nothing = ExecutionFilter()
    nothing.symbol = "MSFT"
    client.answer("execDetailsEnd", session.ask("reqExecutions", nothing))


def shares(session: Session) -> dict[str, float]:
    """The signed size of each execution."""
    found = [row[2] for row in session.client.of("execDetails")]
    return {each.execId: float(each.shares) * (1 if each.side == "BOT" else -1) for each in found}


def fees(session: Session) -> dict[str, float]:
    """The commission of each execution, by the name that the release has for it."""
    reports = [row[0] for row in session.client.of("commissionReport", "commissionAndFeesReport")]
    names = ("commission", "commissionAndFees")
    return {each.execId: getattr(each, name) for each in reports for name in names if hasattr(each, name)}


def profit(session: Session) -> None:
    client = session.client
    whole = session.ask("reqPnL", session.accounts, "")
    single = session.ask("reqPnLSingle", session.accounts, "", contract_id(session))
    client.until(lambda: len(client.rows("pnl", whole)) >= 2 and client.rows("pnlSingle", single))
    assert float(client.rows("pnlSingle", single)[-1][0]) == 200
    client.api.cancelPnL(whole)
    client.api.cancelPnLSingle(single)
    client.until(lambda: any(row[0].symbol == "AAPL" and row[1] == 200 for row in client.of("updatePortfolio")))
    client.api.reqAccountUpdates(False, session.accounts)


def completed_orders(session: Session) -> None:
    client = session.client
    client.api.reqCompletedOrders(False)
    client.answer("completedOrdersEnd")
    found = client.of("completedOrder")
    assert {"Filled", "Cancelled"} <= {state.status for _, _, state in found}, found
    assert {"bought", "resting"} <= {terms.orderRef for _, terms, _ in found}


def reconnect(session: Session) -> None:
    old = session.client
    resting = session.place(NVDA, order("BUY", "LMT", 7, lmtPrice=12.0))
    session.becomes(resting, "Submitted")
    intruder = Client(session.port, CLIENT_ID)
    intruder.refused(-1, 326)
    intruder.answer("connectionClosed")
    intruder.close()
    old.closing = True
    tell(ask="drop_connections")
    old.answer("connectionClosed")
    old.close()
    session.clients.append(Client(session.port, CLIENT_ID))
    client = session.client
    assert client.answer("nextValidId")[0] > resting
    client.api.reqOpenOrders()
    client.answer("openOrderEnd")
    assert [row[0] for row in client.of("openOrder")] == [resting]
    session.cancel(resting)
    client.answer("execDetailsEnd", session.ask("reqExecutions", ExecutionFilter()))
    client.api.reqPositions()
    client.answer("positionEnd")


def saw(session: Session) -> dict[str, Any]:
    """What the client believes at the end."""
    before, now = session.clients[0], session.client
    return {
        "server_version": session.version,
        "accounts": session.accounts.split(","),
        "executions": shares(session),
        "commissions": fees(session),
        "positions": {row[1].conId: float(row[2]) for row in now.of("position") if row[2]},
        "statuses": {row[0]: row[1] for client in (before, now) for row in client.of("orderStatus")},
    }


STEPS: list[Callable[[Session], None]] = [
    connect,
    account,
    positions,
    contract_details,
    history,
    reference,
    options,
    login,
    ticks,
    depth,
    tick_by_tick,
    real_time_bars,
    scanner,
    news,
    display_groups,
    orders,
    refused_orders,
    what_if,
    bracket,
    executions,
    profit,
    completed_orders,
    reconnect,
]


def main(port: int) -> None:
    session = Session(port)
    watch(session.clients)
    try:
        for step in STEPS:
            step(session)
            for error in session.client.take_unexpected():
                tell(amiss=f"{step.__name__}: error {error}")
            tell(step=step.__name__)
        tell(saw=saw(session))
    finally:
        session.client.close()


if __name__ == "__main__":
    main(int(sys.argv[1]))
