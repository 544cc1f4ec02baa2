"""The official client with its own socket, reader and loop asks the simulator anything, in any order.

TWSBRIDGE_EXAMPLES chooses how many requests are made at each server version.
"""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from ibapi.client import EClient

import twssim
from tests.twssim.every_request import ASKS, ORDER, TOO_OLD, Ask, answered
from tests.twssim.money import Told, check
from tests.twssim.official import Recorder, stock
from tests.waiting import PATIENCE, eventually
from twssim.runner import SimulatedTws

REQUESTS = int(os.environ.get("TWSBRIDGE_EXAMPLES", "60"))
FIRST_REQUEST, LINE = 5_000_000, 1
CLIENT_SIDE = set(range(501, 594)) - {TOO_OLD}
SPEED = 40.0
VERSIONS = (176, 200, 203, 213, 225)


class Socketed(Recorder, EClient):  # type: ignore[misc]
    """The official client as it is. A line that ticks all the time keeps its reader from losing a burst."""

    def __init__(self, port: int, client_id: int) -> None:
        Recorder.__init__(self)
        EClient.__init__(self, self)
        self.connect("127.0.0.1", port, client_id)
        self.extraAuth = True
        self.thread = threading.Thread(target=self.run, name=f"client {client_id}", daemon=True)
        self.thread.start()
        eventually(lambda: any(name == "nextValidId" for name, _ in self.events))
        self.reqMktData(LINE, stock("NVDA"), "", False, False, [])

    def wait_for_end(self) -> None:
        """A disconnect of its own would race with its loop, which then raises."""
        self.thread.join(PATIENCE)


@contextmanager
def trading(version: int) -> Iterator[tuple[SimulatedTws, Socketed, Socketed]]:
    """A simulator, a client of it, and an observer of all positions."""
    with twssim.run(port=0, server_version=version, speed=SPEED, seed=version) as simulator:
        client, observer = Socketed(simulator.port, 1), Socketed(simulator.port, 2)
        observer.reqPositions()
        try:
            yield simulator, client, observer
        finally:
            simulator.drop_connections()
            client.wait_for_end()
            observer.wait_for_end()


def ask_and_wait(client: Socketed, ask: Ask, number: int) -> None:
    seen = len(client.events)
    ask.send(client, number)
    try:
        eventually(lambda: answered(ask, number, client.events[seen:]))
    except AssertionError:
        pytest.fail(f"{ask.message} {number} got no answer")


def agrees(simulator: SimulatedTws, client: Socketed, observer: Socketed) -> bool:
    """Whether what was told has caught up with what is true; what differs for ever makes the test fail."""
    told = Told()
    told.hear([event for event in [*client.events] if event[0] != "position"])
    told.hear([event for event in [*observer.events] if event[0] == "position"])
    try:
        simulator.call(lambda tws: check(tws, told))
    except AssertionError:
        return False
    return True


@pytest.mark.parametrize("version", VERSIONS)
def test_the_official_client_gets_an_answer_to_everything(version: int) -> None:
    chance = random.Random(f"requests {version}")
    with trading(version) as (simulator, client, observer):
        for number in range(FIRST_REQUEST, FIRST_REQUEST + REQUESTS):
            ask = chance.choice((chance.choice(ASKS), ORDER))
            ask_and_wait(client, ask, number)
            if ask.cancel is not None and chance.random() < 0.7:
                ask.cancel(client, number)
            if ask.message in ("PLACE_ORDER", "REQ_GLOBAL_CANCEL"):
                eventually(lambda: agrees(simulator, client, observer))
        eventually(lambda: agrees(simulator, client, observer))
        assert not [row for name, row in client.events if name == "error" and row[2] in CLIENT_SIDE]
        assert client.thread.is_alive() and client.isConnected()
