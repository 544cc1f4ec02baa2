"""The books as clients see them: by owner, with the rest that TWS holds beyond them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from twsbridge.protocol.books import Book as BookRow
from twsbridge.protocol.books import Books as BookRows
from twsbridge.protocol.books import ListBooks
from twsbridge.protocol.errors import WireError
from twsbridge.protocol.models import Commission, Execution, Position
from twsbridge_server.core.access import owner_in_sight
from twsbridge_server.core.accounts import Accounts
from twsbridge_server.core.answers import answer, fail
from twsbridge_server.core.books.ledger import Ledger
from twsbridge_server.core.effects import Effect
from twsbridge_server.core.executions import Executions
from twsbridge_server.core.inputs import CommandReceived
from twsbridge_server.core.restored import Restored
from twsbridge_server.core.tally import NOT_HELD, Holding


class Books:
    """Hears fills, commissions and positions; `changed` are the holdings of which rows are news."""

    def __init__(self, accounts: Accounts, executions: Executions, restored: Restored) -> None:
        self._accounts = accounts
        self._ledger = Ledger(restored.booked)
        self.changed: set[Holding] = set()
        accounts.on_position.append(self._moved)
        executions.on_fill.append(self._filled)
        executions.on_commission.append(self._commissioned)

    def list_books(self, asked: CommandReceived, command: ListBooks, now: int) -> list[Effect]:
        """Answer `books.list`."""
        owner = owner_in_sight(asked.client, command.owner)
        if isinstance(owner, WireError):
            return [fail(asked, owner)]
        reaches = asked.client.rights.reaches
        rows = [row for row in self.rows(command.account, owner) if reaches(row.account)]
        return [answer(asked, BookRows(rows=rows, rest_known=self._accounts.has_positions))]

    def rows(self, account: str = "", owner: str = "") -> list[BookRow]:
        """Books of an account and an owner; empty means all of them, then the rest is among them."""
        held = self._held()
        holdings = [*self._ledger.holdings(), *(held.keys() - set(self._ledger.holdings()))]
        found = [row for each in holdings if account in ("", each[0]) for row in self.of(each, held)]
        return [row for row in found if not owner or row.owner == owner]

    def of(self, holding: Holding, held: dict[Holding, Position] | None = None) -> Iterable[BookRow]:
        """The books of one holding, and the rest where there is one."""
        yield from (book.row() for book in self._ledger.of(holding))
        rest = self.rest(holding, self._held() if held is None else held)
        if rest is not None and rest.position:
            yield rest

    def rest(self, holding: Holding, held: dict[Holding, Position]) -> BookRow | None:
        """What TWS holds beyond all books; None while it is not known, or never is, as of currencies."""
        books, row = self._ledger.of(holding), held.get(holding)
        contract = row.contract if row else books[0].contract if books else None
        if contract is None or contract.sec_type in NOT_HELD or not self._accounts.has_positions:
            return None
        position = (row.position if row else Decimal(0)) - self._ledger.owned(holding)
        return BookRow(account=holding[0], owner=None, contract=contract, position=position)

    def held(self, holding: Holding) -> dict[Holding, Position]:
        """TWS's row of one holding, if there is one."""
        return {key: row for key, row in self._held(holding[0]).items() if key == holding}

    def _held(self, account: str = "") -> dict[Holding, Position]:
        return {(row.account, row.contract.con_id): row for row in self._accounts.positions(account)}

    def _filled(self, fill: Execution, now: int) -> None:
        self.changed.add(self._ledger.filled(fill))

    def _commissioned(self, fee: Commission) -> None:
        holding = self._ledger.commissioned(fee)
        if holding is not None:
            self.changed.add(holding)

    def _moved(self, row: Position) -> None:
        self.changed.add((row.account, row.contract.con_id))
