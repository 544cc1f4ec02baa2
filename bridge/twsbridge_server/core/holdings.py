"""The positions as TWS last gave them, and what a new image of them changes."""

from __future__ import annotations

from decimal import Decimal

from twsbridge.protocol.models import Contract, Position

Key = tuple[str, int | Contract]


class Holdings:
    """Positions by account and contract. A closed one is not kept."""

    def __init__(self) -> None:
        self._rows: dict[Key, Position] = {}
        self._unseen: set[Key] = set()

    def begin(self) -> None:
        """A new image is coming: what it will lack is gone."""
        self._unseen = set(self._rows)

    def received(self, row: Position) -> bool:
        """Take a row; True when size or cost change. TWS varies the other fields of the contract from row to row."""
        key = _key(row)
        self._unseen.discard(key)
        known = self._rows.get(key)
        if known is None and not row.position:
            return False
        if known is not None and (known.position, known.avg_cost) == (row.position, row.avg_cost):
            return False
        if row.position:
            self._rows[key] = row
        else:
            del self._rows[key]
        return True

    def complete(self) -> list[Position]:
        """The image is complete: what it lacked is removed, and returned with position zero."""
        gone = [self._rows.pop(key) for key in list(self._rows) if key in self._unseen]
        self._unseen = set()
        return [row.model_copy(update={"position": Decimal(0), "avg_cost": 0.0}) for row in gone]

    def rows(self, account: str = "") -> list[Position]:
        """Positions of one account, or of all."""
        return [row for row in self._rows.values() if account in ("", row.account)]


def _key(row: Position) -> Key:
    return row.account, row.contract.con_id or row.contract
