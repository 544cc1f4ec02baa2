"""`twsbridge account` and `twsbridge positions`: what there is."""

from __future__ import annotations

from typing import Annotated

import typer

from twsbridge.cli.asking import Asking, asks

Account = Annotated[str, typer.Option(help="One account; default: all of this login.")]
Tags = Annotated[list[str] | None, typer.Argument(help="Such as NetLiquidation or BuyingPower; default: all.")]


@asks
def account(asking: Asking, tags: Tags = None, account: Account = "") -> None:
    """Show the account summary: cash, buying power, margin, each with its currency."""
    rows = asking.client.account(account, tags or ())
    asking.printer.rows(rows, "AccountValue", "TWS has told no account values of that name.")


@asks
def positions(asking: Asking, account: Account = "") -> None:
    """Show what is held; negative when short."""
    asking.printer.rows(asking.client.positions(account), "Position", "No positions.")
