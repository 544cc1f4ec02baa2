"""SIGINT and SIGTERM as something the loop can wait for."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class StopSignals:
    """Counts the wishes to stop; `fileno` is readable when there is a new one. Use as a context manager."""

    def __init__(self) -> None:
        self.count = 0
        self.last = 0
        self._before: dict[int, Callable[[int, FrameType | None], Any] | int | None] = {}

    def __enter__(self) -> StopSignals:
        """Take over both signals; in the main thread only."""
        self._reading, self._writing = socket.socketpair()
        self._reading.setblocking(False)
        self._writing.setblocking(False)
        self._wakeup_before = signal.set_wakeup_fd(self._writing.fileno())
        for number in SIGNALS:
            self._before[number] = signal.signal(number, self._wish)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the signals back."""
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._wakeup_before)
        self._reading.close()
        self._writing.close()

    def fileno(self) -> int:
        """The descriptor to wait for."""
        return self._reading.fileno()

    def clear(self) -> None:
        """Make the descriptor unreadable again."""
        self._reading.recv(64)

    def _wish(self, number: int, frame: FrameType | None) -> None:
        self.count += 1
        self.last = number
