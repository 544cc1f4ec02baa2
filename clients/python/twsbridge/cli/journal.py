"""`twsbridge journal`: the bridge's memory on disk, for its operator."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twsbridge.cli.exit_codes import ExitCode
from twsbridge.cli.failures import Failure

if TYPE_CHECKING:
    from twsbridge_server.journal_tools import Summary

app = typer.Typer(help="The bridge's journal: check, copy, export, prune.", no_args_is_help=True)

HomeOption = Annotated[
    Path | None, typer.Option("--home", help="The bridge's home. Default ~/.twsbridge (env TWSBRIDGE_HOME)")
]
FileOption = Annotated[Path | None, typer.Option("--file", help="A journal elsewhere, such as a backup.")]


@app.command()
def check(home: HomeOption = None, file: FileOption = None) -> None:
    """Read every row and say whether all is as it was written. The bridge may be running."""
    from twsbridge_server import journal_tools

    with journal_of(home, file) as path:
        _tell(path, journal_tools.examine(path))


@app.command()
def backup(target: Annotated[Path, typer.Argument(help="The copy; replaced if it is there.")],
           home: HomeOption = None) -> None:  # fmt: skip
    """Make a whole, checked copy, while the bridge is running or not."""
    from twsbridge_server import journal_tools

    with journal_of(home) as path:
        _tell(target, journal_tools.back_up(path, target))


@app.command()
def export(home: HomeOption = None, file: FileOption = None) -> None:
    """Print every row as a line of JSON. The bridge may be running."""
    from twsbridge_server import journal_tools

    with journal_of(home, file) as path:
        for row in journal_tools.export(path):
            typer.echo(json.dumps(row, separators=(",", ":")))


@app.command()
def prune(
    before: Annotated[datetime, typer.Option(help="Drop what was over before this day (UTC).", formats=["%Y-%m-%d"])],
    home: HomeOption = None,
) -> None:
    """Drop what is old and over, with the bridge stopped. Open orders and the last 30 days stay."""
    from twsbridge_server import journal_tools

    with journal_of(home) as path:
        gone = journal_tools.prune(path, int(before.replace(tzinfo=UTC).timestamp()) * 1_000_000)
        typer.echo(f"{gone} rows are gone from {path}")


@contextmanager
def journal_of(home: Path | None, file: Path | None = None) -> Iterator[Path]:
    """The journal's path, with the bridge's own errors turned into exit codes."""
    from twsbridge_server.errors import CannotStart
    from twsbridge_server.home import home_of

    try:
        yield file or home_of(home, os.environ).journal
    except CannotStart as error:
        raise Failure(str(error), ExitCode.REJECTED) from error
    except OSError as error:
        raise Failure(f"The file system refuses: {error}. The journal is as it was.", ExitCode.REJECTED) from error


def _tell(path: Path, summary: Summary) -> None:
    counts = ", ".join(f"{count} {name}" for name, count in summary.rows.items())
    typer.echo(f"{path} is whole: schema version {summary.version}, epoch {summary.epoch}; {counts}")
    for stream, (first, last) in sorted(summary.streams.items()):
        typer.echo(f"{stream} events {first} to {last}")
