"""Bars as columns: how they are cut, joined and packed. A block is what one answer of TWS told of a span of time."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from twsbridge_server.core.stream_inputs import BarRow

INTEGERS = ("time_us", "bar_count")
PRICES = ("open", "high", "low", "close", "volume", "wap")
COLUMNS = (*INTEGERS, *PRICES)

Columns = dict[str, Any]
"""Name -> array, of int64 for INTEGERS, of float64 for PRICES, all of one length and ordered by time_us."""


class SeriesKey(NamedTuple):
    """Which bars: equal keys mean the same bars for everybody."""

    con_id: int
    exchange: str
    bar_size: str
    what_to_show: str
    use_rth: bool


@dataclass(frozen=True, slots=True)
class Block:
    """All bars that begin in [start_us, end_us), and where they come from: asked of which TWS, and when."""

    start_us: int
    end_us: int
    columns: Columns
    fetched_us: int
    server_version: int

    def __len__(self) -> int:
        return len(self.columns["time_us"])

    def cut(self, start_us: int, end_us: int) -> Block:
        """What of this lies in [start_us, end_us)."""
        start, end = max(start_us, self.start_us), min(end_us, self.end_us)
        times: Sequence[int] = self.columns["time_us"]
        rows = slice(bisect_left(times, start), bisect_left(times, end))
        columns = self.columns if rows == slice(0, len(times)) else {n: c[rows] for n, c in self.columns.items()}
        return Block(start, end, columns, self.fetched_us, self.server_version)


def to_columns(rows: Iterable[BarRow], time_of: Callable[[str], int]) -> Columns:
    """TWS's bars as columns, each time once; `time_of` reads a date and raises ValueError."""
    by_time = {time_of(row.date): row for row in rows}
    times = sorted(by_time)
    bars = [by_time[time] for time in times]
    columns: Columns = {"time_us": array("q", times), "bar_count": array("q", [bar.bar_count for bar in bars])}
    for name in PRICES:
        columns[name] = array("d", [getattr(bar, name) for bar in bars])
    return columns


def joined(blocks: Iterable[Block]) -> Columns:
    """The bars of several blocks that do not overlap, oldest first."""
    columns: Columns = {name: array("q" if name in INTEGERS else "d") for name in COLUMNS}
    for block in blocks:
        for name, column in columns.items():
            column.extend(block.columns[name])
    return columns
