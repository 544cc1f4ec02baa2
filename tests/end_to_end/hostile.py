"""What hostile programs do to a running bridge, and how to see what it costs."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import zmq

from tests.bridge_process import BridgeProcess
from twsbridge_server.home import Home
from twsbridge_server.mq import keyring
from twsbridge_server.mq.binding import port_of
from twsbridge_server.private_files import read_json

SOCKETS = ("cmd", "evt", "md")


def memory_mib(bridge: BridgeProcess) -> float:
    """Resident memory of the bridge."""
    status = Path(f"/proc/{bridge.process.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def open_files(bridge: BridgeProcess) -> int:
    """How many descriptors the bridge has."""
    return sum(1 for _ in Path(f"/proc/{bridge.process.pid}/fd").iterdir())


def bundle(bridge: BridgeProcess, name: str) -> dict[str, Any]:
    """The connection file of a new client."""
    found: dict[str, Any] = read_json(keyring.add(Home(bridge.home), name, "trader"))
    return found


def curve(socket: zmq.Socket[bytes], keys: dict[str, Any]) -> None:
    """Give a socket these keys."""
    socket.curve_serverkey = keys["server_key"].encode()
    socket.curve_publickey = keys["public_key"].encode()
    socket.curve_secretkey = keys["secret_key"].encode()


@contextmanager
def connected(keys: dict[str, Any], kind: int, which: str) -> Iterator[zmq.Socket[bytes]]:
    """A socket with these keys and no limit on what waits to be sent."""
    with zmq.Context() as context, context.socket(kind) as attacker:
        attacker.linger, attacker.sndhwm = 0, 0
        curve(attacker, keys)
        attacker.connect(keys[which])
        yield attacker


@contextmanager
def idle_connections(bridge: BridgeProcess, count: int) -> Iterator[None]:
    """So many connections over which nothing is said."""
    address = ("127.0.0.1", port_of(bridge.connection["cmd"]))
    with ExitStack() as stack:
        for _ in range(count):
            idle = stack.enter_context(socket.socket())
            idle.setblocking(False)
            idle.connect_ex(address)
        yield
