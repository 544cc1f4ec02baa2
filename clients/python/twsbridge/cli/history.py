"""`twsbridge history`: bars of the past, shown or written."""

from __future__ import annotations

import json
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypedDict, Unpack

import typer

from twsbridge.cli.asking import Asking, asks
from twsbridge.cli.bar_sizes import bar_size
from twsbridge.cli.exit_codes import ExitCode
from twsbridge.cli.failures import Failure
from twsbridge.cli.following import line_of, told
from twsbridge.cli.instants import instant, zone
from twsbridge.cli.market import Symbol
from twsbridge.cli.output import Record, note, plain, write_csv
from twsbridge.cli.pace import Show, pace, span_text

if TYPE_CHECKING:
    from twsbridge.bars import BarOptions, Bars
    from twsbridge.protocol.models import Contract
    from twsbridge.protocol.replies import BarsProgress

BAR_COLUMNS = ("time", "open", "high", "low", "close", "volume", "wap", "bar_count")
ENDS_SHOWN = 10

WhatToShow = Literal["TRADES", "MIDPOINT", "BID", "ASK", "BID_ASK", "ADJUSTED_LAST"]

FOLLOWED: dict[str, Literal["TRADES", "MIDPOINT", "BID", "ASK"]] = {
    "TRADES": "TRADES", "MIDPOINT": "MIDPOINT", "BID": "BID", "ASK": "ASK",
}  # fmt: skip
"""Bars that TWS keeps up to date."""


class HistoryOptions(TypedDict, total=False):
    """Which bars, and where to put them."""

    duration: Annotated[str | None, typer.Option("--duration", "-d", help='"30 D", "3 M", "1 Y". Default "30 D"')]
    bar: Annotated[str | None, typer.Option("--bar", "-b", "--bar-size", help='"5m", "1h" or "1 hour". Default "1d"')]
    since: Annotated[
        str | None, typer.Option("--from", help="In place of a duration: a day or an instant, however long ago.")
    ]
    until: Annotated[str | None, typer.Option("--to", help="Last day, or last instant. Default: now")]
    tz: Annotated[str | None, typer.Option("--tz", help="Zone of --from, --to and the answer. Default: the exchange's")]
    what: Annotated[WhatToShow | None, typer.Option("--what", help="Default TRADES, for currencies MIDPOINT.")]
    all_hours: Annotated[bool, typer.Option("--all-hours", help="Also outside of regular trading hours.")]
    csv: Annotated[Path | None, typer.Option("--csv", help="Write the bars into this file.", metavar="FILE")]
    json: Annotated[Path | None, typer.Option("--json", help="The same as JSON.", metavar="FILE")]
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Then the last bar as it grows, until Ctrl-C.")]
    plot: Annotated[Path | None, typer.Option("--plot", help="Draw a chart into this PNG.", metavar="FILE")]


@asks
def history(asking: Asking, symbol: Symbol, **options: Unpack[HistoryOptions]) -> None:
    """Show historical bars, or write them as CSV, JSON or a chart. Ctrl-C cancels."""
    from twsbridge.notation import parse_contract

    if options["duration"] and options["since"]:
        raise Failure("Give --duration or --from, not both", ExitCode.USAGE)
    contract = parse_contract(symbol)
    size = bar_size(options["bar"] or "1d")
    if options["follow"]:
        _follow(asking, contract, size, options)
        return
    duration = None if options["since"] else options["duration"] or "30 D"
    wanted = _wanted(asking, contract, options)
    with pace() as show:
        wanted["progress"] = partial(_tell, show)
        bars = asking.client.bars(contract, duration, size, **wanted)
    records = _records(bars, options["tz"])
    if file := options["csv"]:
        write_csv(str(file), [BAR_COLUMNS, *(list(record.values()) for record in records)])
        note(f"{len(bars)} bars written to {file}")
    if file := options["json"]:
        file.write_text(json.dumps([plain(record) for record in records], indent=1) + "\n", encoding="utf-8")
        note(f"{len(bars)} bars written to {file}")
    if picture := options["plot"]:
        bars.plot(path=picture)
        note(f"Chart of {len(bars)} bars written to {picture}")
    if not (options["csv"] or options["json"] or options["plot"]):
        _print(asking, records)


def _follow(asking: Asking, contract: Contract, size: str, options: HistoryOptions) -> None:
    """Bars of the duration, then the last one again and again, and the next."""
    unfit = [f"--{name}" for name in ("csv", "json", "plot") if options[name]]
    unfit += [f"--{name}" for name, given in (("from", options["since"]), ("to", options["until"])) if given]
    if unfit:
        raise Failure(f"--follow goes on from now and prints: it does not go with {', '.join(unfit)}", ExitCode.USAGE)
    what = FOLLOWED.get(options["what"] or ("MIDPOINT" if contract.sec_type == "CASH" else "TRADES"))
    if what is None:
        raise Failure(f"TWS goes on with {', '.join(FOLLOWED)} only", ExitCode.USAGE)
    live = asking.client.live_bars(contract, options["duration"] or "1 D", size, what, not options["all_hours"])
    with live as stream:
        for bar in told(stream):
            record: Record = bar._asdict()
            asking.printer.one(record, BAR_COLUMNS, line_of({**record, "time": _start(bar.time)}, BAR_COLUMNS))


def _wanted(asking: Asking, contract: Contract, options: HistoryOptions) -> BarOptions:
    """The range and the kind of bars."""
    wanted: BarOptions = {
        "what_to_show": options["what"] or ("MIDPOINT" if contract.sec_type == "CASH" else "TRADES"),
        "use_rth": not options["all_hours"],
        "timeout": asking.given_timeout,
    }
    since, until = options["since"], options["until"]
    if since or until:
        where = zone("--tz", options["tz"] or asking.client.contract(contract)[0].time_zone_id or "UTC")
        if since:
            wanted["start"] = instant("--from", since, where)
        if until:
            wanted["end"] = instant("--to", until, where, is_end=True)
    return wanted


def _tell(show: Show, news: BarsProgress) -> None:
    left = "" if news.left_us is None else f"about {span_text(news.left_us / 1e6)} left, "
    show(news.done, f"{left}{news.requests} requests to TWS")


def _records(bars: Bars, tz: str | None) -> list[Record]:
    records = [bar._asdict() for bar in bars]
    if tz and bars.columns.dates is None:
        where = zone("--tz", tz)
        records = [{**record, "time": record["time"].astimezone(where)} for record in records]
    return records


def _print(asking: Asking, records: list[Record]) -> None:
    """All of them for a program; for people only the first and the last."""
    if asking.printer.is_for_people:
        if len(records) > 2 * ENDS_SHOWN:
            note(f"{len(records)} bars, the first and last {ENDS_SHOWN} of them; -o csv prints all.")
            records = records[:ENDS_SHOWN] + records[-ENDS_SHOWN:]
        records = [{**record, "time": _start(record["time"])} for record in records]
    asking.printer.records(records, BAR_COLUMNS, "TWS has no bars of that time.")


def _start(time: datetime | date) -> str:
    """The start of a bar, with its zone."""
    return f"{time:%Y-%m-%d %H:%M %Z}" if isinstance(time, datetime) else f"{time}"
