"""The cache of bars beside the loop: a thread of its own reads and writes the file, so the loop never waits.

A cache that fails costs requests to TWS and nothing else: it is told once in the log, and tried again each time.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
from collections import deque
from pathlib import Path
from queue import SimpleQueue

from twsbridge_server.bar_store import MOST_BYTES, BarStore
from twsbridge_server.core.effects import DropBars, LoadBars, StoreBars
from twsbridge_server.core.inputs import BarsLoaded

log = logging.getLogger(__name__)

CLOSE_S = 5.0


class BarCache:
    """Takes the core's wishes; `fileno` is readable when `receive` has what the file told."""

    def __init__(self, path: Path, most_bytes: int = MOST_BYTES) -> None:
        self._store = BarStore(path, most_bytes)
        self._wishes: SimpleQueue[LoadBars | StoreBars | DropBars | None] = SimpleQueue()
        self._told: deque[BarsLoaded] = deque()
        self._read, self._write = os.pipe()
        os.set_blocking(self._read, False)
        os.set_blocking(self._write, False)
        self._has_failed = False
        self._thread = threading.Thread(target=self._work, name="bar cache", daemon=True)
        self._thread.start()

    def fileno(self) -> int:
        """The descriptor to wait for."""
        return self._read

    def wish(self, wish: LoadBars | StoreBars | DropBars) -> None:
        """Read, write or delete, later and in this order."""
        self._wishes.put(wish)

    def receive(self) -> list[BarsLoaded]:
        """What was read since the last call."""
        try:
            os.read(self._read, 4096)
        except BlockingIOError:
            return []
        told = []
        while self._told:
            told.append(self._told.popleft())
        return told

    def close(self) -> None:
        """Write what waits to be written, within a few seconds."""
        self._wishes.put(None)
        self._thread.join(CLOSE_S)
        if not self._thread.is_alive():
            os.close(self._read)
            os.close(self._write)

    def _work(self) -> None:
        while (wish := self._wishes.get()) is not None:
            if isinstance(wish, LoadBars):
                self._told.append(self._loaded(wish))
                self._ring()
            else:
                self._keep(wish)
        self._store.close()

    def _ring(self) -> None:
        try:
            os.write(self._write, b"!")
        except BlockingIOError:
            log.debug("The loop has been woken thousands of times already.")

    def _loaded(self, wish: LoadBars) -> BarsLoaded:
        try:
            return BarsLoaded(wish.key, wish.span, self._store.load(wish.key, wish.span))
        except (sqlite3.Error, OSError) as error:
            self._failed(error)
            return BarsLoaded(wish.key, wish.span)

    def _keep(self, wish: StoreBars | DropBars) -> None:
        try:
            if isinstance(wish, DropBars):
                self._store.drop(wish.key)
            else:
                self._store.keep(wish.key, wish.block)
            self._has_failed = False
        except (sqlite3.Error, OSError) as error:
            self._failed(error)

    def _failed(self, error: Exception) -> None:
        """A damaged file is deleted; a full or missing disk is waited for."""
        if not self._has_failed:
            log.warning("The cache of bars fails (%s): bars are asked of TWS again. Nothing else is affected.", error)
        self._has_failed = True
        try:
            if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError):
                self._store.discard()
            else:
                self._store.close()
        except (sqlite3.Error, OSError) as also:
            log.debug("The cache cannot be closed either: %s", also)
