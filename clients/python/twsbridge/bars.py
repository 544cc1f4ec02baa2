"""Historical bars as the client gives them: a sequence, a DataFrame, a chart."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Literal, NamedTuple, TypedDict, overload
from zoneinfo import ZoneInfo

from twsbridge.channel import build
from twsbridge.notation import contract_text
from twsbridge.protocol.columns import unpack_floats, unpack_ints
from twsbridge.protocol.commands import GetBars
from twsbridge.protocol.models import Contract
from twsbridge.protocol.replies import Bars as BarColumns
from twsbridge.protocol.replies import BarsPart, BarsProgress
from twsbridge.records import cell
from twsbridge.rows import html_table, text_table
from twsbridge.times import to_datetime, to_micros

if TYPE_CHECKING:
    import pandas
    from matplotlib.figure import Figure

ENDS_SHOWN = 5
SECONDS, LONG_SECONDS = 60.0, 3600.0
COLUMNS = ["Date", "Open", "High", "Low", "Close", "Volume", "Wap", "Count"]


class BarOptions(TypedDict, total=False):
    """What `bars` may be told besides. `end` None means now; a datetime without a zone is local time.

    `start` in place of a duration: all bars that begin from then on, however many. `progress` is called now and then
    while the bridge fetches them. With priority "bulk" everybody else goes first. Without a `timeout` bars may take
    a minute; from a `start` on, or with `progress`, an hour.
    """

    what_to_show: Literal["TRADES", "MIDPOINT", "BID", "ASK", "BID_ASK", "ADJUSTED_LAST"]
    use_rth: bool
    start: datetime | None
    end: datetime | None
    progress: Callable[[BarsProgress], None] | None
    priority: Literal["interactive", "bulk"]
    timeout: float | None


class Bar(NamedTuple):
    """One bar: its start in the exchange's zone, or its date. None where this kind of bar has no such value."""

    time: datetime | date
    open: float
    high: float
    low: float
    close: float
    volume: float | None
    wap: float | None
    bar_count: int | None


class Bars(Sequence[Bar]):
    """Bars, oldest first. `.df` is a DataFrame, `.plot(title)` a chart; `columns` are the packed arrays."""

    def __init__(self, columns: BarColumns) -> None:
        self.columns = columns
        self._bars: list[Bar] | None = None

    @property
    def contract(self) -> Contract:
        """What these bars are of."""
        return self.columns.contract

    @property
    def tz(self) -> str:
        """The exchange's time zone."""
        return self.columns.tz

    @property
    def df(self) -> pandas.DataFrame:
        """Open High Low Close Volume Wap Count by Date, in the exchange's zone; needs the extra [pandas]."""
        return self.frame()

    def frame(self, tz: str | None = None) -> pandas.DataFrame:
        """The same with the times in another zone, such as "UTC"."""
        from twsbridge.dataframe import bars_frame

        return bars_frame(self.columns, tz)

    def plot(self, title: str = "", path: str | os.PathLike[str] | None = None) -> Figure:
        """Candles as a matplotlib Figure, also written to a PNG when `path` is given; needs the extra [plot]."""
        from twsbridge.charts import plot

        return plot(self.df, title or f"{contract_text(self.contract)}, {self.columns.bar_size}", path)

    def __len__(self) -> int:
        return self.columns.count

    @overload
    def __getitem__(self, index: int) -> Bar: ...
    @overload
    def __getitem__(self, index: slice) -> list[Bar]: ...
    def __getitem__(self, index: int | slice) -> Bar | list[Bar]:
        if self._bars is None:
            self._bars = _unpacked(self.columns)
        return self._bars[index]

    def __repr__(self) -> str:
        kind = f"{contract_text(self.contract)}, {self.columns.bar_size}, {self.columns.what_to_show}"
        if not len(self):
            return f"(no bars: {kind})"
        return f"{len(self)} bars: {kind}\n" + text_table(COLUMNS, self._shown(), count=0)

    def _repr_html_(self) -> str:
        return html_table(COLUMNS, self._shown(), count=0) if len(self) else f"<p>{self!r}</p>"

    def _shown(self) -> list[list[str]]:
        """The first and last bars, with a gap between them where there are more."""
        if len(self) <= 2 * ENDS_SHOWN:
            return [_cells(bar) for bar in self]
        gap = ["..."] + [""] * (len(COLUMNS) - 1)
        return [*map(_cells, self[:ENDS_SHOWN]), gap, *map(_cells, self[-ENDS_SHOWN:])]


def bars_command(contract: Contract, duration: str | None, bar_size: str, options: BarOptions) -> GetBars:
    """The command for these bars; raises InvalidRequest with the field that is wrong."""
    start, end = options.get("start"), options.get("end")
    return build(
        GetBars,
        contract=contract,
        duration=duration,
        bar_size=bar_size,
        what_to_show=options.get("what_to_show", "TRADES"),
        use_rth=options.get("use_rth", True),
        start_us=None if start is None else to_micros(start),
        end_us=None if end is None else to_micros(end),
        progress=options.get("progress") is not None,
        priority=options.get("priority", "interactive"),
    )


def patience(options: BarOptions, timeout: float) -> float:
    """How many seconds the bars may take; `timeout` is that of the client."""
    if (own := options.get("timeout")) is not None:
        return own
    is_long = options.get("start") is not None or options.get("progress") is not None
    return max(timeout, LONG_SECONDS if is_long else SECONDS)


def progress_heard(options: BarOptions) -> Callable[[object], None] | None:
    """What to call with each part of the reply, if anything."""
    tell = options.get("progress")
    return None if tell is None else partial(_hear, tell)


def _hear(tell: Callable[[BarsProgress], None], body: object) -> None:
    """The bars themselves come in parts too: those say nothing of progress."""
    if isinstance(body, dict) and set(body) == {"progress"}:
        tell(BarsPart.model_validate(body).progress)


def _unpacked(columns: BarColumns) -> list[Bar]:
    times: Sequence[datetime | date]
    if columns.dates is not None:
        times = [date.fromisoformat(day) for day in columns.dates]
    else:
        zone = ZoneInfo(columns.tz or "UTC")
        times = [to_datetime(us).astimezone(zone) for us in unpack_ints(columns.i64["time_us"])]
    prices = [unpack_floats(columns.f64[name]) for name in ("open", "high", "low", "close", "volume", "wap")]
    counts = unpack_ints(columns.i64["bar_count"])
    return [_bar(values) for values in zip(times, *prices, counts, strict=True)]


def _bar(values: tuple[datetime | date, float, float, float, float, float, float, int]) -> Bar:
    """TWS writes -1 where a kind of bar has no volume, average or count."""
    bar = Bar(*values)
    return bar if values[-1] >= 0 else bar._replace(volume=None, wap=None, bar_count=None)


def _cells(bar: Bar) -> list[str]:
    when = f"{bar.time:%Y-%m-%d %H:%M}" if isinstance(bar.time, datetime) else f"{bar.time:%Y-%m-%d}"
    return [when, *(cell(value) for value in bar[1:])]
