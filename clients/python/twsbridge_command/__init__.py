"""Where the command `twsbridge` begins: before anything large is loaded, so that Ctrl-C ends it without a traceback."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType

INTERRUPTED = 130


def main() -> int:
    """Load the command line and run that of this process; returns its exit code, 130 after Ctrl-C."""
    usual = signal.getsignal(signal.SIGINT)
    quiet = _end if usual is signal.default_int_handler else usual
    signal.signal(signal.SIGINT, quiet)
    from twsbridge.cli import load

    run = load()
    try:
        signal.signal(signal.SIGINT, usual)
        return run(sys.argv[1:])
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        signal.signal(signal.SIGINT, quiet)


def _end(number: int, frame: FrameType | None) -> None:
    """Nothing is begun yet, or all is over: an exception could only end in the middle of an import."""
    os._exit(INTERRUPTED)
