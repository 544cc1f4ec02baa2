"""Commands that go on until Ctrl-C: what comes, what becomes of the line beside it, and tables that stay in place."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any, Protocol, TypeVar

import typer

from twsbridge.cli.output import Printer, Record, note
from twsbridge.times import clock

if TYPE_CHECKING:
    from twsbridge.row_stream import RowStream

T = TypeVar("T")

LOOK_S = 0.25
"""How often a stream is looked at that brings nothing, for the state of its line."""

Follow = Annotated[bool, typer.Option("--follow", "-f", help="Go on with every change until Ctrl-C.")]
Count = Annotated[int | None, typer.Option("--count", "-n", help="End after so many.", min=1)]


class Show(Protocol):
    """Puts these rows in the place of those before."""

    def __call__(self, records: Sequence[Record], columns: Sequence[str]) -> None:
        """Show them now."""


def told(stream: RowStream[T], count: int | None = None) -> Iterator[T]:
    """What a stream brings, `count` items at most; a line that is held back, delayed, stale or live is noted on stderr.

    Raises the reason when the line has ended.
    """
    return islice(_noted(stream), count)


def _noted(stream: RowStream[T]) -> Iterator[T]:
    known = ("live", "")
    while True:
        item = stream.next(LOOK_S)
        now = (stream.state, _reason(stream))
        if now != known and (stream.state != "waiting" or stream.held):
            note(": ".join(filter(None, (f"{stream.topic} is {now[0]}", now[1]))))
            known = now
        if item is not None:
            yield item


def _reason(stream: RowStream[T]) -> str:
    if stream.held:
        return f"until {clock(stream.held.until_us)}, {stream.held.reason}"
    return stream.gap.reason if stream.gap else ""


@contextmanager
def in_place(printer: Printer) -> Iterator[Show | None]:
    """A way to show a table again and again in one place; None where the output is no terminal, or not for people."""
    if not (printer.is_for_people and sys.stdout.isatty()):
        yield None
        return
    from rich.console import Console
    from rich.live import Live

    from twsbridge.cli.tables import table_of

    console = Console(highlight=False, markup=False)

    def show(records: Sequence[Record], columns: Sequence[str]) -> None:
        live.update(table_of(records, columns, console.width), refresh=True)

    with Live(console=console, auto_refresh=False) as live:
        yield show


def line_of(record: Record, columns: Sequence[str]) -> str:
    """A row as a line for people."""
    from twsbridge.records import cell

    parts: dict[str, Any] = {name: cell(record.get(name)) for name in columns}
    return "  ".join(f"{name.replace('_', ' ')} {text}" for name, text in parts.items() if text)
