"""Faults of the network: streams cut, reset, stalled or divided; a TWS that is wedged, refuses, restarts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from twssim.gates import CUT, RESET, STALL, Stop
from twssim.stage import Action, FaultRefused, Stage, Undo, choose

if TYPE_CHECKING:
    from twssim.server import Connection


@dataclass(slots=True)
class Wiring:
    """What every new connection has to endure from its first byte on."""

    stops: list[Stop] = field(default_factory=list)
    size: int = 0
    silence: float = 0.0

    def begin(self, connection: Connection) -> None:
        """Let a new connection have the faults that are meant for new connections."""
        connection.divide(self.size, self.silence)
        for stop in self.stops:
            connection.stop(stop)


def _stop(stage: Stage, stop: Stop, new_connections: bool) -> Undo:
    choose("direction", stop.direction, "out", "in", "both")
    if stop.after < 0:
        raise FaultRefused("after must not be negative")
    server = stage.server
    for connection in list(server.connections):
        connection.stop(stop)
    if new_connections:
        server.wiring.stops.append(stop)

    def undo() -> None:
        if new_connections:
            server.wiring.stops.remove(stop)
        for connection in list(server.connections):
            connection.release(stop)

    return undo


def cut(
    stage: Stage, direction: str = "out", after: int = 0, client_id: int | None = None, new_connections: bool = False
) -> Undo:
    """Close streams in order (FIN) after so many more bytes: of those there are, or also of each new one."""
    return _stop(stage, Stop(CUT, direction, after, client_id), new_connections)


def reset(
    stage: Stage, direction: str = "out", after: int = 0, client_id: int | None = None, new_connections: bool = False
) -> Undo:
    """Break streams (RST) after so many more bytes."""
    return _stop(stage, Stop(RESET, direction, after, client_id), new_connections)


def stall(
    stage: Stage, direction: str = "out", after: int = 0, client_id: int | None = None, new_connections: bool = False
) -> Undo:
    """Let no byte pass after so many more, without closing; turned off, what was held passes."""
    return _stop(stage, Stop(STALL, direction, after, client_id), new_connections)


def rechunk(stage: Stage, size: int = 4096, silence: float = 0.0) -> Undo:
    """Send in pieces of `size` bytes, each followed by so many real seconds of silence."""
    if size < 1 or silence < 0:
        raise FaultRefused("size must be at least 1 and silence not negative")
    server = stage.server

    def divide(size: int, silence: float) -> None:
        server.wiring.size, server.wiring.silence = size, silence
        for connection in list(server.connections):
            connection.divide(size, silence)

    divide(size, silence)
    return lambda: divide(0, 0.0)


def wedge(stage: Stage) -> Undo:
    """Accept connections, take no byte and send none, until turned off."""
    server = stage.server
    server.silence(True)
    return lambda: server.silence(False)


def refuse(stage: Stage) -> Undo:
    """Refuse new connections; those there are go on."""
    server = stage.server
    server.stop_listening()
    return server.listen_again


def restart(stage: Stage, server_version: int = 0) -> Undo:
    """Close everything and refuse; turned off, TWS is back, with another server version if one is given."""
    server, gateway = stage.server, stage.gateway
    version = server_version or gateway.settings.server_version
    try:
        replace(gateway.settings, server_version=version)
    except ValueError as reason:
        raise FaultRefused(str(reason)) from None
    server.stop_listening()
    server.drop_connections()
    gateway.orders.forget_untransmitted()

    def come_back() -> None:
        gateway.settings = replace(gateway.settings, server_version=version)
        server.listen_again()

    return come_back


ACTIONS: dict[str, Action] = {
    "cut": cut,
    "reset": reset,
    "stall": stall,
    "rechunk": rechunk,
    "wedge": wedge,
    "refuse": refuse,
    "restart": restart,
}
