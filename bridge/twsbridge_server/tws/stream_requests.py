"""Requests that open and close streams, by the methods of ibapi's EClient that encode them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ibapi.scanner import ScannerSubscription

from twsbridge.protocol.contract import TagValue
from twsbridge_server.core import stream_calls as streams
from twsbridge_server.tws.contracts import contract_to_tws
from twsbridge_server.tws.official import made
from twsbridge_server.tws.tag_values import tags_to_tws

NO_EARLIER_TICKS = 0
WITH_SIZES = False
EPOCH_DATES = 2
KEEP_UP_TO_DATE = True
BAR_SECONDS = 5
ALSO_EARLIER = True
WHOLE_LEDGER = False


def _depth(client: Any, call: streams.ReqMarketDepth) -> None:
    client.reqMktDepth(call.req_id, contract_to_tws(call.contract), call.rows, call.is_smart, [])


def _tick_by_tick(client: Any, call: streams.ReqTickByTick) -> None:
    contract = contract_to_tws(call.contract)
    client.reqTickByTickData(call.req_id, contract, str(call.tick_type), NO_EARLIER_TICKS, WITH_SIZES)


def _real_time_bars(client: Any, call: streams.ReqRealTimeBars) -> None:
    contract = contract_to_tws(call.contract)
    client.reqRealTimeBars(call.req_id, contract, BAR_SECONDS, str(call.what_to_show), call.use_rth, [])


def _live_bars(client: Any, call: streams.ReqLiveBars) -> None:
    window = ("", str(call.duration), str(call.bar_size))
    kind = (str(call.what_to_show), int(call.use_rth), EPOCH_DATES)
    client.reqHistoricalData(call.req_id, contract_to_tws(call.contract), *window, *kind, KEEP_UP_TO_DATE, [])


def _scanner(client: Any, call: streams.ReqScanner) -> None:
    wanted = made(ScannerSubscription)
    wanted.instrument, wanted.locationCode = str(call.instrument), str(call.location)
    wanted.scanCode, wanted.numberOfRows = str(call.scan_code), call.rows
    own = {name: value for name, value in call.filters if name in vars(wanted)}
    for name, value in own.items():
        setattr(wanted, name, _as(type(getattr(wanted, name)), value))
    others = [TagValue(tag=name, value=value) for name, value in call.filters if name not in own]
    client.reqScannerSubscription(call.req_id, wanted, [], tags_to_tws(others))


def _as(kind: type, text: str) -> Any:
    """A filter that is an attribute of the subscription, in the attribute's type; ValueError when it is no number."""
    return text in ("1", "true") if kind is bool else kind(text)


STREAM_METHODS: dict[type[Any], Callable[[Any, Any], None]] = {
    streams.ReqMarketDepth: _depth,
    streams.CancelMarketDepth: lambda client, call: client.cancelMktDepth(call.req_id, call.is_smart),
    streams.ReqTickByTick: _tick_by_tick,
    streams.CancelTickByTick: lambda client, call: client.cancelTickByTickData(call.req_id),
    streams.ReqRealTimeBars: _real_time_bars,
    streams.CancelRealTimeBars: lambda client, call: client.cancelRealTimeBars(call.req_id),
    streams.ReqLiveBars: _live_bars,
    streams.ReqScanner: _scanner,
    streams.CancelScanner: lambda client, call: client.cancelScannerSubscription(call.req_id),
    streams.ReqPnl: lambda client, call: client.reqPnL(call.req_id, str(call.account), str(call.model)),
    streams.CancelPnl: lambda client, call: client.cancelPnL(call.req_id),
    streams.ReqPnlSingle: lambda client, call: client.reqPnLSingle(
        call.req_id, str(call.account), str(call.model), call.con_id
    ),
    streams.CancelPnlSingle: lambda client, call: client.cancelPnLSingle(call.req_id),
    streams.ReqAccountUpdatesMulti: lambda client, call: client.reqAccountUpdatesMulti(
        call.req_id, str(call.account), str(call.model), WHOLE_LEDGER
    ),
    streams.CancelAccountUpdatesMulti: lambda client, call: client.cancelAccountUpdatesMulti(call.req_id),
    streams.ReqPositionsMulti: lambda client, call: client.reqPositionsMulti(
        call.req_id, str(call.account), str(call.model)
    ),
    streams.CancelPositionsMulti: lambda client, call: client.cancelPositionsMulti(call.req_id),
    streams.ReqNewsBulletins: lambda client, call: client.reqNewsBulletins(ALSO_EARLIER),
    streams.CancelNewsBulletins: lambda client, call: client.cancelNewsBulletins(),
    streams.SubscribeToGroup: lambda client, call: client.subscribeToGroupEvents(call.req_id, call.group),
    streams.UnsubscribeFromGroup: lambda client, call: client.unsubscribeFromGroupEvents(call.req_id),
}
"""Type of request -> the method of EClient that encodes it."""
