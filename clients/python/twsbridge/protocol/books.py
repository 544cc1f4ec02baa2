"""Books: what each client, and each of its strategies, holds and has made, as the executions in the journal tell."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from twsbridge.protocol.command import Command
from twsbridge.protocol.fields import Int, Money, Price, Quantity, WireModel
from twsbridge.protocol.models import Contract


class Book(WireModel):
    """One owner's part of one holding. `owner` None is the rest: what TWS holds beyond the books of all owners.

    `avg_cost` is per unit times multiplier, at average cost, and `realized_pnl` what closing made of it, both in the
    contract's currency and before commissions, which are by their own currencies. Of the rest only the size is known.
    """

    account: str
    owner: str | None
    strategy: str = ""
    contract: Contract
    position: Quantity
    avg_cost: Price | None = None
    realized_pnl: Money | None = None
    commissions: dict[str, Money] = {}
    executions: Int = 0


class Books(WireModel):
    """Books, closed ones too. `rest_known` is false until TWS has told its positions: then no rest is among them."""

    rows: list[Book]
    rest_known: bool


class ListBooks(Command):
    """Who holds what of the positions of one account, or of all, and the rest that belongs to nobody here.

    A trader sees its own books; observers and admins see all, or those of `owner`.
    """

    name = "books.list"
    reply = Books
    account: str = ""
    owner: Annotated[str, StringConstraints(max_length=32)] = ""
