"""`twsbridge doctor`: a check list from the connection file to the first tick, with what to do about each trouble."""

from __future__ import annotations

from typing import Annotated

import typer

from twsbridge.cli.asking import Asking, asks
from twsbridge.cli.doctor_checks import Check, Verdict, examine
from twsbridge.cli.exit_codes import ExitCode
from twsbridge.cli.output import Format

MARKS = {Verdict.OK: "ok", Verdict.NOTE: "note", Verdict.BAD: "BAD", Verdict.SKIPPED: "-"}
STYLES = {Verdict.OK: "green", Verdict.NOTE: "yellow", Verdict.BAD: "bold red", Verdict.SKIPPED: "dim"}

Symbol = Annotated[str, typer.Option(help="The contract whose ticks are tried.")]


@asks
def doctor(asking: Asking, symbol: Symbol = "AAPL") -> None:
    """Find out what is wrong, and what to do about it: from the connection file to the first tick.

    Exit code 0: all is well, 1: the key was refused, 3: no bridge answers,
    4: TWS cannot be used. What is marked as a note does not count.
    """
    code = ExitCode.OK
    printer = asking.printer
    if printer.format in (Format.TABLE, Format.CSV):
        for check in examine(asking, symbol):
            _print(check)
            code = code or check.code
    else:
        checks = list(examine(asking, symbol))
        printer.records([check.record() for check in checks], (), "")
        code = next((check.code for check in checks if check.code), ExitCode.OK)
    if code:
        raise typer.Exit(code)


def _print(check: Check) -> None:
    """One line, and below it what to do."""
    from rich.console import Console
    from rich.text import Text

    mark = (f"{MARKS[check.verdict]:<5}", STYLES[check.verdict])
    console = Console(highlight=False, soft_wrap=True)
    console.print(Text.assemble(mark, (f"{check.subject:<16}", "bold"), check.seen))
    if check.to_do:
        console.print(Text(f"{'':<5}{'':<16}-> {check.to_do}"))
