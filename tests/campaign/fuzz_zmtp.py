"""Bytes of strangers at the three ports of the bridge's sockets: none of them becomes a command, others are served."""

from __future__ import annotations

import socket
import tempfile
from collections import Counter
from pathlib import Path
from random import Random

from tests.campaign.mutations import mutated
from tests.mq.http_attack import post
from tests.mq.rig import Server, peer, running
from twsbridge.protocol.commands import Ping
from twsbridge.protocol.envelope import CommandHeader, encode_command
from twsbridge_server.mq.binding import port_of

PING = encode_command(Ping(), CommandHeader(t="ping", id="1"))


def greeting(mechanism: bytes, minor: int = 1) -> bytes:
    """The first 64 bytes of ZMTP 3."""
    return b"\xff" + bytes(8) + b"\x7f\x03" + bytes([minor]) + mechanism.ljust(20, b"\0") + bytes(32)


def _frames(*parts: bytes) -> bytes:
    last = len(parts) - 1
    return b"".join(bytes([number < last, len(part)]) + part for number, part in enumerate(parts))


READY = b"\x04\x19\x05READY\x0bSocket-Type\0\0\0\x06DEALER"
HELLO = b"\x04\xc8\x05HELLO\x01\0" + bytes(72) + bytes(range(121))
SEEDS = (
    greeting(b"NULL") + READY + _frames(*PING),
    greeting(b"NULL", 0) + _frames(*PING),
    greeting(b"PLAIN") + b"\x04\x12\x05HELLO\x04user\x04pass",
    greeting(b"CURVE") + HELLO,
    greeting(b"CURVE") + READY + _frames(*PING),
    b"\x01\0" + b"".join(bytes([len(part) + 1, number < 2]) + part for number, part in enumerate(PING)),
    b"\xff" + bytes(7) + b"\x01\x7f\x01\x05\0\0" + _frames(*PING),
    post(PING),
    b"GET /?order HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64),
    b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n",
    b"\0\0\0\x0aAPI\0v100..225",
)
"""ZMTP 1 to 3, HTTP, TLS, Redis, and the protocol of TWS."""


def run(seed: int, connections: int) -> Counter[str]:
    """So many connections of strangers, whole seeds first; counts of `connections` and of honest clients `served`."""
    dice, counts = Random(seed), Counter[str]()
    with tempfile.TemporaryDirectory() as directory, running(Path(directory)) as server:
        for number in range(connections):
            bytes_sent = SEEDS[number] if number < len(SEEDS) else _junk(dice)
            _connect(server, dice.randrange(3), bytes_sent, dice)
            counts["connections"] += 1
            if number % 50 == 0:
                server.turn(0)
        assert server.inputs == [], f"seed {seed}: junk was taken for {server.inputs[0]}"
        with peer(server) as one:
            dealer = one.dealer()
            dealer.send_multipart(PING)
            server.until(lambda: server.inputs, "the honest client's command")
            counts["served"] += 1
    return counts


def _junk(dice: Random) -> bytes:
    return dice.randbytes(dice.randrange(1, 2_000)) if dice.random() < 0.2 else mutated(dice.choice(SEEDS), dice)


def _connect(server: Server, which: int, said: bytes, dice: Random) -> None:
    """The bridge may close it at any byte; and a stranger whom a busy machine keeps waiting goes away."""
    cut = dice.randrange(len(said) + 1)
    try:
        with socket.create_connection(("127.0.0.1", port_of(server.sockets.endpoints[which])), timeout=2) as stranger:
            stranger.sendall(said[:cut])
            stranger.sendall(said[cut:])
    except OSError:
        return
