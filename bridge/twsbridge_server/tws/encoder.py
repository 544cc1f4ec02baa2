"""Requests as bytes, by an EClient of ibapi that is used for nothing else: its connection only collects.

ibapi reports what it cannot encode by calling `error` before the request method returns.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import ibapi.client
from ibapi.execution import ExecutionFilter
from ibapi.order_cancel import OrderCancel
from ibapi.wrapper import EWrapper

from twsbridge_server.core import calls
from twsbridge_server.core.inputs import TwsErrorReceived
from twsbridge_server.tws.contracts import contract_to_tws
from twsbridge_server.tws.official import made
from twsbridge_server.tws.orders import order_to_tws
from twsbridge_server.tws.query_encoder import QUERY_METHODS
from twsbridge_server.tws.stream_requests import STREAM_METHODS

NO_ID = -1
CANNOT_ENCODE = 588
"""ibapi's own code for it."""

PROTOBUF_ORDERS = 203
"""From this server version on orders travel as protobuf messages."""

EPOCH_DATES = 2
ALL_CLIENTS = False


class Encoded(NamedTuple):
    """What to send, whole frames; empty when `errors` says why there is nothing."""

    data: bytes
    errors: list[TwsErrorReceived]


class Encoder:
    """Encodes for one connection: what a request looks like depends on the server version."""

    def __init__(self, server_version: int) -> None:
        self._errors = _Errors()
        self._wire = _Wire()
        self._client = _client(self._errors, self._wire, server_version)

    def encode(self, call: calls.TwsCall) -> Encoded:
        """The bytes of one request. An error without an id of its own gets that of the request."""
        try:
            _METHODS[type(call)](self._client, call)
        except Exception as error:
            self._errors.add(CANNOT_ENCODE, f"The request cannot be encoded; nothing was sent: {error}")
        known_id = id_of(call)
        errors = [
            TwsErrorReceived(known_id if error_id == NO_ID else error_id, code, text)
            for error_id, code, text in self._errors.taken()
        ]
        data = self._wire.taken()
        if errors and isinstance(call, calls.PlaceGroup):
            text = f"One order of the group cannot be encoded, and none was sent: {errors[0].text}"
            errors = [TwsErrorReceived(order_id, CANNOT_ENCODE, text) for order_id in calls.order_ids(call)]
        return Encoded(b"" if errors else data, errors)


def id_of(call: calls.TwsCall) -> int:
    """The order id or request id in a request, -1 when it has none."""
    found: int = getattr(call, "order_id", getattr(call, "req_id", NO_ID))
    return found


class _Wire:
    """Stands in for ibapi's connection."""

    def __init__(self) -> None:
        self._data = b""

    def sendMsg(self, frame: bytes) -> None:
        """One frame, with its length."""
        self._data += frame

    def isConnected(self) -> bool:
        """ibapi asks before each request."""
        return True

    def taken(self) -> bytes:
        """What the last request wrote."""
        data, self._data = self._data, b""
        return data


class _Errors(EWrapper):
    """Collects what ibapi could not encode: (id, code, text)."""

    def __init__(self) -> None:
        self._errors: list[tuple[int, int, str]] = []

    def error(self, *args: Any) -> None:
        """Called by ibapi, synchronously."""
        error_id, _time, code, text, *_ = args
        self._errors.append((error_id, code, text))

    def add(self, code: int, text: str) -> None:
        """Where ibapi lets an exception through."""
        self._errors.append((NO_ID, code, text))

    def taken(self) -> list[tuple[int, int, str]]:
        """The errors of the last request."""
        errors, self._errors = self._errors, []
        return errors


def _client(errors: _Errors, wire: _Wire, server_version: int) -> Any:
    """An EClient that believes to be connected."""
    untyped: Any = ibapi.client.EClient
    client = untyped(errors)
    client.conn = wire
    client.serverVersion_ = server_version
    client.setConnState(untyped.CONNECTED)
    return client


def _start_api(client: Any, call: calls.StartApi) -> None:
    client.clientId = call.client_id
    client.startApi()


def _req_market_data(client: Any, call: calls.ReqMarketData) -> None:
    contract = contract_to_tws(call.contract)
    client.reqMktData(call.req_id, contract, str(call.generic_ticks), call.snapshot, False, [])


def _req_historical_data(client: Any, call: calls.ReqHistoricalData) -> None:
    window = (str(call.end), str(call.duration), str(call.bar_size))
    kind = (str(call.what_to_show), int(call.use_rth), EPOCH_DATES)
    client.reqHistoricalData(call.req_id, contract_to_tws(call.contract), *window, *kind, False, [])


def _place_order(client: Any, call: calls.PlaceOrder) -> None:
    if call.order.auction_strategy and client.serverVersion_ >= PROTOBUF_ORDERS:
        raise ValueError("TWS no longer takes auction_strategy")
    client.placeOrder(call.order_id, contract_to_tws(call.contract), order_to_tws(call))


def _what_if(client: Any, call: calls.WhatIf) -> None:
    """The same request as for an order but for one attribute: without it TWS would place the order."""
    told = order_to_tws(calls.PlaceOrder(call.order_id, call.contract, call.order, order_ref=""))
    told.whatIf = True
    client.placeOrder(call.order_id, contract_to_tws(call.contract), told)


def _place_group(client: Any, call: calls.PlaceGroup) -> None:
    for member in call.orders:
        _place_order(client, member)


_METHODS: dict[type[Any], Callable[[Any, Any], None]] = {
    calls.StartApi: _start_api,
    calls.ReqCurrentTime: lambda client, call: client.reqCurrentTime(),
    calls.ReqMarketDataType: lambda client, call: client.reqMarketDataType(call.market_data_type),
    calls.ReqMarketData: _req_market_data,
    calls.CancelMarketData: lambda client, call: client.cancelMktData(call.req_id),
    calls.ReqAccountSummary: lambda client, call: client.reqAccountSummary(
        call.req_id, str(call.group), str(call.tags)
    ),
    calls.CancelAccountSummary: lambda client, call: client.cancelAccountSummary(call.req_id),
    calls.ReqPositions: lambda client, call: client.reqPositions(),
    calls.ReqContractDetails: lambda client, call: client.reqContractDetails(
        call.req_id, contract_to_tws(call.contract)
    ),
    calls.ReqHistoricalData: _req_historical_data,
    calls.CancelHistoricalData: lambda client, call: client.cancelHistoricalData(call.req_id),
    calls.PlaceOrder: _place_order,
    calls.PlaceGroup: _place_group,
    calls.WhatIf: _what_if,
    calls.CancelOrder: lambda client, call: client.cancelOrder(call.order_id, made(OrderCancel)),
    calls.GlobalCancel: lambda client, call: client.reqGlobalCancel(made(OrderCancel)),
    calls.ReqOpenOrders: lambda client, call: client.reqAllOpenOrders(),
    calls.ReqCompletedOrders: lambda client, call: client.reqCompletedOrders(ALL_CLIENTS),
    calls.ReqExecutions: lambda client, call: client.reqExecutions(call.req_id, made(ExecutionFilter)),
    **QUERY_METHODS,
    **STREAM_METHODS,
}
"""Type of request -> the method of EClient that encodes it."""
