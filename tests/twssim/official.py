"""The official client without its socket: its encoder and its decoder against a pure gateway."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from ibapi.client import EClient
from ibapi.contract import Contract
from ibapi.decoder import Decoder
from ibapi.order import Order
from ibapi.order_cancel import OrderCancel
from ibapi.wrapper import EWrapper

from twssim.gateway import Gateway
from twssim.session import Session
from twssim.settings import Settings
from twssim.wire import Framer, frame

NOON = 1_795_521_600.0
"""Tuesday 24 November 2026, 12:00 UTC."""

NO_BARS = (b"\0\0\0\x11", b"\0\0\0\xd9")
"""Raw ids, text and protobuf, of the one message that may bring no callback: historical bars when there are none."""

VERSIONS = (176, 200, 201, 203, 213, 225)
"""Text old and new, ids as four bytes, orders in protobuf, everything in protobuf, the newest."""

Event = tuple[str, tuple[Any, ...]]


def gateway(now: float = NOON, records: list[dict[str, Any]] | None = None, **settings: Any) -> Gateway:
    """A simulated TWS with settings of one's choice, at noon unless told otherwise; no test is too fast for it."""
    return Gateway(Settings(**{"server_version": VERSIONS[-1], "message_pacing": False, **settings}), now, records)


def _recorder(name: str) -> Callable[..., None]:
    def record(self: Recorder, *arguments: object) -> None:
        self.events.append((name, arguments))

    return record


class _Base(EWrapper):
    def __init__(self) -> None:
        super().__init__()
        self.events: list[Event] = []


WITHOUT_PLAIN_TWIN = ("configResponseProtoBuf", "updateConfigResponseProtoBuf")
_CALLBACKS = [
    name
    for name, _ in inspect.getmembers(EWrapper, inspect.isfunction)
    if name[0] != "_" and ("ProtoBuf" not in name or name in WITHOUT_PLAIN_TWIN)
]
Recorder: Any = type("Recorder", (_Base,), {name: _recorder(name) for name in _CALLBACKS})


class _Wire:
    """What EClient takes for its connection: every frame goes straight into the session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def sendMsg(self, sent: bytes) -> int:
        self._session.receive(sent)
        return len(sent)

    def isConnected(self) -> bool:
        return True

    def disconnect(self) -> None:
        self._session.close()


class _Counted(list[bytes]):
    """The fields of one message; `left` tells how many the decoder has not read."""

    left = 0

    def __iter__(self) -> Iterator[bytes]:
        self.left = len(self)
        for index in range(len(self)):
            self.left -= 1
            yield self[index]


class OfficialClient(EClient):
    """Encodes and decodes exactly as the official client; `take` returns its callbacks."""

    newest = 200
    """The highest server version that clients speak which name none."""

    def __init__(self, tws: Gateway, client_id: int = 1, version: int | None = None) -> None:
        self.recorder = Recorder()
        super().__init__(self.recorder)
        session = tws.open_session()
        assert session is not None
        self.tws, self.session, self._framer = tws, session, Framer()
        session.receive(b"API\0" + frame(f"v100..{version or self.newest}".encode()))
        (hello,) = self._framer.feed(session.take_output())
        self.serverVersion_ = int(hello.split(b"\0")[0])
        self.conn, self.connState, self.clientId = _Wire(session), EClient.CONNECTED, client_id
        self.decoder = Decoder(self.recorder, self.serverVersion_)
        self.startApi()

    def take(self) -> list[Event]:
        """Callbacks of everything the session has sent since the last call."""
        for payload in self._framer.feed(self.session.take_output()):
            self._decode(payload)
        events, self.recorder.events = self.recorder.events, []
        return events

    def _decode(self, payload: bytes) -> None:
        seen = len(self.recorder.events)
        if self.serverVersion_ <= 200:
            message_id, _, fields = payload.partition(b"\0")
            self._decode_fields(int(message_id), fields)
        elif (raw_id := int.from_bytes(payload[:4], "big")) <= 200:
            self._decode_fields(raw_id, payload[4:])
        else:
            self.decoder.processProtoBuf(payload[4:], raw_id - 200)
        bars = payload[:4] in NO_BARS
        assert bars or len(self.recorder.events) > seen, f"the official decoder dropped {payload!r}"

    def _decode_fields(self, message_id: int, payload: bytes) -> None:
        fields = _Counted(payload.split(b"\0")[:-1])
        self.decoder.interpret(fields, message_id)
        assert not fields.left, f"the official decoder left {fields.left} fields of {payload!r}"

    def after(self, seconds: float) -> list[Event]:
        """Callbacks until so many simulated seconds from now."""
        self.tws.advance(self.tws.now + seconds)
        return self.take()

    def cancel(self, order_id: int) -> None:
        self.cancelOrder(order_id, OrderCancel())

    def cancel_all(self) -> None:
        self.reqGlobalCancel(OrderCancel())


def names(events: list[Event]) -> list[str]:
    """The callbacks without their arguments."""
    return [name for name, _ in events]


def of(events: list[Event], *wanted: str) -> list[tuple[Any, ...]]:
    """The arguments of certain callbacks."""
    return [arguments for name, arguments in events if name in wanted]


def errors(events: list[Event]) -> list[tuple[int, int]]:
    """Id and code of every error callback."""
    return [(arguments[0], arguments[2]) for arguments in of(events, "error")]


def story(events: list[Event]) -> list[str]:
    """What happens to orders, in short: `open Filled`, `status Filled 5/0`, `exec 5`, `error 202`."""
    lines = []
    for name, arguments in events:
        if name == "openOrder":
            lines.append(f"open {arguments[3].status}")
        elif name == "orderStatus":
            lines.append(f"status {arguments[1]} {arguments[2]}/{arguments[3]}")
        elif name == "execDetails":
            lines.append(f"exec {arguments[2].shares}")
        elif name == "commissionAndFeesReport":
            lines.append("commission")
        elif name == "error" and arguments[0] >= 0:
            lines.append(f"error {arguments[2]}")
    return lines


def stock(symbol: str = "AAPL", currency: str = "USD", exchange: str = "SMART") -> Contract:
    contract = Contract()
    contract.symbol, contract.secType, contract.exchange, contract.currency = symbol, "STK", exchange, currency
    return contract


def order(kind: str, action: str, quantity: float | str, **fields: Any) -> Order:
    """An official Order; `limit` and `stop` are its two prices, all else goes by IB's names."""
    made = Order()
    made.orderType, made.action, made.totalQuantity = kind, action, Decimal(str(quantity))
    renamed = {"limit": "lmtPrice", "stop": "auxPrice"}
    for name, value in fields.items():
        setattr(made, renamed.get(name, name), value)
    return made
