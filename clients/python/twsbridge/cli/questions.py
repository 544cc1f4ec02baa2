"""`twsbridge search`, `chains`, `news`, `hours` and `whatif`: single questions to TWS."""

from __future__ import annotations

from typing import Annotated, Any, TypedDict, Unpack

import typer

from twsbridge.cli.asking import Asking, asks
from twsbridge.cli.following import Count, Follow, line_of, told
from twsbridge.cli.market import Symbol
from twsbridge.cli.orders import Action, Limit, Quantity, Stop
from twsbridge.cli.output import Record

SEARCH_COLUMNS = ("symbol", "sec_type", "primary_exchange", "currency", "con_id", "derivatives")
CHAIN_COLUMNS = ("exchange", "trading_class", "multiplier", "expirations", "first", "last", "strikes", "from", "to")
NEWS_COLUMNS = ("time", "provider", "headline", "article_id")
HOURS_COLUMNS = ("day", "open", "close")


class WhatIfOptions(TypedDict, total=False):
    """What may be said of the order; without a price it is a market order."""

    limit: Limit
    stop: Stop
    account: Annotated[str, typer.Option("--account", help="Needed when the login has several accounts.")]


@asks
def search(asking: Asking, pattern: Annotated[str, typer.Argument(help="A symbol or the name of a company.")]) -> None:
    """Find stocks by the beginning of their symbol or name."""
    found = [_match(row.contract.model_dump(), row.derivative_sec_types) for row in asking.client.search(pattern)]
    asking.printer.records(found, SEARCH_COLUMNS, "Nothing begins like that.")


@asks
def chains(asking: Asking, symbol: Symbol) -> None:
    """Show which options there are on a contract: expirations and strikes, exchange by exchange."""
    found = [
        {
            "exchange": chain.exchange,
            "trading_class": chain.trading_class,
            "multiplier": chain.multiplier,
            "expirations": len(chain.expirations),
            "first": min(chain.expirations, default=""),
            "last": max(chain.expirations, default=""),
            "strikes": len(chain.strikes),
            "from": min(chain.strikes, default=None),
            "to": max(chain.strikes, default=None),
        }
        for chain in asking.client.option_chains(symbol, timeout=asking.timeout)
    ]
    asking.printer.records(found, CHAIN_COLUMNS, "There are no options on it.")


@asks
def news(
    asking: Asking,
    symbol: Symbol,
    limit: Annotated[int, typer.Option(help="At most so many.", min=1, max=300)] = 20,
    follow: Follow = False,
    count: Count = None,
) -> None:
    """Show the latest headlines about a contract, of all providers that the login may read."""
    from twsbridge.times import to_datetime

    if follow or count:
        with asking.client.news(symbol) as stream:
            for row in told(stream, count):
                fresh = {**row._asdict(), "time": to_datetime(row.time_us)}
                asking.printer.one(fresh, NEWS_COLUMNS, line_of(fresh, NEWS_COLUMNS))
        return
    found: list[Record] = [
        {
            "time": to_datetime(row.time_us) if row.time_us is not None else None,
            "provider": row.provider_code,
            "headline": row.headline,
            "article_id": row.article_id,
        }
        for row in asking.client.headlines(symbol, limit=limit)
    ]
    asking.printer.records(found, NEWS_COLUMNS, "No headlines.")


@asks
def hours(
    asking: Asking,
    symbol: Symbol,
    duration: Annotated[str, typer.Option("--duration", "-d", help='"2 W", "1 M".')] = "2 W",
    all_hours: Annotated[bool, typer.Option("--all-hours", help="Also outside of regular trading hours.")] = False,
) -> None:
    """Show the latest trading sessions of a contract, in local time."""
    from twsbridge.times import to_datetime

    found: list[Record] = [
        {
            "day": session.ref_date,
            "open": to_datetime(session.start_us).astimezone(),
            "close": to_datetime(session.end_us).astimezone(),
        }
        for session in asking.client.schedule(symbol, duration, use_rth=not all_hours)
    ]
    asking.printer.records(found, HOURS_COLUMNS, "TWS has no sessions of that time.")


@asks
def whatif(
    asking: Asking, action: Action, quantity: Quantity, symbol: Symbol, **options: Unpack[WhatIfOptions]
) -> None:
    """Show what an order would cost in margin and commission; nothing is placed."""
    from twsbridge.orders import make_order
    from twsbridge.records import cell

    order = make_order(action, quantity, options["limit"], options["stop"], account=options["account"])
    told: dict[str, Any] = {name: value for name, value in asking.client.what_if(symbol, order) if value is not None}
    text = "\n".join(f"{name.replace('_', ' ')}: {cell(value)}" for name, value in told.items() if value != "")
    asking.printer.one(told, tuple(told), text)


def _match(contract: dict[str, Any], derivatives: list[str]) -> Record:
    return {**{name: contract[name] for name in SEARCH_COLUMNS[:-1]}, "derivatives": " ".join(derivatives)}
