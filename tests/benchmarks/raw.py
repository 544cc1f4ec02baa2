"""The bridge without the client library: a SUB and a DEALER socket and the frames of the protocol."""

from __future__ import annotations

import itertools
import threading
import time
from typing import Any

import msgpack
import zmq

from tests.benchmarks.contender import LIMIT_PRICE, PATIENCE_S, TakeTicks
from twsbridge.connection import Connection, find_connection
from twsbridge.protocol import commands, topics
from twsbridge.protocol.envelope import VERSION, CommandHeader, decode_event, decode_reply, encode_command
from twsbridge.protocol.models import Contract, Order
from twsbridge.protocol.streams import stream_topic

AAPL = Contract(symbol="AAPL", sec_type="STK", exchange="SMART", currency="USD")


class Raw:
    """What a client in any language can reach at best."""

    def __init__(self) -> None:
        self._ids = itertools.count()
        self._sid = ""

    def open(self, target: str) -> None:
        self._context = zmq.Context()
        found = find_connection(target)
        self._cmd, self._evt, self._md = (
            _socket(self._context, kind, endpoint, found)
            for kind, endpoint in ((zmq.DEALER, found.cmd), (zmq.SUB, found.evt), (zmq.SUB, found.md))
        )
        self._sid = self._call(commands.Hello(protocol=[VERSION, VERSION]))["sid"]
        self._evt.subscribe(topics.ALL_ORDERS)
        self._evt.subscribe(topics.sync("benchmark"))
        self._evt.recv_multipart()

    def close(self) -> None:
        self._context.destroy(linger=0)

    def watch(self, con_ids: list[int], take: TakeTicks, finished: threading.Event) -> None:
        for con_id in con_ids:
            self._md.subscribe(stream_topic("md", f"{con_id}@SMART"))
        while not finished.is_set():
            frame = self._md.recv()
            kind, _, _, body = msgpack.unpackb(frame[frame.index(b"|", 3) + 1 :])
            if kind == "ticks":
                take(body)

    def place(self) -> None:
        order = Order(action="BUY", quantity=1, order_type="LMT", limit_price=LIMIT_PRICE)
        key = f"benchmark-{time.monotonic_ns()}"
        reply = self._call(commands.PlaceOrder(client_order_id=key, contract=AAPL, order=order))
        self._order_id = reply["order"]["order_id"]
        self._wait_for("PreSubmitted", "Submitted")

    def cancel(self) -> None:
        self._call(commands.CancelOrder(order_id=self._order_id))
        self._wait_for("Cancelled")

    def ask(self) -> None:
        self._call(commands.Ping())

    def _call(self, command: commands.Command) -> dict[str, Any]:
        header = CommandHeader(t=command.name, id=str(next(self._ids)), sid=self._sid)
        self._cmd.send_multipart(encode_command(command, header))
        reply = decode_reply(self._cmd.recv_multipart())
        if not reply.ok:
            raise RuntimeError(f"the bridge refused {command.name}: {reply.body}")
        return reply.body

    def _wait_for(self, *statuses: str) -> None:
        while True:
            event = decode_event(self._evt.recv_multipart())
            if event.body.get("order_id") == self._order_id and event.body.get("status") in statuses:
                return


def _socket(context: zmq.Context[Any], kind: int, endpoint: str, found: Connection) -> zmq.Socket[bytes]:
    socket: zmq.Socket[bytes] = context.socket(kind)
    socket.curve_serverkey = found.server_key.encode()
    socket.curve_publickey = found.public_key.encode()
    socket.curve_secretkey = found.secret_key.encode()
    socket.rcvhwm = 200_000
    socket.rcvtimeo = round(PATIENCE_S * 1000)
    socket.connect(endpoint)
    return socket
