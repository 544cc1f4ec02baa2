"""The command line, `twsbridge`: one module per group of commands, exit codes in one place, never a traceback."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial

NOT_INSTALLED = 2


def main(arguments: list[str] | None = None) -> int:
    """Run one command line (default: that of this process); returns its exit code."""
    return load()(sys.argv[1:] if arguments is None else arguments)


def load() -> Callable[[list[str]], int]:
    """All that a command line needs, as the function that runs one and returns its exit code."""
    try:
        from twsbridge.cli.app import app
        from twsbridge.cli.failures import run
    except ModuleNotFoundError as error:
        print(
            f"twsbridge: the command line needs {error.name}, which is not installed. "
            "Install it with: pip install 'twsbridge[cli]'",
            file=sys.stderr,
        )
        return lambda arguments: NOT_INSTALLED
    return partial(run, app)
