"""What a session tells the tests, whatever client it runs: one JSON object per line on standard output.

{"step": NAME}      a step is done, and everything in it was as it should be
{"amiss": TEXT}     something was not as a real TWS would have it
{"ask": ACTION}     the tests are asked to do something to the simulated TWS, at once
{"saw": {...}}      at the end: what the client believes, to be compared with the ledger
"""

from __future__ import annotations

import json
import logging
import sys
import threading
import traceback
from collections.abc import Callable
from typing import Any

PATIENCE = 15.0
"""Seconds within which everything is answered."""

NOTICES = frozenset({2103, 2104, 2105, 2106, 2107, 2108, 2119, 2157, 2158, 2159})
"""Codes that tell of data farms; everything else has to be expected by a step."""


def tell(**fact: Any) -> None:
    """Write one line."""
    sys.stdout.write(json.dumps(fact) + "\n")
    sys.stdout.flush()


def report_complaints(ignored: Callable[[logging.LogRecord], bool]) -> None:
    """Tell of every warning that the client logs, save those that are to be ignored, and of every dead thread."""
    handler = logging.Handler(logging.WARNING)
    handler.addFilter(lambda record: not ignored(record))
    handler.emit = lambda record: tell(amiss=f"{record.name} logs: {logging.Formatter().format(record)}")
    logging.getLogger().addHandler(handler)
    threading.excepthook = lambda end: tell(amiss="".join(traceback.format_exception(end.exc_value)))
