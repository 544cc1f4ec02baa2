"""How far something long is, on stderr: a bar on a terminal, a line every few seconds elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from twsbridge.cli.output import note

LINE_S = 10.0
SLOW_S = 2.0
"""What is done sooner needs no progress."""

Show = Callable[[float, str], None]
"""Gets the share that is done, from 0 to 1, and a few words."""


@contextmanager
def pace(line_s: float = LINE_S) -> Iterator[Show]:
    """Something to tell the progress to; it is shown until the block ends."""
    if not sys.stderr.isatty():
        yield _lines(line_s)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    columns = (BarColumn(), TaskProgressColumn(), TextColumn("{task.description}", markup=False))
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=1.0)
        yield lambda share, words: progress.update(task, completed=share, description=words)


def span_text(seconds: float) -> str:
    """A duration for people: 40 s, 12 min, 3.5 h."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _lines(line_s: float) -> Show:
    told = time.monotonic() + SLOW_S - line_s

    def show(share: float, words: str) -> None:
        nonlocal told
        if time.monotonic() - told >= line_s:
            told = time.monotonic()
            note(f"{share:4.0%}  {words}")

    return show
