"""Errors as one sentence on stderr and an exit code."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from typing import Any

from twsbridge.cli.exit_codes import ExitCode
from twsbridge.protocol.errors import BridgeError

DEBUG = "--debug"
TWS_AWAY = frozenset({"tws.disconnected", "tws.link_down", "tws.lost"})
UNREACHABLE = frozenset({"client.unreachable", "client.no_connection_file", "client.closed"})


class Failure(Exception):
    """A command that cannot go on: the sentence to print and the exit code."""

    def __init__(self, sentence: str, code: ExitCode) -> None:
        super().__init__(sentence)
        self.code = code


def run(app: Callable[..., Any], arguments: list[str]) -> int:
    """Run a typer app; returns the exit code. Tracebacks are shown with --debug only."""
    try:
        app(args=arguments, prog_name="twsbridge")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except Exception as error:
        if DEBUG in arguments:
            traceback.print_exc()
        sentence, code = explained(error)
        print(f"twsbridge: {sentence}", file=sys.stderr)
        return code
    return ExitCode.OK


def explained(error: Exception) -> tuple[str, ExitCode]:
    """What to say of an error, and the exit code."""
    if isinstance(error, Failure):
        return str(error), error.code
    if isinstance(error, BridgeError):
        return str(error), code_of(error)
    kind = type(error).__name__
    return f"a defect in this program: {kind}: {error}. With {DEBUG} it says where.", ExitCode.DEFECT


def code_of(error: BridgeError) -> ExitCode:
    """The exit code for an error of the bridge or of the client."""
    if error.code in UNREACHABLE:
        return ExitCode.UNREACHABLE
    if error.code in TWS_AWAY:
        return ExitCode.TWS_DOWN
    return ExitCode.UNKNOWN if error.outcome == "unknown" else ExitCode.REJECTED
