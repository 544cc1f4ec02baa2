"""Runs a simulated TWS in a thread of this process: for tests, examples and notebooks."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from types import TracebackType
from typing import Any, TypeVar

from twssim.gateway import Gateway
from twssim.ledger import Ledger, Record
from twssim.server import Server
from twssim.settings import Settings

T = TypeVar("T")
LOOPBACK = "127.0.0.1"
PATIENCE = 60.0


class FaultSwitches:
    """The faults of a running simulator; `twssim.faults.ACTIONS` lists them."""

    def __init__(self, simulator: SimulatedTws) -> None:
        """Belongs to `simulator`."""
        self._simulator = simulator

    def apply(self, action: str, seconds: float | None = None, **arguments: Any) -> None:
        """Do an action, for so many simulated seconds or until cleared; raises FaultRefused."""
        self._simulator.call_server(lambda server: server.faults.apply(action, seconds, **arguments))

    def clear(self, action: str | None = None) -> None:
        """Turn one fault off, or all."""
        self._simulator.call_server(lambda server: server.faults.clear(action))

    @property
    def active(self) -> tuple[str, ...]:
        """The faults that are on now."""
        return self._simulator.call_server(lambda server: server.faults.active)


class SimulatedTws:
    """A running simulator; use it as a context manager or call `close()`."""

    def __init__(self, port: int, settings: Settings, host: str) -> None:
        """Start the thread and wait until the port is open; raises OSError when it is taken."""
        self.host = host
        self._settings = settings
        self._loop = asyncio.new_event_loop()
        self._ready: Future[Server] = Future()
        self._thread = threading.Thread(target=self._serve, args=(port,), name="twssim", daemon=True)
        self._thread.start()
        self._server = self._ready.result(PATIENCE)

    def _serve(self, port: int) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._start(port))
        except (OSError, ValueError) as reason:
            self._ready.set_exception(reason)
        else:
            self._loop.run_forever()
        self._loop.close()

    async def _start(self, port: int) -> None:
        server = Server(self._settings)
        self.port = await server.listen(self.host, port)
        self._ready.set_result(server)

    @property
    def ledger(self) -> Ledger:
        """The record of everything so far; `ledger.of("execution")` lists the fills."""
        return self._server.gateway.ledger

    @property
    def departures(self) -> list[Record]:
        """Where clients departed from the recording that they are served (`run(replay=...)`)."""
        return self.ledger.of("departure")

    def call(self, function: Callable[[Gateway], T]) -> T:
        """Run `function(gateway)` on the simulator's thread, at its present, and return."""
        return self.call_server(lambda server: function(server.gateway))

    def call_server(self, function: Callable[[Server], T]) -> T:
        """The same for `function(server)`, where the network is part of it."""

        def work() -> T:
            self._server.advance()
            try:
                return function(self._server)
            finally:
                self._server.settle()

        return self._on_thread(work)

    def step(self, seconds: float) -> None:
        """Let so many simulated seconds pass at once; with `speed=0` no time passes but by this."""
        if seconds < 0:
            raise ValueError("time does not go back: step by 0 seconds or more")
        self.call_server(lambda server: server.step(seconds))

    def wait_for(self, condition: Callable[[Gateway], bool], timeout: float = PATIENCE) -> None:
        """Return as soon as `condition(gateway)` holds; TimeoutError when it does not in time."""
        happened: Future[None] = Future()

        def check() -> None:
            try:
                if not happened.done() and condition(self._server.gateway):
                    happened.set_result(None)
            except Exception as reason:
                happened.set_exception(reason)

        checks = self._server.after_settling

        def begin() -> None:
            checks.append(check)
            check()

        self._on_thread(begin)
        try:
            happened.result(timeout)
        finally:
            self._on_thread(lambda: checks.remove(check))

    @property
    def faults(self) -> FaultSwitches:
        """What can be made to go wrong, while it runs."""
        return FaultSwitches(self)

    def drop_connections(self) -> None:
        """Cut every connection, as a crash of TWS would."""
        self._on_thread(self._server.drop_connections)

    def silence(self, silent: bool = True) -> None:
        """While silent, accept connections and never answer."""
        self._on_thread(lambda: self._server.silence(silent))

    def _on_thread(self, work: Callable[[], T]) -> T:
        done: Future[T] = Future()

        def run_it() -> None:
            try:
                done.set_result(work())
            except BaseException as reason:
                done.set_exception(reason)

        self._loop.call_soon_threadsafe(run_it)
        return done.result(PATIENCE)

    def close(self) -> None:
        """Stop the simulator and wait for its thread; harmless when it has stopped."""
        if not self._thread.is_alive():
            return
        asyncio.run_coroutine_threadsafe(self._server.close(), self._loop).result(PATIENCE)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)

    def __enter__(self) -> SimulatedTws:
        """The simulator itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        reason: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop the simulator."""
        self.close()


def run(port: int = 0, host: str = LOOPBACK, **settings: Any) -> SimulatedTws:
    """Start a simulated TWS in a thread; port 0 takes a free one (see `.port`).

    The keyword arguments are those of `twssim.settings.Settings`.
    """
    return SimulatedTws(port, Settings(**settings), host)
