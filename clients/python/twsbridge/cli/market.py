"""`twsbridge quote`: prices of now."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Annotated, Any

import typer

from twsbridge.cli.asking import Asking, asks
from twsbridge.cli.following import Follow
from twsbridge.cli.output import Record, note

if TYPE_CHECKING:
    from twsbridge.quote import Quote

QUOTE_COLUMNS = ("contract", "bid", "ask", "last", "bid_size", "ask_size", "volume", "state", "time")

CONTRACT = "AAPL, CSH2@LSE/GBP, EUR.USD, 'ES 202612@CME', an OCC option code or conid:265598"
Symbol = Annotated[str, typer.Argument(help=CONTRACT)]
Symbols = Annotated[list[str], typer.Argument(help=f"{CONTRACT}; several are asked for at once.")]


@asks
def quote(
    asking: Asking,
    symbols: Symbols,
    follow: Follow = False,
) -> None:
    """Show bid, ask and last as they are now, or as they change."""
    if follow:
        with asking.client.ticks(*symbols) as ticks:
            for each in filter(lambda quote: quote.values or quote.state != "waiting", ticks):
                asking.printer.one(quote_record(each), QUOTE_COLUMNS, quote_text(each))
        return
    answers = _quotes(asking, symbols)
    found = [quote_record(answer) for answer in answers if not isinstance(answer, Exception)]
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


def quote_record(quote: Quote) -> Record:
    """A quote as a row."""
    from twsbridge.notation import contract_text

    values: dict[str, Any] = {name: getattr(quote, name) for name in QUOTE_COLUMNS[1:]}
    return {"contract": contract_text(quote.contract), **values}


def quote_text(quote: Quote) -> str:
    """A quote as a line for people; a state other than live stands at its end."""
    from twsbridge.records import cell

    told = quote_record(quote)
    prices = "  ".join(f"{name} {cell(told[name]):>8}" for name in ("bid", "ask", "last"))
    state = "" if quote.state == "live" else f"  {quote.state}"
    return f"{quote.time.astimezone():%H:%M:%S}  {told['contract']:<12} {prices}{state}"
