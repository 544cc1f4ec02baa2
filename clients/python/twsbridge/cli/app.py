"""All commands, gathered. A new group is a module beside this one and one line here."""

from __future__ import annotations

from importlib import metadata
from typing import Annotated

import typer

from twsbridge.cli import (
    audit,
    bars,
    books,
    doctor,
    download,
    drain,
    drill,
    fills,
    halt,
    history,
    holdings,
    journal,
    keys,
    market,
    orders,
    questions,
    scanning,
    serve,
    sim,
    status,
    watch,
)
from twsbridge.cli.demo import command as demo

RUN, LOOK, TRADE = "Run it", "Look", "Trade"
PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True}

app = typer.Typer(
    help="Share one Interactive Brokers login between any number of processes.",
    epilog="Exit codes: 0 done, 1 refused, 2 usage, 3 no bridge answers, 4 TWS is away, 5 not known yet, 130 Ctrl-C.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"twsbridge {metadata.version('twsbridge')}")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an unexpected error came from.")] = False,
) -> None:
    """Options before every command."""


app.command("serve", rich_help_panel=RUN)(serve.serve)
app.command("sim", rich_help_panel=RUN, add_help_option=False, context_settings=PASSED_ON)(sim.sim)
app.command("drill", rich_help_panel=RUN)(drill.drill)
app.command("demo", rich_help_panel=RUN)(demo.demo)
app.command("drain", rich_help_panel=RUN)(drain.drain)
app.add_typer(keys.app, name="keys", rich_help_panel=RUN)
app.add_typer(journal.app, name="journal", rich_help_panel=RUN)
app.add_typer(bars.app, name="bars", rich_help_panel=RUN)
app.add_typer(audit.app, name="audit", rich_help_panel=RUN)
app.command("status", rich_help_panel=LOOK)(status.status)
app.command("doctor", rich_help_panel=LOOK)(doctor.doctor)
app.command("account", rich_help_panel=LOOK)(holdings.account)
app.command("positions", rich_help_panel=LOOK)(holdings.positions)
app.command("books", rich_help_panel=LOOK)(books.books)
app.command("history", rich_help_panel=LOOK)(history.history)
app.command("download", rich_help_panel=LOOK)(download.download)
app.command("quote", rich_help_panel=LOOK)(market.quote)
app.command("watch", rich_help_panel=LOOK)(watch.watch)
app.command("depth", rich_help_panel=LOOK)(watch.depth)
app.command("ticks", rich_help_panel=LOOK)(watch.ticks)
app.command("scan", rich_help_panel=LOOK)(scanning.scan)
app.command("pnl", rich_help_panel=LOOK)(scanning.pnl)
app.command("search", rich_help_panel=LOOK)(questions.search)
app.command("chains", rich_help_panel=LOOK)(questions.chains)
app.command("news", rich_help_panel=LOOK)(questions.news)
app.command("hours", rich_help_panel=LOOK)(questions.hours)
app.command("orders", rich_help_panel=TRADE)(orders.orders)
app.add_typer(orders.app, name="order", rich_help_panel=TRADE)
app.command("halt", rich_help_panel=TRADE)(halt.halt)
app.command("resume", rich_help_panel=TRADE)(halt.resume)
app.command("whatif", rich_help_panel=TRADE)(questions.whatif)
app.command("fills", rich_help_panel=TRADE)(fills.fills)
