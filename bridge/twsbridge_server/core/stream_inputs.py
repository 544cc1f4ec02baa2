"""What TWS says in streams, and of bars: inputs of the core like those of inputs.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from twsbridge.protocol.line_state import Rerouted, TickParameters
from twsbridge.protocol.stream_rows import StreamRow, Tick

NO_ID = -1
"""Where TWS says something that belongs to no request and no order."""


class BarRow(NamedTuple):
    """One historical bar. `date` is TWS's text: yyyymmdd, or epoch seconds for bars shorter than a day."""

    date: str
    open: float
    high: float
    low: float
    close: float
    volume: float
    wap: float
    bar_count: int


@dataclass(frozen=True, slots=True)
class HistoricalBars:
    """Bars of one message, in order."""

    req_id: int
    bars: tuple[BarRow, ...]


@dataclass(frozen=True, slots=True)
class HistoricalEnd:
    """All bars were given."""

    req_id: int


@dataclass(frozen=True, slots=True)
class HistoricalUpdate:
    """The last bar of a request that is kept up to date, as it is now, or the one after it."""

    req_id: int
    bar: BarRow


@dataclass(frozen=True, slots=True)
class MarketDataType:
    """1 live, 2 frozen, 3 delayed, 4 delayed-frozen."""

    req_id: int
    market_data_type: int


@dataclass(frozen=True, slots=True)
class AboutLine:
    """What TWS says of a line besides its rows."""

    req_id: int
    said: TickParameters | Rerouted


class Ticks(NamedTuple):
    """Ticks of one market data line, in the order in which they came. A tuple, since nothing is made more often."""

    req_id: int
    ticks: tuple[Tick, ...]


class StreamRows(NamedTuple):
    """Rows of a stream other than ticks; `whole` when they are all there are, and those before hold no more.

    IB's bulletins come without an id: `req_id` is NO_ID.
    """

    req_id: int
    rows: tuple[StreamRow, ...]
    whole: bool = False
