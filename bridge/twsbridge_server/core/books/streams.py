"""The stream `books|ACCOUNT|`: all books at once, then each that changes, as often as a subscriber wants."""

from __future__ import annotations

from twsbridge.protocol.books import Book as BookRow
from twsbridge.protocol.stream_rows import BookLine
from twsbridge.protocol.stream_states import StreamState
from twsbridge.protocol.streams import StreamTopic, parse_stream
from twsbridge_server.core.books.books import Books
from twsbridge_server.core.effects import Effect
from twsbridge_server.core.inputs import SubscriptionClosed, SubscriptionOpened
from twsbridge_server.core.paces import Paces
from twsbridge_server.core.tally import Holding
from twsbridge_server.core.view import View

KIND = "books"
LIVE = {"market_data_type": None, "state": "live"}


class _Topic:
    """One topic with its subscribers; it costs TWS nothing."""

    def __init__(self, topic: str, read: StreamTopic) -> None:
        self.account = read.account
        self.owner = read.given.get("owner", "")
        self.kept: StreamState = read.new_state()
        self.view = View(topic, read.every_ms, self.kept)
        self.holders: tuple[SubscriptionOpened, ...] = ()

    def wants(self, row: BookRow) -> bool:
        return row.account == self.account and self.owner in ("", row.owner)


class BookStreams:
    """Publishes what has changed at the end of each turn in which something has."""

    def __init__(self, books: Books, paces: Paces) -> None:
        self.books = books
        self._paces = paces
        self._topics: dict[str, _Topic] = {}

    def opened(self, wanted: SubscriptionOpened, now: int) -> list[Effect] | None:
        """Somebody subscribed: all that there is. None when the topic is not of books."""
        read = parse_stream(wanted.topic)
        if read is None or read.kind != KIND:
            return None
        topic = self._topics.setdefault(wanted.topic, _Topic(wanted.topic, read))
        topic.holders = (*topic.holders, wanted)
        if read.every_ms is not None:
            self._paces.add(topic.view)
        rows = self.books.rows(topic.account, topic.owner)
        topic.kept.take(tuple(map(_line, rows)), True)
        return [*topic.view.image(now, even_empty=True), topic.view.state(LIVE, now)]

    def closed(self, gone: SubscriptionClosed, now: int) -> list[Effect] | None:
        """A subscriber is gone. None when the topic is not of books."""
        topic = self._topics.get(gone.topic)
        if topic is None:
            return None
        topic.holders = tuple(each for each in topic.holders if each.client in gone.left)
        if not gone.left:
            del self._topics[gone.topic]
            self._paces.drop(gone.topic)
        return []

    def subscriptions(self) -> list[SubscriptionOpened]:
        """Who is subscribed, as if it were told now."""
        return [wanted for topic in self._topics.values() for wanted in topic.holders]

    def due(self, now: int) -> list[Effect]:
        """Tell of every holding that has changed."""
        changed, self.books.changed = self.books.changed, set()
        if not self._topics:
            return []
        rows = [row for holding in sorted(changed) for row in self._news(holding)]
        effects: list[Effect] = []
        for topic in self._topics.values():
            news = topic.kept.take(tuple(_line(row) for row in rows if topic.wants(row)), False)
            effects += topic.view.rows(news, now) if news else []
        return effects

    def next_due(self) -> int | None:
        """At once, when something has changed."""
        return 0 if self.books.changed else None

    def _news(self, holding: Holding) -> list[BookRow]:
        """The books of a holding with the rest, also when it is nothing any more."""
        held = self.books.held(holding)
        rest = self.books.rest(holding, held)
        books = [row for row in self.books.of(holding, held) if row.owner is not None]
        return [*books, *([rest] if rest else [])]


def _line(row: BookRow) -> BookLine:
    wire = row.wire()
    return BookLine(*(wire[name] for name in BookLine._fields))
