"""`twsbridge watch`, `depth` and `ticks`: the market as it moves."""

from __future__ import annotations

from itertools import islice, zip_longest
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from twsbridge.cli.asking import Asking, asks
from twsbridge.cli.following import Count, Show, in_place, line_of, told
from twsbridge.cli.market import QUOTE_COLUMNS, Symbol, Symbols, quote_record, quote_text
from twsbridge.cli.output import Record

if TYPE_CHECKING:
    from twsbridge.order_book import Level, OrderBook
    from twsbridge.ticks import TickStream

WATCHED = ("contract", "bid", "ask", "last", "state", "bid_size", "ask_size", "volume", "time")
BEST = ("bid_size", "bid", "ask", "ask_size")
LEVELS = ("bid_maker", "bid_size", "bid", "ask", "ask_size", "ask_maker")

What = Literal["AllLast", "Last", "BidAsk", "MidPoint"]
Pace = Annotated[int, typer.Option("--every", help="Milliseconds between two looks.", min=50, max=3_600_000)]


@asks
def watch(asking: Asking, symbols: Symbols, every: Pace = 250, count: Count = None) -> None:
    """Watch prices move: a table that stays in place on a terminal, elsewhere a line for each change."""
    with asking.client.ticks(*symbols, every_ms=every) as ticks, in_place(asking.printer) as show:
        if show is not None:
            _show_quotes(ticks, show, count)
            return
        for each in islice(ticks, count):
            asking.printer.one(quote_record(each), QUOTE_COLUMNS, quote_text(each))


@asks
def depth(
    asking: Asking,
    symbol: Symbol,
    rows: Annotated[int, typer.Option(help="How deep.", min=1, max=60)] = 10,
    smart: Annotated[bool, typer.Option("--smart", help="The books of all exchanges as one.")] = False,
    count: Count = None,
) -> None:
    """Watch an order book: whole on a terminal, elsewhere the best of each side (JSON has all of it)."""
    with asking.client.depth(symbol, rows, smart, every_ms=100) as books, in_place(asking.printer) as show:
        for book in told(books, count):
            if show is not None:
                show([_level(*pair) for pair in zip_longest(book.bids, book.asks)], LEVELS)
            else:
                record = _best(book)
                asking.printer.one(record, BEST, line_of(record, BEST))


@asks
def ticks(
    asking: Asking,
    symbol: Symbol,
    what: Annotated[What, typer.Option("--what", help="Trades (AllLast, Last) or quotes.")] = "AllLast",
    count: Count = None,
) -> None:
    """Show every single trade or quote; TWS allows few contracts at a time."""
    from twsbridge.times import to_datetime

    with asking.client.tick_by_tick(symbol, what) as stream:
        for row in told(stream, count):
            record = {"time": to_datetime(row.time_us), **row._asdict()}
            del record["time_us"]
            asking.printer.one(record, tuple(record), line_of(record, tuple(record)))


def _show_quotes(ticks: TickStream, show: Show, count: int | None) -> None:
    """Again and again all that is there, whole."""
    for _ in islice(ticks, count):
        show([quote_record(quote) for quote in ticks.quotes], WATCHED)


def _best(book: OrderBook) -> Record:
    """The best of each side, and all levels."""
    record: Record = {}
    for side, levels in (("bid", book.bids), ("ask", book.asks)):
        if levels:
            record |= {side: levels[0].price, f"{side}_size": levels[0].size}
        record[f"{side}s"] = [[level.price, f"{level.size:f}", level.market_maker] for level in levels]
    return record


def _level(bid: Level | None, ask: Level | None) -> Record:
    """One row of both sides; a side may be shorter."""
    record: Record = {}
    for side, level in (("bid", bid), ("ask", ask)):
        if level is not None:
            record |= {side: level.price, f"{side}_size": level.size, f"{side}_maker": level.market_maker}
    return record
