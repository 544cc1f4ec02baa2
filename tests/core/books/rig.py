"""Books over the orders' half of the core, with fills, commissions and positions said in short."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.core.rig import ACCOUNT, SETTINGS, OrderRig, fill
from twsbridge.protocol.books import Books as BookRows
from twsbridge.protocol.books import ListBooks
from twsbridge.protocol.models import Commission, Contract, Execution
from twsbridge_server.core.accounts import Accounts
from twsbridge_server.core.answers import RequestIds
from twsbridge_server.core.books.books import Books
from twsbridge_server.core.effects import SendReply
from twsbridge_server.core.inputs import Client, CommandReceived, PositionEnd, PositionRow
from twsbridge_server.core.restored import Restored
from twsbridge_server.core.rights import Rights

AAPL = Contract(con_id=265598, symbol="AAPL", sec_type="STK", currency="USD")
OTHER = "DU7654321"


class BookRig:
    """`books` hear of what `filled`, `paid` and `holds` say."""

    def __init__(self) -> None:
        orders = OrderRig(Restored(epoch="e" * 16))
        self.executions = orders.executions
        self.accounts = Accounts(SETTINGS, RequestIds(), orders.sequencer)
        self.books = Books(self.accounts, self.executions, Restored(epoch="e" * 16))
        self._count = 0

    def filled(self, owner: str | None, shares: int, price: float = 100.0, **more: Any) -> str:
        self._count += 1
        exec_id = f"0000e0d5.{self._count:08x}.01.01"
        given = {"owner": owner, "contract": AAPL, "shares": Decimal(abs(shares)), "price": price, **more}
        said: Execution = fill(exec_id, side="BOT" if shares > 0 else "SLD", time_us=self._count, **given)
        for hear in self.executions.on_fill:
            hear(said, self._count)
        return exec_id

    def paid(self, exec_id: str, amount: str) -> None:
        for hear in self.executions.on_commission:
            hear(Commission(exec_id=exec_id, commission=Decimal(amount), currency="USD"))

    def holds(self, size: int, account: str = ACCOUNT, contract: Contract = AAPL) -> None:
        self.accounts.position_row(PositionRow(account, contract, Decimal(size), 100.0), 0)

    def all_told(self) -> None:
        self.accounts.ready(0)
        self.accounts.position_end(PositionEnd(), 0)

    def ask(self, name: str = "root", role: Any = "admin", rights: Rights | None = None, **which: Any) -> Any:
        command = ListBooks(**which)
        client = Client(b"r", name, role, rights or Rights())
        (reply,) = self.books.list_books(CommandReceived(client, "1", command), command, 0)
        assert isinstance(reply, SendReply)
        return reply.error or reply.body

    def rows(self, **asked: Any) -> list[tuple[str | None, str, str]]:
        told = self.ask(**asked)
        assert isinstance(told, BookRows)
        return [(row.owner, row.account, str(row.position)) for row in told.rows]
