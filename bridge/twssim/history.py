"""Historical bars as TWS answers reqHistoricalData, drawn from the same paths as the quotes.

Weekends and holidays have no bars, in either calendar mode. The last bar is partial if the request
ends within it; one that ends now contains the current quote. Bars of different sizes agree to the
tick, because all come from the same cells.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import floor, nextafter

from twssim.calendar import Calendar, local_date
from twssim.cell import Cell, merge
from twssim.contracts import Instrument
from twssim.grid import Grid
from twssim.history_request import (
    BAR_SECONDS,
    TRADES,
    HistoryError,
    HistoryRequest,
    check,
    check_span,
    no_bars,
)
from twssim.history_windows import Window, cut, periods, reach, windows_back
from twssim.listing import Listing
from twssim.market import Market

__all__ = ["Bar", "HistoryError", "HistoryRequest", "historical_bars"]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; `time` is where it begins in epoch seconds, `date` is None within a day.

    A week or a month has the date of its last session. Without trades (MIDPOINT, BID, ASK,
    BID_ASK) volume, wap and count are -1, as TWS sends them.
    """

    time: float
    date: date | None
    open: float
    high: float
    low: float
    close: float
    volume: Decimal
    wap: Decimal
    count: int


def historical_bars(market: Market, calendar: Calendar, instrument: Instrument, request: HistoryRequest) -> list[Bar]:
    """The bars of a request, oldest first, at least one; HistoryError says what TWS would."""
    duration = check(instrument, request)
    end = _end(request)
    windows = windows_back(calendar, instrument, end, request.use_rth)
    reached = reach(windows, duration, local_date(instrument, end))
    if not reached.windows:
        raise no_bars(instrument, request)
    listing, kind = market.listing(instrument.con_id), request.what_to_show
    seconds = BAR_SECONDS.get(request.bar_size)
    if seconds:
        check_span(instrument, request, reached.seconds())
        return [bar(listing, kind, None, [window]) for window in cut(instrument, reached, seconds)]
    groups = periods(calendar, instrument, reached.windows, request.bar_size)
    return [bar(listing, kind, group[-1].date, group) for group in groups]


def _end(request: HistoryRequest) -> float:
    """Where the bars end: what is asked for, or the end of the current quarter of a second."""
    return request.end if request.end < request.now else (floor(request.now * 4) + 1) / 4


def bar(listing: Listing, kind: str, day: date | None, windows: list[Window]) -> Bar:
    """One bar over these windows; `day` is for bars of a day and more."""
    spans = [(window.start, nextafter(window.end, 0)) for window in windows]
    cell = merge(listing.path.span(*span) for span in spans)
    opened, high, low, closed = map(float, _PRICES[kind](listing.grid, cell))
    time = windows[0].start
    if kind not in TRADES:
        return Bar(time, day, opened, high, low, closed, Decimal(-1), Decimal(-1), -1)
    volume = sum(listing.volume.traded(*span) for span in spans)
    count = -(-volume // max(1, listing.instrument.behaviour.typical_size))
    wap = listing.grid.price(listing.grid.last(sum(cell) / 4))
    return Bar(time, day, opened, high, low, closed, Decimal(volume), wap, count)


def _trades(grid: Grid, cell: Cell) -> list[Decimal]:
    return [grid.price(grid.last(price)) for price in cell]


def _bids(grid: Grid, cell: Cell) -> list[Decimal]:
    return [grid.price(grid.bid(price)) for price in cell]


def _asks(grid: Grid, cell: Cell) -> list[Decimal]:
    return [grid.price(grid.ask(price)) for price in cell]


def _midpoints(grid: Grid, cell: Cell) -> list[Decimal]:
    return [(grid.price(grid.bid(price)) + grid.price(grid.ask(price))) / 2 for price in cell]


def _bid_ask(grid: Grid, cell: Cell) -> list[Decimal]:
    """Average bid, highest ask, lowest bid, average ask."""
    average = sum(cell) / 4
    ticks = grid.bid(average), grid.ask(cell.high), grid.bid(cell.low), grid.ask(average)
    return [grid.price(each) for each in ticks]


_PRICES: dict[str, Callable[[Grid, Cell], list[Decimal]]] = {
    "TRADES": _trades,
    "ADJUSTED_LAST": _trades,
    "BID": _bids,
    "ASK": _asks,
    "MIDPOINT": _midpoints,
    "BID_ASK": _bid_ask,
}
