"""`twsbridge drill`: a real paper account beside the simulator."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from twsbridge.cli.exit_codes import ExitCode
from twsbridge.cli.failures import Failure

Tws = Annotated[
    str, typer.Option("--tws", metavar="HOST:PORT", help="TWS or IB Gateway, logged in to a paper account.")
]
ClientId = Annotated[int, typer.Option(help="API client id that nobody else uses.")]
Symbol = Annotated[str, typer.Option(help="US stock for the orders, quoted between 50 and 1000.")]
Directory = Annotated[Path, typer.Option("--out", metavar="DIR", help="Where recording and report go.")]


def drill(
    tws: Tws, client_id: ClientId = 77, symbol: Symbol = "AAPL", directory: Directory = Path("drill-report")
) -> None:
    """Run golden sequences on a paper account, harmlessly, and report where the simulator differs.

    Orders are for one share at prices far from the market, and all are cancelled. Live accounts are refused.
    Account numbers are masked in everything that is written. The recording also holds account values.
    """
    host, _, port = tws.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise Failure("--tws: write HOST:PORT, as 127.0.0.1:7497", ExitCode.USAGE)
    try:
        from twsbridge_drill.drill import drill as run
        from twsbridge_drill.session import DrillFailed
    except ImportError as error:
        sentence = f"`drill` needs more than is installed ({error}). Install it with: pip install 'twsbridge[bridge]'"
        raise Failure(sentence, ExitCode.USAGE) from error
    try:
        report = run((host, int(port)), client_id, symbol, directory, lambda line: typer.echo(f"... {line}", err=True))
    except DrillFailed as error:
        raise Failure(str(error), ExitCode.REJECTED) from error
    except OSError as error:
        raise Failure(f"The report cannot be written to {directory}: {error.strerror}.", ExitCode.USAGE) from error
    typer.echo(f"{len(report.differences)} differences; see {directory / 'report.md'}")
    if report.left_over:
        numbers = ", ".join(map(str, report.left_over))
        raise Failure(f"Orders {numbers} could not be verified as cancelled: cancel them in TWS.", ExitCode.UNKNOWN)
