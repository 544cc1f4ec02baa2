"""What the demo shows while it runs: a line for everything that happens, coloured on a terminal, plain elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.text import Text

DIRECTOR = "demo"
NAME_WIDTH = 11
COLOURS = ("cyan", "magenta", "green", "blue", "yellow")


class Screen:
    """Prints who said what and when; on a terminal, one line of counters stays at the bottom."""

    def __init__(self, console: Console, live: Live | None) -> None:
        self._console = console
        self._live = live
        self._began = time.monotonic()
        self._colours: dict[str, str] = {DIRECTOR: "bold"}

    @property
    def seconds(self) -> float:
        """Since the beginning."""
        return time.monotonic() - self._began

    def say(self, text: str) -> None:
        """Tell what happens now."""
        self.line(DIRECTOR, text)

    def line(self, name: str, text: str) -> None:
        """One line that a program printed."""
        colour = self._colours.setdefault(name, COLOURS[len(self._colours) % len(COLOURS)])
        self._console.print(Text.assemble((f"{self.seconds:5.1f} s  ", "dim"), (f"{name:<{NAME_WIDTH}}", colour), text))

    def count(self, counters: str) -> None:
        """Renew the line of counters."""
        if self._live:
            self._live.update(Text(f"{self.seconds:5.1f} s  {counters}", "reverse"), refresh=True)


@contextmanager
def screen() -> Iterator[Screen]:
    """A screen for the stdout that there is."""
    console = Console(highlight=False, soft_wrap=True)
    if not console.is_terminal:
        yield Screen(console, None)
        return
    with Live(console=console, auto_refresh=False, transient=True) as live:
        yield Screen(console, live)
