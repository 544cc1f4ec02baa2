"""The command line, `twsbridge`: one module per group of commands, exit codes in one place, never a traceback."""

from __future__ import annotations

import sys

NOT_INSTALLED = 2


def main(arguments: list[str] | None = None) -> int:
    """Run one command line (default: that of this process); returns its exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    try:
        from twsbridge.cli.app import app
        from twsbridge.cli.failures import run
    except ModuleNotFoundError as error:
        print(
            f"twsbridge: the command line needs {error.name}, which is not installed. "
            "Install it with: pip install 'twsbridge[cli]'",
            file=sys.stderr,
        )
        return NOT_INSTALLED
    return run(app, given)
