"""A bounded queue from the I/O thread to one reader in another thread; the writing side never waits."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterable
from typing import Generic, TypeVar

T = TypeVar("T")

LIMIT = 100_000


class Inbox(Generic[T]):
    """Items in order. Writing costs an append; a reader that waits is woken, a busy one is not disturbed."""

    def __init__(self, limit: int = LIMIT) -> None:
        self.limit = limit
        self._items: deque[T] = deque()
        self._bell = threading.Event()
        self._error: BaseException | None = None

    def __len__(self) -> int:
        return len(self._items)

    def put(self, item: T) -> bool:
        """Append; False, and nothing is appended, when the reader is too far behind."""
        if len(self._items) >= self.limit:
            return False
        self._items.append(item)
        if not self._bell.is_set():
            self._bell.set()
        return True

    def replace(self, items: Iterable[T]) -> None:
        """Drop all that waits and put these in its place: for a reader that fell too far behind."""
        self._items = deque(items)
        self._bell.set()

    def close(self, error: BaseException) -> None:
        """Nothing more will come: a reader gets what is left, then this error."""
        self._error = error
        self._bell.set()

    def get(self, timeout: float | None = None) -> T | None:
        """The next item, or None when nothing came within `timeout` seconds (None: wait for ever)."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            try:
                return self._items.popleft()
            except IndexError:
                if not self._wait(deadline):
                    return None

    def _wait(self, deadline: float | None) -> bool:
        """Sleep until something is there; False at the deadline. Raises the error with which the inbox was closed."""
        self._bell.clear()
        if self._items:
            return True
        if self._error is not None:
            self._bell.set()
            raise self._error.with_traceback(None)
        return self._bell.wait(None if deadline is None else max(0.0, deadline - time.monotonic()))
