"""Waiting with a deadline, for things that have no descriptor to wait for."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 60.0
"""Seconds. Only a failure waits so long: it has room for a machine that does many other things."""

_PAUSE = 0.005


def eventually(condition: Callable[[], T], what: str = "", timeout: float = PATIENCE) -> T:
    """The first true value of `condition`; fails the test when there is none in time."""
    deadline = time.monotonic() + timeout
    pause = Event()
    while not (value := condition()):
        assert time.monotonic() < deadline, f"not within {timeout} s: {what or condition}"
        pause.wait(_PAUSE)
    return value
