"""The protocol as clients/README.md describes it, spoken to a real bridge without the help of a client."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import zmq

from tests.bridge_process import BridgeProcess
from tests.source_tree import ROOT
from tests.waiting import eventually
from twsbridge.protocol.envelope import MAGIC, decode_reply
from twsbridge_server.home import Home
from twsbridge_server.mq import keyring
from twsbridge_server.mq.strikes import MALFORMED
from twsbridge_server.private_files import read_json

CLIENTS = ROOT / "clients"
FEW = MALFORMED.limit - 1
"""So many malformed messages a key may send."""

Ask = Callable[[list[bytes]], list[bytes]]


@contextmanager
def dialogue(keys: dict[str, Any]) -> Iterator[Ask]:
    """Sends the frames of a command and returns those of the reply."""
    with zmq.Context() as context, context.socket(zmq.DEALER) as socket:
        socket.linger, socket.rcvtimeo = 0, 10_000
        socket.curve_serverkey = keys["server_key"].encode()
        socket.curve_publickey = keys["public_key"].encode()
        socket.curve_secretkey = keys["secret_key"].encode()
        socket.connect(keys["cmd"])

        def ask(frames: list[bytes]) -> list[bytes]:
            socket.send_multipart(frames)
            return socket.recv_multipart()

        yield ask


def invalid_commands() -> list[Any]:
    vectors: list[Any] = json.loads((CLIENTS / "protocol" / "vectors" / "invalid_commands.json").read_text())
    return vectors


def said(frames: list[bytes]) -> dict[str, Any]:
    """The body of a reply, msgpack or JSON."""
    body: dict[str, Any] = json.loads(frames[2]) if frames[2].startswith(b"{") else decode_reply(frames).body
    return body


def test_the_example_of_the_readme_asks_for_the_status(bridge: BridgeProcess) -> None:
    found = re.search(r"```python\n(.*?)```", (CLIENTS / "README.md").read_text(), re.DOTALL)
    assert found
    assert "twsbridge" not in found[1]

    def status() -> str:
        environment = {**os.environ, "TWSBRIDGE_CONNECTION": str(bridge.connection_file)}
        done = subprocess.run([sys.executable, "-c", found[1]], env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    eventually(lambda: status() == "READY ['DU1234567']\n", "the status of a ready bridge")


def test_every_invalid_vector_is_refused_and_the_bridge_goes_on(bridge: BridgeProcess) -> None:
    vectors = invalid_commands()
    for number, few in enumerate(vectors[at : at + FEW] for at in range(0, len(vectors), FEW)):
        keys = keyring.add(Home(bridge.home), f"tester-{number}", "trader")
        with dialogue(read_json(keys)) as ask:
            for vector in few:
                error = said(ask([bytes.fromhex(frame) for frame in vector["frames"]]))
                assert (error["code"], error["field"]) == (vector["code"], vector["field"]), vector["name"]
            assert ask([MAGIC, b'{"t": "ping", "id": "1"}', b"{}"])[1].startswith(b"{")


def test_a_client_without_msgpack(bridge: BridgeProcess) -> None:
    with dialogue(bridge.connection) as ask:

        def ask_in_json(command: str, body: dict[str, Any], **header: Any) -> dict[str, Any]:
            magic, head, answer = ask(
                [MAGIC, json.dumps({"t": command, "id": "7", **header}).encode(), json.dumps(body).encode()]
            )
            assert magic == MAGIC
            assert json.loads(head)["id"] == "7"
            reply: dict[str, Any] = json.loads(answer)
            return reply

        sid = ask_in_json("hello", {"protocol": [1, 1]})["sid"]
        eventually(lambda: ask_in_json("status", {}, sid=sid)["state"] == "READY", "a ready bridge")
        contract = {"symbol": "AAPL", "sec_type": "STK", "exchange": "SMART", "currency": "USD"}
        asked = {"contract": contract, "duration": "1 D", "bar_size": "1 hour"}
        bars = ask_in_json("history.bars", asked, sid=sid)
        assert bars["count"] == len(bars["i64"]["time_us"]) == len(bars["f64"]["close"]) > 0
        assert all(isinstance(price, float) for price in bars["f64"]["close"])
        assert ask_in_json("order.cancel", {"order_id": 999}, sid=sid)["code"] == "order.not_found"


def test_a_command_of_another_session_or_too_late_is_not_carried_out(bridge: BridgeProcess) -> None:
    with dialogue(bridge.connection) as ask:
        stale = ask([MAGIC, b'{"t": "status", "id": "1", "sid": "another"}', b"{}"])
        assert said(stale)["code"] == "auth.session"
        late = ask([MAGIC, b'{"t": "ping", "id": "2", "exp": 1}', b"{}"])
        assert said(late)["code"] == "req.expired"


def test_a_command_that_is_too_large(bridge: BridgeProcess) -> None:
    with dialogue(bridge.connection) as ask:
        for size in (65_537, 200_000):
            assert said(ask([MAGIC, b'{"t": "ping", "id": "1"}', b" " * size]))["code"] == "req.too_large"
