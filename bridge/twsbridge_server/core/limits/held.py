"""What is held, on the safe side: TWS's row of a position follows a fill, and until it does both figures count."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from twsbridge.protocol.models import Contract, Execution, Position
from twsbridge_server.core.accounts import Accounts

SETTLE_US = 60_000_000
"""So long after the last fill of a contract TWS's row of it is taken as complete."""

NOT_HELD = frozenset({"BAG", "CASH"})


class Holding(NamedTuple):
    """A position: at least `low`, at most `high`; `price` is what one unit costs, multiplier included."""

    account: str
    contract: Contract
    low: Decimal
    high: Decimal
    price: float


class _Moved(NamedTuple):
    contract: Contract
    expected: Decimal
    price: float
    at_us: int


class Held:
    """Positions of all accounts as ranges."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._moved: dict[tuple[str, int], _Moved] = {}

    @property
    def is_known(self) -> bool:
        """False until TWS has given all positions."""
        return self._accounts.has_positions

    def filled(self, fill: Execution, now: int) -> None:
        """A fill: from now on the position is what it was and this, or what TWS says."""
        if fill.contract.sec_type in NOT_HELD or fill.replaces:
            return
        key = (fill.account, fill.contract.con_id)
        moved = self._moved.get(key)
        if moved is not None and now - moved.at_us < SETTLE_US:
            before = moved.expected
        else:
            row = self._row(*key)
            before = row.position if row else Decimal(0)
        change = fill.shares if fill.side == "BOT" else -fill.shares
        self._moved[key] = _Moved(fill.contract, before + change, fill.price, now)

    def rows(self, account: str, now: int) -> Iterator[Holding]:
        """Every position of an account, or with an empty name of all."""
        self._moved = {key: moved for key, moved in self._moved.items() if now - moved.at_us < SETTLE_US}
        seen = set()
        for row in self._accounts.positions(account):
            key = (row.account, row.contract.con_id)
            seen.add(key)
            moved = self._moved.get(key)
            sizes = (row.position, moved.expected if moved else row.position)
            yield Holding(row.account, row.contract, min(sizes), max(sizes), abs(row.avg_cost))
        for (name, con_id), moved in self._moved.items():
            if account in ("", name) and (name, con_id) not in seen:
                size, nothing = moved.expected, Decimal(0)
                price = moved.price * _units(moved.contract)
                yield Holding(name, moved.contract, min(size, nothing), max(size, nothing), price)

    def _row(self, account: str, con_id: int) -> Position | None:
        rows = self._accounts.positions(account)
        return next((row for row in rows if row.contract.con_id == con_id), None)


def _units(contract: Contract) -> float:
    try:
        return float(contract.multiplier or 1)
    except ValueError:
        return 1.0
