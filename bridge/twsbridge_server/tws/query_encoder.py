"""One-shot questions as calls of ibapi's EClient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ibapi.common import WshEventData
from ibapi.server_versions import MIN_SERVER_VER_CURRENT_TIME_IN_MILLIS

from twsbridge_server.core.queries import questions as q
from twsbridge_server.tws.contracts import contract_to_tws
from twsbridge_server.tws.official import made

EPOCH_DATES = 2
DAILY = "1 day"

CANCELS: dict[type[q.Question], str] = {
    q.HeadTimestamp: "cancelHeadTimeStamp",
    q.HistogramData: "cancelHistogramData",
    q.HistoricalTicks: "cancelHistoricalTicks",
    q.HistoricalSchedule: "cancelHistoricalData",
    q.ImpliedVolatility: "cancelCalculateImpliedVolatility",
    q.OptionPrice: "cancelCalculateOptionPrice",
    q.FundamentalData: "cancelFundamentalData",
    q.WshMetadata: "cancelWshMetaData",
    q.WshEvents: "cancelWshEventData",
}
"""Type of question -> EClient's method that takes it back."""


def _schedule(client: Any, call: q.HistoricalSchedule) -> None:
    window = (call.end, call.duration, DAILY, "SCHEDULE")
    client.reqHistoricalData(call.req_id, contract_to_tws(call.contract), *window, int(call.use_rth), 1, False, [])


def _ticks(client: Any, call: q.HistoricalTicks) -> None:
    span = (call.start, call.end, call.count, call.what_to_show)
    contract = contract_to_tws(call.contract)
    client.reqHistoricalTicks(call.req_id, contract, *span, int(call.use_rth), call.ignore_size, [])


def _head(client: Any, call: q.HeadTimestamp) -> None:
    how = (call.what_to_show, int(call.use_rth), EPOCH_DATES)
    client.reqHeadTimeStamp(call.req_id, contract_to_tws(call.contract), *how)


def _events(client: Any, call: q.WshEvents) -> None:
    command, wanted = call.command, made(WshEventData)
    if command.con_id is not None:
        wanted.conId = command.con_id
    wanted.filter, wanted.totalLimit = command.filter, command.limit
    wanted.fillWatchlist, wanted.fillPortfolio = command.fill_watchlist, command.fill_portfolio
    wanted.fillCompetitors = command.fill_competitors
    wanted.startDate, wanted.endDate = command.start_date, command.end_date
    client.reqWshEventData(call.req_id, wanted)


def _time(client: Any, call: q.TwsTime) -> None:
    """In milliseconds where TWS can."""
    in_millis = client.serverVersion() >= MIN_SERVER_VER_CURRENT_TIME_IN_MILLIS
    (client.reqCurrentTimeInMillis if in_millis else client.reqCurrentTime)()


def _volatility(client: Any, call: q.ImpliedVolatility) -> None:
    contract = contract_to_tws(call.contract)
    client.calculateImpliedVolatility(call.req_id, contract, call.option_price, call.under_price, [])


def _price(client: Any, call: q.OptionPrice) -> None:
    client.calculateOptionPrice(call.req_id, contract_to_tws(call.contract), call.volatility, call.under_price, [])


QUERY_METHODS: dict[type[Any], Callable[[Any, Any], None]] = {
    q.MatchingSymbols: lambda client, call: client.reqMatchingSymbols(call.req_id, call.pattern),
    q.OptionParameters: lambda client, call: client.reqSecDefOptParams(
        call.req_id, call.symbol, call.exchange, call.sec_type, call.con_id
    ),
    q.SmartComponents: lambda client, call: client.reqSmartComponents(call.req_id, call.bbo_exchange),
    q.HeadTimestamp: _head,
    q.HistogramData: lambda client, call: client.reqHistogramData(
        call.req_id, contract_to_tws(call.contract), call.use_rth, call.period
    ),
    q.HistoricalTicks: _ticks,
    q.HistoricalSchedule: _schedule,
    q.ImpliedVolatility: _volatility,
    q.OptionPrice: _price,
    q.HistoricalNews: lambda client, call: client.reqHistoricalNews(
        call.req_id, call.con_id, call.provider_codes, call.start, call.end, call.limit, []
    ),
    q.NewsArticle: lambda client, call: client.reqNewsArticle(call.req_id, call.provider_code, call.article_id, []),
    q.FundamentalData: lambda client, call: client.reqFundamentalData(
        call.req_id, contract_to_tws(call.contract), call.report_type, []
    ),
    q.WshMetadata: lambda client, call: client.reqWshMetaData(call.req_id),
    q.WshEvents: _events,
    q.UserInfo: lambda client, call: client.reqUserInfo(call.req_id),
    q.TiersOfSoftDollars: lambda client, call: client.reqSoftDollarTiers(call.req_id),
    q.DisplayGroups: lambda client, call: client.queryDisplayGroups(call.req_id),
    q.ReplaceFa: lambda client, call: client.replaceFA(call.req_id, call.kind, call.xml),
    q.MarketRule: lambda client, call: client.reqMarketRule(call.rule_id),
    q.DepthExchanges: lambda client, call: client.reqMktDepthExchanges(),
    q.ScannerParameters: lambda client, call: client.reqScannerParameters(),
    q.NewsProviders: lambda client, call: client.reqNewsProviders(),
    q.FamilyCodes: lambda client, call: client.reqFamilyCodes(),
    q.TwsTime: _time,
    q.RequestFa: lambda client, call: client.requestFA(call.kind),
    q.CancelQuestion: lambda client, call: getattr(client, CANCELS[call.of])(call.req_id),
}
"""Type of question -> the call that encodes it."""
