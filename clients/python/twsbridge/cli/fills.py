"""`twsbridge fills`: fills of all programs, from a cursor on, into a terminal, a pipe or a file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twsbridge.cli.asking import Asking, asks
from twsbridge.cli.following import Follow
from twsbridge.cli.output import note

if TYPE_CHECKING:
    from twsbridge.fills import Fill

Since = Annotated[str, typer.Option(help="today, now, all, a date and time, or the cursor of an earlier run.")]
CsvFile = Annotated[
    Path | None,
    typer.Option("--csv", metavar="FILE", help="Write them into this file, each once, however often this is started."),
]


@asks
def fills(asking: Asking, follow: Follow = False, since: Since = "today", csv: CsvFile = None) -> None:
    """Show the fills of every program and of orders placed by hand.

    The cursor printed at the end is what --since takes to go on from there.
    A --csv file holds its own cursor: started again, this goes on where the
    file ends, and --since counts for a new file only.
    """
    from twsbridge.csv_log import csv_fills
    from twsbridge.rows import Rows

    start = None if since == "all" else since
    if csv is not None:
        _print_each(asking, csv_fills(csv, asking.client, start, follow=follow))
        return
    source = asking.client.fills(start, follow=follow)
    try:
        if follow:
            _print_each(asking, source)
        else:
            asking.printer.rows(Rows(source), "Fill", f"No fills since {since}.")
    finally:
        note(f"cursor {source.cursor}")


def _print_each(asking: Asking, fills: Iterable[Fill]) -> None:
    from twsbridge.records import TABLE_COLUMNS, record

    for fill in fills:
        asking.printer.one(record(fill), TABLE_COLUMNS["Fill"], str(fill))
