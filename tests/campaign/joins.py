"""Joining a stream of events in full flow: with the barrier, as the client does it, and naively as the control.

The naive way subscribes and asks for the head over the other socket: what is published in between is in neither.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import zmq

from tests.campaign.flow import Flow
from tests.campaign.stage import Stage
from tests.waiting import eventually
from twsbridge import Client
from twsbridge.protocol.envelope import decode_event

STREAM = "ord|DU1234567|"
RATE = 40.0
EVENTS = 3
PATIENCE_MS = 10_000


def run(seed: int, joins: int) -> Counter[str]:
    """So many joins of either kind; counts as in `Flow`, `faults` (joins) and `control` (holes of the naive way).

    AssertionError: a join with the barrier has a hole.
    """
    holes = 0
    with tempfile.TemporaryDirectory() as directory, Stage(Path(directory)) as stage, Flow(stage, seed, RATE) as flow:
        connection = stage.bridge.connection_file
        with Client(connection) as tws:
            eventually(lambda: STREAM in tws.status().heads, "the first order")
            for number in range(joins):
                _join(tws, number)
                holes += _join_naively(tws, connection)
        counts = flow.judge() + Counter(faults=joins)
    return counts + Counter(control=holes)


def _join(tws: Client, number: int) -> None:
    with tws.events("orders", since="now") as events:
        expected = events.cursor.seqs[STREAM] + 1
        for event, _ in zip(events, range(EVENTS), strict=False):
            assert event.seq == expected, f"join {number}: {event.seq} came, {expected} is missing"
            expected += 1


def _join_naively(tws: Client, connection: Path) -> bool:
    """True when events are missing between the head that was asked for and the first that comes."""
    with _subscribed(connection) as socket:
        head = tws.status().heads[STREAM].next
        assert socket.poll(PATIENCE_MS), "no event came"
        return decode_event(socket.recv_multipart()).seq > head


@contextmanager
def _subscribed(connection: Path) -> Iterator[zmq.Socket[bytes]]:
    keys = json.loads(connection.read_text())
    with zmq.Context.instance().socket(zmq.SUB) as socket:
        socket.linger = 0
        socket.curve_serverkey = keys["server_key"].encode()
        socket.curve_publickey = keys["public_key"].encode()
        socket.curve_secretkey = keys["secret_key"].encode()
        socket.connect(keys["evt"])
        socket.subscribe(STREAM)
        yield socket
