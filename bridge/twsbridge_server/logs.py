"""Logging of the daemon: one line per event on stderr; a flood of equal events is counted instead of written."""

from __future__ import annotations

import logging
import re
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TextIO

BURST = 5
WINDOW_S = 10.0
MAX_KINDS = 1_000

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_FILLED_IN = re.compile(r"'[^']*'|\"[^\"]*\"|[0-9]+")


def start(*, verbose: bool, stream: TextIO | None = None) -> None:
    """Send the log to `stream` (stderr); in colour when that is a terminal."""
    handler = _handler(stream or sys.stderr)
    handler.addFilter(FloodFilter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.DEBUG if verbose else logging.INFO)


class OneLine(logging.Formatter):
    """UTC time, level, logger and text; line breaks and other control characters are written as escapes."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        """ISO 8601 with milliseconds."""
        return f"{datetime.fromtimestamp(record.created, UTC):%Y-%m-%dT%H:%M:%S}.{int(record.msecs):03d}Z"

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line, its traceback included."""
        return _CONTROL.sub(lambda found: ascii(found[0])[1:-1], super().format(record))


class FloodFilter(logging.Filter):
    """Lets a few records of a kind through in each window; the next window begins with how many were left out."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._kinds: dict[tuple[str, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """True for a record that is to be written. Its kind is its logger and its text without what was filled in."""
        now = self._clock()
        kind = (record.name, _FILLED_IN.sub("", str(record.msg)))
        began, count = self._kinds.get(kind, (now, 0))
        if now - began >= WINDOW_S:
            if count > BURST:
                record.msg = f"{record.msg} ({count - BURST} more like this were left out)"
            began, count = now, 0
        if len(self._kinds) >= MAX_KINDS:
            self._kinds.clear()
        self._kinds[kind] = (began, count + 1)
        return count < BURST


def _handler(stream: TextIO) -> logging.Handler:
    if not stream.isatty():
        plain = logging.StreamHandler(stream)
        plain.setFormatter(OneLine())
        return plain
    from rich.console import Console
    from rich.logging import RichHandler

    coloured = RichHandler(console=Console(file=stream), show_path=False, rich_tracebacks=False)
    coloured.setFormatter(logging.Formatter("%(message)s"))
    return coloured
