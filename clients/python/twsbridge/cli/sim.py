"""`twsbridge sim`: a TWS without an account."""

from __future__ import annotations

import typer

from twsbridge.cli.exit_codes import ExitCode
from twsbridge.cli.failures import Failure


def sim(context: typer.Context) -> None:
    """Run the simulated TWS, a TWS without an account; `sim ledger` and `sim convert` read what it and others wrote."""
    try:
        from twssim.__main__ import main
    except ImportError as error:
        sentence = f"`sim` needs more than is installed ({error}). Install it with: pip install 'twsbridge[sim]'"
        raise Failure(sentence, ExitCode.USAGE) from error
    raise typer.Exit(main(context.args, "twsbridge sim"))
