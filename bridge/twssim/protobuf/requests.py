"""Reads protobuf requests into plain values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twssim import requests as req
from twssim.contract_message import read_contract
from twssim.families import ASKED
from twssim.protobuf.families import REQUESTS
from twssim.protobuf.messages import parse
from twssim.protobuf.place_order import read_legs, read_place_order
from twssim.wire import UnreadableRequest

Reader = Callable[[Any], req.Request]


def read_request(message_id: int, body: bytes, version: int) -> req.Request:
    """Decode one protobuf body; raises UnreadableRequest, which TWS answers with error 320."""
    since, kind = REQUESTS.get(message_id, (version + 1, ""))
    if version < since:
        raise UnreadableRequest(f"message {message_id} is not protobuf at server version {version}")
    return READERS[message_id](parse(kind, body))


def _market_data(m: Any) -> req.Request:
    kinds = (m.snapshot, m.regulatorySnapshot)
    legs = read_legs(m.contract)
    return req.RequestMarketData(m.reqId, read_contract(m.contract), m.genericTickList, *kinds, legs)


def _historical_bars(m: Any) -> req.Request:
    return req.RequestHistoricalBars(
        req_id=m.reqId,
        contract=read_contract(m.contract),
        end=m.endDateTime,
        bar_size=m.barSizeSetting,
        duration=m.duration,
        use_rth=m.useRTH,
        what_to_show=m.whatToShow,
        format_date=m.formatDate,
        keep_up_to_date=m.keepUpToDate,
    )


def _account_summary(m: Any) -> req.Request:
    names = tuple(tag.strip() for tag in m.tags.split(",") if tag.strip())
    return req.RequestAccountSummary(m.reqId, m.group, names)


def _executions(m: Any) -> req.Request:
    wanted = m.executionFilter
    return req.RequestExecutions(
        req_id=m.reqId,
        client_id=wanted.clientId,
        account=wanted.acctCode,
        time=wanted.time,
        symbol=wanted.symbol,
        sec_type=wanted.secType,
        exchange=wanted.exchange,
        side=wanted.side,
        last_n_days=wanted.lastNDays if wanted.HasField("lastNDays") else None,
        specific_dates=tuple(str(date) for date in wanted.specificDates),
    )


def _bare(make: Callable[[], req.Request]) -> Reader:
    return lambda m: make()


def _id_alone(make: Callable[[int], req.Request]) -> Reader:
    return lambda m: make(m.reqId)


READERS: dict[int, Reader] = {
    1: _market_data,
    2: _id_alone(req.CancelMarketData),
    3: read_place_order,
    4: lambda m: req.CancelOrder(m.orderId),
    5: _bare(req.RequestOpenOrders),
    6: lambda m: req.RequestAccountUpdates(m.subscribe, m.acctCode),
    7: _executions,
    8: _bare(req.RequestIds),
    9: lambda m: req.RequestContractDetails(m.reqId, read_contract(m.contract)),
    14: lambda m: req.SetServerLogLevel(m.logLevel),
    15: lambda m: req.RequestAutoOpenOrders(m.autoBind),
    16: _bare(req.RequestAllOpenOrders),
    17: _bare(req.RequestManagedAccounts),
    20: _historical_bars,
    25: _id_alone(req.CancelHistoricalBars),
    49: _bare(req.RequestCurrentTime),
    58: _bare(req.GlobalCancel),
    59: lambda m: req.RequestMarketDataType(m.marketDataType),
    61: _bare(req.RequestPositions),
    62: _account_summary,
    63: _id_alone(req.CancelAccountSummary),
    64: _bare(req.CancelPositions),
    71: lambda m: req.StartApi(m.clientId),
    74: lambda m: req.RequestPositionsMulti(m.reqId, m.account, m.modelCode),
    75: _id_alone(req.CancelPositionsMulti),
    76: lambda m: req.RequestAccountUpdatesMulti(m.reqId, m.account, m.modelCode, m.ledgerAndNLV),
    77: _id_alone(req.CancelAccountUpdatesMulti),
    92: lambda m: req.RequestPnl(m.reqId, m.account, m.modelCode),
    93: _id_alone(req.CancelPnl),
    94: lambda m: req.RequestPnlSingle(m.reqId, m.account, m.modelCode, m.conId),
    95: _id_alone(req.CancelPnlSingle),
    99: lambda m: req.RequestCompletedOrders(m.apiOnly),
    105: _bare(req.RequestCurrentTimeInMillis),
    **{message_id: asked.protobuf for message_id, asked in ASKED.items() if asked.protobuf},
}
