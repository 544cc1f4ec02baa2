"""Sessions of the official client with a simulated TWS, recorded, and served again from the recording."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Any

from ibapi.execution import ExecutionFilter

from tests.twssim.official import NOON, Event, OfficialClient, errors, gateway, order, stock
from twssim.gateway import Gateway
from twssim.recording import RecordingWriter
from twssim.replay import Replay
from twssim.session import Session


class Recorded(Session):
    """A session that writes down what passes."""

    def __init__(self, tws: Gateway, writer: RecordingWriter, number: int) -> None:
        super().__init__(tws)
        self._writer, self._number = writer, number

    def receive(self, received: bytes) -> None:
        self._writer.content(self._us, self._number, "client", received)
        super().receive(received)

    def take_output(self) -> bytes:
        output = super().take_output()
        if output:
            self._writer.content(self._us, self._number, "tws", output)
        return output

    @property
    def _us(self) -> int:
        return round(self.gateway.now * 1e6)


class Studio:
    """A simulated TWS with one connection that is recorded; the clock goes in small steps."""

    def __init__(self, path: Path, version: int) -> None:
        self.path, self.version = path, version
        self._writer = RecordingWriter(path, "test")
        self.tws = gateway(server_version=version)
        self.tws.new_session = lambda tws: Recorded(tws, self._writer, 1)
        self.client = OfficialClient(self.tws, version=version)

    def run(self, seconds: float) -> list[Event]:
        """Everything the client hears meanwhile."""
        return [event for _ in range(round(seconds * 100)) for event in self.client.after(0.01)]

    def close(self) -> None:
        self._writer.close()


def theatre(path: Path, version: int, pace: str = "recorded", client_id: int = 1) -> tuple[Gateway, OfficialClient]:
    """A simulated TWS that serves the recording, and a client of it."""
    tws = gateway(NOON, server_version=version)
    tws.new_session = Replay(path, pace).session
    return tws, OfficialClient(tws, client_id, version)


def plain(event: Event) -> tuple[str, tuple[Any, ...]]:
    """A callback with its objects taken apart, so that it can be compared."""
    return event[0], tuple(_plain(each) for each in event[1])


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Enum) or not hasattr(value, "__dict__"):
        return value
    return {name: _plain(each) for name, each in vars(value).items()}


def a_day(studio: Studio, first: int = 1) -> list[Event]:
    """A session with a bit of everything; `first` is the first request id."""
    client, heard = studio.client, studio.run(0.5)
    client.reqContractDetails(first, stock())
    client.reqPositions()
    client.reqMktData(first + 1, stock("NVDA"), "", False, False, [])
    heard += studio.run(0.5)
    client.placeOrder(1, stock(), order("LMT", "BUY", 1, limit=10.0))
    heard += studio.run(0.5)
    client.placeOrder(1, stock(), order("LMT", "BUY", 2, limit=10.0))
    client.placeOrder(2, stock(), order("MKT", "BUY", 3))
    heard += studio.run(1.0)
    client.cancelMktData(first + 1)
    client.cancel(1)
    heard += studio.run(0.5)
    client.reqExecutions(first + 2, ExecutionFilter())
    client.reqAllOpenOrders()
    return heard + studio.run(0.5)


__all__ = ["ExecutionFilter", "Studio", "a_day", "errors", "order", "plain", "stock", "theatre"]
