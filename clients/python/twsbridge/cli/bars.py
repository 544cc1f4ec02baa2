"""`twsbridge bars`: the bridge's cache of bars, for its operator. The bridge may be running or not."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from twsbridge.cli.exit_codes import ExitCode
from twsbridge.cli.failures import Failure
from twsbridge.cli.journal import HomeOption
from twsbridge.cli.output import Format, Printer, note

app = typer.Typer(help="The bridge's cache of bars: see what is in it, delete it.", no_args_is_help=True)
COLUMNS = (
    "con_id",
    "exchange",
    "bar_size",
    "what_to_show",
    "use_rth",
    "bars",
    "start",
    "end",
    "fetched",
    "used",
    "mib",
)

OutputOption = Annotated[
    Format | None, typer.Option("--output", "-o", help="Default: table on a terminal, csv elsewhere.")
]


@app.command("list")
def show(home: HomeOption = None, output: OutputOption = None) -> None:
    """What is in it, when it came from TWS and when it was last used. Times are UTC."""
    from twsbridge_server import bar_tools

    with _cache(home) as path:
        found = bar_tools.series(path)
    rows = [
        each._asdict()
        | {"start": _text(each.start_us), "end": _text(each.end_us), "mib": round(each.bytes / 2**20, 1)}
        | {"fetched": _text(each.last_fetched_us), "used": _text(each.used_us)}
        for each in found
    ]
    Printer(output).records(rows, COLUMNS, "No bars are kept.")
    note(f"{sum(each.bytes for each in found) / 2**20:.1f} MiB of bars in {path}")


@app.command()
def delete(
    con_id: Annotated[int | None, typer.Option("--con-id", help="Only this contract, as after a split.")] = None,
    home: HomeOption = None,
) -> None:
    """Forget bars: all, or those of one contract. Nothing else is affected; the bridge asks TWS for them again."""
    from twsbridge_server import bar_tools

    with _cache(home) as path:
        gone = bar_tools.delete(path, con_id)
    note(f"{gone} blocks of bars are gone from {path}")


@contextmanager
def _cache(home: Path | None) -> Iterator[Path]:
    from twsbridge_server.home import home_of

    path = home_of(home, os.environ).bars
    try:
        yield path
    except sqlite3.Error as error:
        raise Failure(f"{path} cannot be used ({error}). It may be removed at any time.", ExitCode.REJECTED) from error


def _text(us: int | None) -> str:
    return "" if us is None else f"{datetime.fromtimestamp(us / 1e6, UTC):%Y-%m-%d %H:%M}"
