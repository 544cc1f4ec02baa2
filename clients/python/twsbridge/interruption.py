"""Ending questions that other threads wait for."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from twsbridge.errors import BridgeError, make_error
from twsbridge.pending import Request

CODE = "req.cancelled"


class Interruption:
    """Give it to the questions; `interrupt` ends all of them, and those that come later, with `req.cancelled`."""

    def __init__(self) -> None:
        self._happened = threading.Event()
        self._lock = threading.Lock()
        self._requests: list[Request] = []

    def interrupt(self) -> None:
        """End them, and whatever is paused."""
        with self._lock:
            self._happened.set()
            for request in self._requests:
                request.answer.put(_interrupted())

    def check(self) -> None:
        """Raise the error if it has happened."""
        if self._happened.is_set():
            raise _interrupted()

    def pause(self, seconds: float) -> None:
        """Sleep, but no longer than until it happens: then it raises the error."""
        self._happened.wait(seconds)
        self.check()

    @contextmanager
    def over(self, request: Request) -> Iterator[None]:
        """The request is one of those to end."""
        with self._lock:
            self.check()
            self._requests.append(request)
        try:
            yield
        finally:
            with self._lock:
                self._requests.remove(request)


def _interrupted() -> BridgeError:
    return BridgeError(make_error(CODE, "It was cancelled by its caller"))
