"""The operator's ways to stop everything without a client: a file named HALT in the bridge's home, and SIGUSR2."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from twsbridge_server.core.inputs import HaltAsked
from twsbridge_server.home import Home

LOOK_S = 0.5
MAX_REASON = 200


class HaltFile:
    """Looks whether the file is there; its first line is the reason."""

    def __init__(self, home: Home, clock: Callable[[], float] = time.monotonic) -> None:
        self._path = home.halt
        self._clock = clock
        self._is_there = False
        self._next_s = clock()

    def look(self) -> list[HaltAsked]:
        """News when it has come or gone since the last look."""
        if self._clock() < self._next_s:
            return []
        self._next_s = self._clock() + LOOK_S
        was_there, self._is_there = self._is_there, self._path.exists()
        if was_there == self._is_there:
            return []
        return [HaltAsked("file", _reason(self._path) if self._is_there else "")]


class HaltSignal:
    """SIGUSR2. Use as a context manager, in the main thread only."""

    def __init__(self) -> None:
        self._count = 0

    def __enter__(self) -> HaltSignal:
        """Take the signal over."""
        self._before = signal.signal(signal.SIGUSR2, self._wish)
        return self

    def __exit__(self, *_: object) -> None:
        """Give it back."""
        signal.signal(signal.SIGUSR2, self._before)

    def look(self) -> list[HaltAsked]:
        """News when the signal has come since the last look."""
        count, self._count = self._count, 0
        return [HaltAsked("signal", "SIGUSR2")] if count else []

    def _wish(self, number: int, frame: FrameType | None) -> None:
        self._count += 1


def _reason(path: Path) -> str:
    try:
        first = path.read_text(errors="replace").partition("\n")[0].strip()
    except OSError:
        first = ""
    return "".join(each for each in first if each.isprintable())[:MAX_REASON] or f"{path} is there"
