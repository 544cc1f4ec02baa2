"""Bytes that a client has sent, sent again: by itself, by others, and after the bridge has begun anew."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import zmq

from tests.bridge_process import BridgeProcess
from tests.end_to_end.hostile import connected
from tests.waiting import eventually
from twsbridge import Client
from twsbridge.protocol.envelope import MAGIC
from twsbridge_server.home import Home
from twsbridge_server.mq import keyring
from twsbridge_server.private_files import read_json
from twssim.runner import SimulatedTws

CONTRACT = {"symbol": "AAPL", "sec_type": "STK", "exchange": "SMART", "currency": "USD"}
ORDER = {"action": "BUY", "quantity": "1", "order_type": "LMT", "limit_price": 1.0}


def frames(kind: str, body: dict[str, Any], sid: str) -> list[bytes]:
    return [MAGIC, json.dumps({"t": kind, "id": "1", "sid": sid}).encode(), json.dumps(body).encode()]


def replayed(keys: dict[str, Any], *messages: list[bytes]) -> list[dict[str, Any]]:
    """What the bridge answers to each."""
    answers = []
    with connected(keys, zmq.DEALER, "cmd") as socket:
        for message in messages:
            socket.send_multipart(message)
            answers.append(json.loads(socket.recv_multipart()[-1]))
    return answers


def placed(simulator: SimulatedTws) -> int:
    return len([record for record in simulator.ledger.of("request") if record["name"] == "PlaceOrder"])


def test_a_recorded_order_is_never_a_second_one_of_its_client(simulator: SimulatedTws, tmp_path: Path) -> None:
    home, tws = tmp_path / "bridge", f"127.0.0.1:{simulator.port}"
    with BridgeProcess(home, tws) as bridge, Client(bridge.connection_file) as alice:
        alice.wait_ready()
        keys = {"mallory": "trader", "watcher": "observer"}
        bundles = {name: read_json(keyring.add(Home(home), name, role)) for name, role in keys.items()}
        order = frames(
            "order.place", {"client_order_id": "k1", "contract": CONTRACT, "order": ORDER}, alice.welcome.sid
        )
        first, *again = replayed(bridge.connection, order, order, order)
        eventually(lambda: placed(simulator) == 1, "the order to be sent")
        state = first["order"]
        assert [each["duplicate"] for each in (first, *again)] == [False, True, True]
        assert [each["order"]["order_id"] for each in again] == [state["order_id"]] * 2

        cancel = frames("order.cancel", {"order_id": state["order_id"]}, alice.welcome.sid)
        mine = frames("order.cancel", {"client_order_id": "k1"}, alice.welcome.sid)
        codes = [each["code"] for each in replayed(bundles["mallory"], cancel, mine)]
        assert codes == ["order.not_owned", "order.not_found"]
        (taken,) = replayed(bundles["mallory"], order)
        assert (taken["duplicate"], taken["order"]["owner"]) == (False, "mallory"), (
            "an order of its own, by its own key"
        )
        assert [each["code"] for each in replayed(bundles["watcher"], order, cancel)] == ["auth.role"] * 2
        eventually(lambda: placed(simulator) == 2, "the order of mallory")
        bridge.kill()
    with BridgeProcess(home, tws) as bridge, Client(bridge.connection_file) as alice:
        alice.wait_ready()
        assert [each["code"] for each in replayed(bridge.connection, order, cancel)] == ["auth.session"] * 2
        renewed = [
            order[0],
            order[1].replace(json.loads(order[1])["sid"].encode(), alice.welcome.sid.encode()),
            order[2],
        ]
        (known,) = replayed(bridge.connection, renewed)
        assert (known["duplicate"], known["order"]["order_id"]) == (True, state["order_id"])
        assert placed(simulator) == 2
