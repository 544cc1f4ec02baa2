"""One book: the fills of one owner and strategy in one contract of one account, and what they add up to."""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from twsbridge.protocol.books import Book as BookRow
from twsbridge.protocol.models import Commission, Contract, Execution
from twsbridge_server.core.books.reckoning import Reckoned
from twsbridge_server.core.tally import BOUGHT, COMBO

CENTS = Decimal("0.00000001")
Place = tuple[int, str]
"""Where a fill stands in time: when it happened, and its exec_id. A correction stands where the corrected stood."""


class BookKey(NamedTuple):
    """Whose book of what."""

    account: str
    con_id: int
    owner: str
    strategy: str


class _Entry(NamedTuple):
    change: Decimal
    price: Decimal


class Book:
    """Fills in the order in which they happened, whatever the order in which they became known."""

    def __init__(self, key: BookKey) -> None:
        self.key = key
        self.contract = Contract()
        self._places: list[Place] = []
        self._entries: dict[Place, _Entry] = {}
        self._fees: dict[Place, Commission] = {}
        self._reckoned = Reckoned()

    @property
    def position(self) -> Decimal:
        """What is held: negative when short."""
        return self._reckoned.position

    def put(self, place: Place, fill: Execution) -> None:
        """A fill, or what one is corrected to. A combo's own fill moves nothing: its legs do."""
        entry = _entry(fill)
        is_next = not self._places or place > self._places[-1]
        if place not in self._entries:
            insort(self._places, place)
        self._entries[place] = entry
        self.contract = _richer(self.contract, fill.contract)
        self._reckoned = self._reckoned.after(*entry) if is_next else self._again()

    def take_out(self, place: Place) -> None:
        """A fill that turned out to be somebody else's."""
        self._places.remove(place)
        del self._entries[place]
        self._fees.pop(place, None)
        self._reckoned = self._again()

    def pay(self, place: Place, fee: Commission) -> None:
        """The commission of a fill; that of a correction takes the place of the first one."""
        self._fees[place] = fee

    def row(self) -> BookRow:
        """What clients see."""
        reckoned, units = self._reckoned, _units(self.contract)
        fees: defaultdict[str, Decimal] = defaultdict(Decimal)
        for fee in self._fees.values():
            fees[fee.currency] += fee.commission
        return BookRow(
            account=self.key.account,
            owner=self.key.owner,
            strategy=self.key.strategy,
            contract=self.contract,
            position=reckoned.position,
            avg_cost=float(reckoned.price * units) if reckoned.position else None,
            realized_pnl=(reckoned.realized * units).quantize(CENTS).normalize(),
            commissions=dict(fees),
            executions=len(self._entries),
        )

    def _again(self) -> Reckoned:
        reckoned = Reckoned()
        for place in self._places:
            reckoned = reckoned.after(*self._entries[place])
        return reckoned


def _entry(fill: Execution) -> _Entry:
    shares = Decimal(0) if fill.contract.sec_type == COMBO else fill.shares
    return _Entry(shares if fill.side == BOUGHT else -shares, Decimal(repr(fill.price)))


def _richer(known: Contract, said: Contract) -> Contract:
    """The contract as last told, with the multiplier when it was told once: it decides over money.

    The exchange is that of one fill; what is held is at none.
    """
    return said.model_copy(update={"multiplier": said.multiplier or known.multiplier, "exchange": ""})


def _units(contract: Contract) -> Decimal:
    try:
        return Decimal(contract.multiplier or 1)
    except InvalidOperation:
        return Decimal(1)
