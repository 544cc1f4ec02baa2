"""The table of a run, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from tests.benchmarks.arena import CONTENDERS, DIRECT
from tests.benchmarks.measures import BRIDGED, Row


def as_json(rows: Sequence[Row]) -> str:
    """A list of rows: name, unit, medians and ratios."""
    return json.dumps([row._asdict() for row in rows], indent=2)


def show(rows: Sequence[Row], console: Console) -> None:
    """Print the table. A ratio is a way over the bridge divided by a direct connection."""
    table = Table("measure", "unit", title="Medians, and ratios of ways over the bridge to direct connections")
    for name in CONTENDERS:
        table.add_column(name, justify="right")
    for over_bridge in BRIDGED:
        for direct in DIRECT:
            table.add_column(f"{over_bridge} : {direct}", justify="right", style="bold")
    for row in rows:
        figures = [_short(row.medians[name]) for name in CONTENDERS]
        ratios = [f"{row.ratios[over][direct]:.2f}" for over in BRIDGED for direct in DIRECT]
        table.add_row(row.name, row.unit, *figures, *ratios)
    console.print(table)


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"
