"""`twsbridge books`: who holds what, and what it has made."""

from __future__ import annotations

from typing import Annotated

import typer

from twsbridge.cli.asking import Asking, asks
from twsbridge.cli.holdings import Account
from twsbridge.cli.output import note
from twsbridge.records import record

BOOK_COLUMNS = ("account", "owner", "strategy", "contract", "position", "avg_cost", "realized_pnl", "commissions")
REST = "(unattributed)"


@asks
def books(
    asking: Asking,
    account: Account = "",
    owner: Annotated[str, typer.Option(help="One client; default: all that the key may see.")] = "",
) -> None:
    """Show positions, average cost and realised profit by client and strategy, and the rest that is nobody's."""
    told = asking.client.books(account, owner)
    records = [{**record(row), "owner": row.owner or REST} for row in told]
    asking.printer.records(records, BOOK_COLUMNS, "No books: nothing was traded through this bridge.")
    if not told.rest_known:
        note("TWS has not told its positions: what belongs to nobody is not known.")
