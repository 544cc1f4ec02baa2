"""The part of the client that reads books: who holds what, by client and strategy."""

from __future__ import annotations

from typing import Any

from twsbridge.channel import Channel, build
from twsbridge.protocol.books import Book, Books, ListBooks
from twsbridge.protocol.streams import stream_topic
from twsbridge.row_stream import RowStream
from twsbridge.rows import Rows


class BookRows(Rows[Book]):
    """Books; `rest_known` is False while TWS has not told its positions, and no rest is among them."""

    rest_known: bool = True


class Bookkeeping:
    """Positions, average cost and realised profit by owner, from the executions in the bridge's journal."""

    _channel: Channel

    def books(self, account: str = "", owner: str = "", timeout: float | None = None) -> BookRows:
        """Books of all clients, or of `owner`; a trader's key is shown its own. Owner None is what is nobody's."""
        command = build(ListBooks, account=account, owner=owner)
        told = self._channel.ask(command, Books, timeout)
        rows = BookRows(told.rows)
        rows.rest_known = told.rest_known
        return rows

    def watch_books(
        self, account: str, owner: str = "", every_ms: int | None = None, timeout: float | None = None
    ) -> RowStream[Book]:
        """Every book of an account, then each as it changes; a trader's key names itself as `owner`."""
        return RowStream(self._channel, stream_topic("books", account, owner, every_ms=every_ms), _books, timeout)


def _books(rows: list[Any], is_image: bool) -> list[Book]:
    return [Book.model_validate(row._asdict()) for row in rows]
