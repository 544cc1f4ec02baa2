"""All books: fills, corrections and commissions go into the one they belong to, live as after a restart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from twsbridge.protocol.models import Commission, Execution
from twsbridge_server.core.books.book import Book, BookKey, Place
from twsbridge_server.core.restored import Booked
from twsbridge_server.core.tally import Holding


class Ledger:
    """Books by owner. Fills of nobody's orders (manual ones, other programs') are in none: they are the rest."""

    def __init__(self, booked: Iterable[Booked] = ()) -> None:
        self._books: dict[BookKey, Book] = {}
        self._of_holding: defaultdict[Holding, list[Book]] = defaultdict(list)
        self._places: dict[str, Place] = {}
        self._at: dict[Place, Book] = {}
        rows = [(Execution.model_validate(body), fee) for body, fee in booked]
        for fill, fee in sorted(rows, key=lambda row: (row[0].revision, row[0].time_us, row[0].exec_id)):
            self.filled(fill)
            if fee:
                self.commissioned(Commission.model_validate(fee))

    def filled(self, fill: Execution) -> Holding:
        """A fill or a correction; returns what it moves."""
        holding = (fill.account, fill.contract.con_id)
        first = self._places.get(fill.replaces) if fill.replaces else None
        place = first or (fill.time_us, fill.exec_id)
        self._places[fill.exec_id] = place
        owner = fill.owner
        book = self._book(BookKey(*holding, owner, fill.strategy)) if owner else None
        before = self._at.get(place)
        if before is not None and before is not book:
            del self._at[place]
            before.take_out(place)
        if book is not None:
            self._at[place] = book
            book.put(place, fill)
        return holding

    def commissioned(self, fee: Commission) -> Holding | None:
        """The commission of a fill; returns whose holding it is, None when it is in no book."""
        place = self._places.get(fee.exec_id)
        book = self._at.get(place) if place else None
        if place is None or book is None:
            return None
        book.pay(place, fee)
        return book.key[:2]

    def of(self, holding: Holding) -> list[Book]:
        """The books of all owners that share in a holding."""
        return self._of_holding.get(holding, [])

    def owned(self, holding: Holding) -> Decimal:
        """What all owners together hold of it."""
        return sum((book.position for book in self.of(holding)), Decimal(0))

    def holdings(self) -> list[Holding]:
        """Every holding of which somebody has a book, in the order in which they began."""
        return list(self._of_holding)

    def _book(self, key: BookKey) -> Book:
        book = self._books.get(key)
        if book is None:
            book = self._books[key] = Book(key)
            self._of_holding[key[:2]].append(book)
        return book
