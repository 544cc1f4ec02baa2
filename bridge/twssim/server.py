"""The only input and output of the simulator: TCP connections, the clock, the ledger file."""

from __future__ import annotations

import asyncio
import socket
import struct
import time
from collections.abc import Callable
from math import inf

from twssim.clock import Clock
from twssim.faults import Faults
from twssim.flood import FloodBlocks
from twssim.gates import RESET, Gate, Pieces, Stop
from twssim.gateway import Gateway
from twssim.ledger import LedgerFile, read_ledger
from twssim.replay import Replay
from twssim.scenario import Play, read_scenario
from twssim.session import Session
from twssim.settings import Settings
from twssim.transport_faults import Wiring

WRITE_BUFFER = 256 * 1024
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Connection(asyncio.Protocol):
    """Moves bytes between one socket and one session."""

    def __init__(self, server: Server) -> None:
        """Belongs to `server`; the socket comes with connection_made."""
        self._server = server
        self._transport: asyncio.Transport | None = None
        self._flood = FloodBlocks()
        self._next_flood: asyncio.Handle | None = None
        self.session: Session | None = None
        self._in = Gate(self._client_id, self._take, self._end)
        self._out = Gate(self._client_id, self._write, self._end)

    def _client_id(self) -> int:
        return -1 if self.session is None else self.session.client_id

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Open a session, or hang up when TWS has no room for another."""
        assert isinstance(transport, asyncio.Transport)
        transport.set_write_buffer_limits(high=WRITE_BUFFER)
        self._transport, self._pieces = transport, Pieces(transport)
        self.session = self._server.gateway.open_session()
        if self.session is None:
            transport.close()
            return
        self._server.connections.add(self)
        if self._server.silent:
            transport.pause_reading()
        self._server.wiring.begin(self)

    def data_received(self, received: bytes) -> None:
        """Hand over what the client sent, unless a fault stops it."""
        self._in.push(received)

    def _take(self, received: bytes) -> None:
        if self.session is not None:
            try:
                self._server.advance()
                self.session.receive(received)
            finally:
                self._server.settle()

    def connection_lost(self, reason: Exception | None) -> None:
        """The client is gone, or was dropped."""
        self._server.connections.discard(self)
        if self.session is not None:
            self.session.close()
            self._server.settle()

    def pause_writing(self) -> None:
        """The client does not read as fast as it is sent to."""
        if self.session is not None:
            self.session.congested = True

    def resume_writing(self) -> None:
        """The client has caught up."""
        if self.session is not None:
            self.session.congested = False
            self.flood()

    def deliver(self) -> None:
        """Write what the session has queued; close when the session ended."""
        if self.session is None or self._transport is None:
            return
        output = self.session.take_output()
        if output:
            self._out.push(output)
        if self.session.closed and not self._out.stopped:
            self._pieces.finish()
            self._transport.close()
        self.flood()

    def flood(self) -> None:
        """With --flood: one block of ticks for every open line, and again as soon as possible."""
        session, transport = self.session, self._transport
        if session is None or transport is None or not session.gateway.settings.flood:
            return
        if session.congested or self._out.stopped or transport.is_closing() or self._next_flood is not None:
            return
        blocks = self._flood.of(session)
        if blocks:
            self._out.push(b"".join(blocks))
            self._next_flood = asyncio.get_running_loop().call_soon(self._flood_again)

    def _flood_again(self) -> None:
        self._next_flood = None
        self.flood()

    def set_reading(self, reading: bool) -> None:
        """Stop or go on taking bytes from the socket."""
        if self._transport is not None and reading != self._transport.is_reading():
            (self._transport.resume_reading if reading else self._transport.pause_reading)()

    def _write(self, content: bytes) -> None:
        self._pieces.write(content)

    def _end(self, kind: str) -> None:
        if self._transport is not None and kind == RESET:
            raw = self._transport.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
            self._transport.abort()
        elif self._transport is not None:
            self._pieces.finish()
            self._transport.close()

    def stop(self, stop: Stop) -> None:
        """Let a fault stop one direction, or both."""
        for direction, gate in (("in", self._in), ("out", self._out)):
            if stop.concerns(direction):
                gate.stop(stop)

    def release(self, stop: Stop) -> None:
        """Let pass again what a fault has stopped."""
        self._in.release(stop)
        self._out.release(stop)

    def divide(self, size: int, silence: float) -> None:
        """Send in pieces of `size` bytes with silences between them; 0 for undivided."""
        self._pieces.divide(size, silence)

    def drop(self) -> None:
        """Cut the connection without a word."""
        if self._transport is not None:
            self._transport.abort()


class Server:
    """One simulated TWS on a port of its own event loop."""

    def __init__(self, settings: Settings) -> None:
        """Read the ledger of an earlier run, if there is one; opens no socket yet."""
        records = read_ledger(settings.ledger) if settings.ledger else []
        start = time.time() if settings.start is None else settings.start
        if records:
            start = max(start, records[-1]["time"])
        self.gateway = Gateway(settings, start, records)
        if settings.replay:
            self.gateway.new_session = Replay(settings.replay, settings.pace).session
        self.connections: set[Connection] = set()
        self.silent = False
        self.wiring = Wiring()
        self.faults = Faults(self.gateway, self)
        if settings.scenario:
            Play(self.gateway, self.faults, read_scenario(settings.scenario))
        self.after_settling: list[Callable[[], None]] = []
        self._file = LedgerFile(settings.ledger) if settings.ledger else None
        self._loop = asyncio.get_running_loop()
        self._clock = Clock(start, settings.speed, self._loop.time())
        self._wake: asyncio.TimerHandle | None = None
        self._listener: asyncio.Server | None = None
        self._address = ("", 0)
        self._placeholder: socket.socket | None = None
        self._reopening: asyncio.Task[int] | None = None

    async def listen(self, host: str, port: int) -> int:
        """Accept connections; returns the port, raises OSError when it is taken."""
        self._listener = await self._loop.create_server(lambda: Connection(self), host, port)
        self._release_port()
        self.settle()
        bound: int = self._listener.sockets[0].getsockname()[1]
        self._address = host, bound
        return bound

    def stop_listening(self) -> None:
        """Refuse new connections. The port stays taken: no other program of this machine gets it meanwhile."""
        if self._listener is not None:
            first = self._listener.sockets[0]
            family, address = first.family, first.getsockname()
            self._listener.close()
            self._listener = None
            self._placeholder = _bound(family, address)

    def _release_port(self) -> None:
        if self._placeholder is not None:
            self._placeholder.close()
            self._placeholder = None

    def listen_again(self) -> None:
        """Accept connections on the same port as before, a moment later."""
        if self._listener is None:
            self._reopening = self._loop.create_task(self.listen(*self._address))

    def advance(self) -> None:
        """Bring the simulated TWS to the present."""
        self.gateway.advance(self._clock.simulated(self._loop.time()))

    def step(self, seconds: float) -> None:
        """Let so many simulated seconds pass at once; everything due in them happens at its own moment."""
        self._clock = self._clock.ahead(seconds)
        self.advance()

    def settle(self) -> None:
        """Let happen what is due now, make the ledger durable, send, then wait for what is due next."""
        self.gateway.advance(self.gateway.now)
        records = self.gateway.ledger.take_unwritten()
        if self._file is not None:
            self._file.write(records)
        if not self.silent:
            for connection in list(self.connections):
                connection.deliver()
        for check in list(self.after_settling):
            check()
        self._sleep()

    def _sleep(self) -> None:
        if self._wake is not None:
            self._wake.cancel()
        due = self.gateway.scheduler.next_due()
        self._wake = None
        if due is not None and (when := self._clock.real(due)) < inf:
            self._wake = self._loop.call_at(when, self._wake_up)

    def _wake_up(self) -> None:
        try:
            self.advance()
        finally:
            self.settle()

    def silence(self, silent: bool) -> None:
        """While silent, accept connections and take no bytes and send none: a wedged TWS."""
        self.silent = silent
        for connection in self.connections:
            connection.set_reading(not silent)
        self.settle()

    def drop_connections(self) -> None:
        """Cut every connection, as a crash of TWS would."""
        for connection in list(self.connections):
            connection.drop()

    async def close(self) -> None:
        """Hang up, stop listening, close the ledger file."""
        if self._wake is not None:
            self._wake.cancel()
        if self._reopening is not None:
            await asyncio.gather(self._reopening, return_exceptions=True)
        if self._listener is not None:
            self._listener.close()
        self._release_port()
        self.drop_connections()
        await asyncio.sleep(0)
        if self._listener is not None:
            await self._listener.wait_closed()
        if self._wake is not None:
            self._wake.cancel()
        if self._file is not None:
            self._file.write(self.gateway.ledger.take_unwritten())
            self._file.close()
            self._file = None


def _bound(family: int, address: tuple[str | int, ...]) -> socket.socket:
    """A socket that has an address and refuses connections; another one of this program may listen there."""
    made = socket.socket(family)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind(address)
    return made
