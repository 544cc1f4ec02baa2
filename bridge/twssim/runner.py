"""Runs a simulated TWS in a thread of this process: for tests, examples and notebooks."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from types import TracebackType
from typing import Any, TypeVar

from twssim.gateway import Gateway
from twssim.ledger import Ledger
from twssim.server import Server
from twssim.settings import Settings

T = TypeVar("T")
LOOPBACK = "127.0.0.1"
PATIENCE = 10.0


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

    def call(self, function: Callable[[Gateway], T]) -> T:
        """Run `function(gateway)` on the simulator's thread, at its present, and return."""

        def work() -> T:
            self._server.advance()
            result = function(self._server.gateway)
            self._server.settle()
            return result

        return self._on_thread(work)

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
