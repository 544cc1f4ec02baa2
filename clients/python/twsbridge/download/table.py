"""Bars on their way to a file and back: columns that any format can hold."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from twsbridge.protocol.columns import pack_floats, pack_ints, unpack_floats, unpack_ints
from twsbridge.protocol.replies import Bars
from twsbridge.times import to_datetime, to_micros

FLOATS = ("open", "high", "low", "close", "volume", "wap")
OPTIONAL = frozenset({"volume", "wap", "bar_count"})
"""What some kinds of bars do not have. TWS writes -1 for it, files leave it empty."""

MISSING = -1


@dataclass(frozen=True, slots=True)
class Table:
    """Equally long columns, oldest first. `places` are microseconds UTC, for bars with dates of midnight UTC."""

    is_dated: bool
    places: list[int]
    floats: dict[str, list[float]]
    counts: list[int]

    def __len__(self) -> int:
        return len(self.places)

    def cut(self, start: int, end: int) -> Table:
        """The bars that stand in [start, end)."""
        rows = slice(bisect_left(self.places, start), bisect_left(self.places, end))
        floats = {name: column[rows] for name, column in self.floats.items()}
        return Table(self.is_dated, self.places[rows], floats, self.counts[rows])

    @property
    def has_volume(self) -> bool:
        """Whether this kind of bar has volume, average and count."""
        return any(count != MISSING for count in self.counts)

    def times(self) -> Sequence[date | datetime]:
        """Dates, or instants UTC."""
        instants = [to_datetime(place) for place in self.places]
        return [instant.date() for instant in instants] if self.is_dated else instants


def table_of(bars: Bars) -> Table:
    """The columns of an answer of the bridge."""
    if bars.dates is not None:
        places = [_place(day) for day in bars.dates]
    else:
        places = unpack_ints(bars.i64["time_us"])
    floats = {name: unpack_floats(bars.f64[name]) for name in FLOATS}
    return Table(bars.dates is not None, places, floats, unpack_ints(bars.i64["bar_count"]))


def joined(tables: Sequence[Table], is_dated: bool) -> Table:
    """Several tables, which follow one another, as one."""
    floats = {name: [value for table in tables for value in table.floats[name]] for name in FLOATS}
    counts = [count for table in tables for count in table.counts]
    return Table(is_dated, [place for table in tables for place in table.places], floats, counts)


def packed(table: Table) -> dict[str, object]:
    """The columns as the wire has them: fields of `Bars`."""
    ints = {"bar_count": pack_ints(table.counts)}
    return {
        "count": len(table),
        "dates": [time.isoformat() for time in table.times()] if table.is_dated else None,
        "i64": ints if table.is_dated else {"time_us": pack_ints(table.places), **ints},
        "f64": {name: pack_floats(column) for name, column in table.floats.items()},
    }


def _place(day: str) -> int:
    return to_micros(datetime.fromisoformat(f"{day}T00:00:00+00:00"))
