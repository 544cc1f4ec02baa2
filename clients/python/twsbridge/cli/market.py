"""`twsbridge history` and `twsbridge quote`: prices of the past and of now."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypedDict, Unpack

import typer

from twsbridge.cli.asking import Asking, asks
from twsbridge.cli.output import Record, note, write_csv

if TYPE_CHECKING:
    from twsbridge.bars import Bars
    from twsbridge.quote import Quote

BAR_COLUMNS = ("time", "open", "high", "low", "close", "volume", "wap", "bar_count")
QUOTE_COLUMNS = ("contract", "bid", "ask", "last", "bid_size", "ask_size", "volume", "state", "time")
ENDS_SHOWN = 10

CONTRACT = "AAPL, CSH2@LSE/GBP, EUR.USD, 'ES 202612@CME', an OCC option code or conid:265598"
Symbol = Annotated[str, typer.Argument(help=CONTRACT)]
Symbols = Annotated[list[str], typer.Argument(help=f"{CONTRACT}; several are asked for at once.")]
WhatToShow = Literal["TRADES", "MIDPOINT", "BID", "ASK", "BID_ASK", "ADJUSTED_LAST"]


class HistoryOptions(TypedDict, total=False):
    """Which bars, and where to put them."""

    duration: Annotated[str | None, typer.Option("--duration", "-d", help='"30 D", "3 M", "1 Y". Default "30 D"')]
    bar_size: Annotated[str | None, typer.Option("--bar-size", "-s", help='"5 mins", "1 hour". Default "1 day"')]
    what: Annotated[WhatToShow | None, typer.Option("--what", help="Default TRADES, for currencies MIDPOINT.")]
    all_hours: Annotated[bool, typer.Option("--all-hours", help="Also outside of regular trading hours.")]
    end: Annotated[datetime | None, typer.Option("--end", help="Last moment, in local time. Default: now")]
    csv: Annotated[Path | None, typer.Option("--csv", help="Write the bars into this file.", metavar="FILE")]
    plot: Annotated[Path | None, typer.Option("--plot", help="Draw a chart into this PNG.", metavar="FILE")]


@asks
def history(asking: Asking, symbol: Symbol, **options: Unpack[HistoryOptions]) -> None:
    """Show historical bars, or write them as CSV or as a chart."""
    from twsbridge.notation import parse_contract

    contract = parse_contract(symbol)
    bars = asking.client.bars(
        contract,
        options["duration"] or "30 D",
        options["bar_size"] or "1 day",
        what_to_show=options["what"] or ("MIDPOINT" if contract.sec_type == "CASH" else "TRADES"),
        use_rth=not options["all_hours"],
        end=options["end"],
    )
    if file := options["csv"]:
        write_csv(str(file), [BAR_COLUMNS, *bars])
        note(f"{len(bars)} bars written to {file}")
    if picture := options["plot"]:
        bars.plot(path=picture)
        note(f"Chart of {len(bars)} bars written to {picture}")
    if not file and not picture:
        _print_bars(asking, bars)


def _print_bars(asking: Asking, bars: Bars) -> None:
    """All of them for a program; for people only the first and the last."""
    records = [bar._asdict() for bar in bars]
    if asking.printer.is_for_people:
        if len(bars) > 2 * ENDS_SHOWN:
            note(f"{len(bars)} bars, the first and last {ENDS_SHOWN} of them; -o csv prints all.")
            records = records[:ENDS_SHOWN] + records[-ENDS_SHOWN:]
        records = [{**record, "time": _start(record["time"])} for record in records]
    asking.printer.records(records, BAR_COLUMNS, "TWS has no bars of that time.")


def _start(time: datetime | date) -> str:
    """The start of a bar, in the exchange's zone."""
    return f"{time:%Y-%m-%d %H:%M %Z}" if isinstance(time, datetime) else f"{time}"


@asks
def quote(
    asking: Asking,
    symbols: Symbols,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with every change until Ctrl-C.")] = False,
) -> None:
    """Show bid, ask and last as they are now, or as they change."""
    if follow:
        with asking.client.ticks(*symbols) as ticks:
            for each in filter(lambda quote: quote.values or quote.state != "waiting", ticks):
                asking.printer.one(_record(each), QUOTE_COLUMNS, _text(each))
        return
    answers = _quotes(asking, symbols)
    found = [_record(answer) for answer in answers if not isinstance(answer, Exception)]
    failed = [answer for answer in answers if isinstance(answer, Exception)]
    if found or not failed:
        asking.printer.records(found, QUOTE_COLUMNS, "")
    for error in failed[1:]:
        note(f"twsbridge: {error}")
    if failed:
        raise failed[0]


def _quotes(asking: Asking, symbols: list[str]) -> list[Quote | Exception]:
    """A quote or what went wrong, for each symbol; one that has no market does not hold up the others."""
    client = asking.client

    def ask(symbol: str) -> Quote | Exception:
        try:
            return client.quote(symbol)
        except Exception as error:
            return error

    with ThreadPoolExecutor(max_workers=16) as pool:
        return list(pool.map(ask, symbols))


def _record(quote: Quote) -> Record:
    from twsbridge.notation import contract_text

    values: dict[str, Any] = {name: getattr(quote, name) for name in QUOTE_COLUMNS[1:]}
    return {"contract": contract_text(quote.contract), **values}


def _text(quote: Quote) -> str:
    from twsbridge.records import cell

    told = _record(quote)
    prices = "  ".join(f"{name} {cell(told[name]):>8}" for name in ("bid", "ask", "last"))
    state = "" if quote.state == "live" else f"  {quote.state}"
    return f"{quote.time.astimezone():%H:%M:%S}  {told['contract']:<12} {prices}{state}"
