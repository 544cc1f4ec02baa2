"""Who is subscribed to what on `md`: each connection counts once a topic, whatever it sends, until it leaves or dies.

libzmq says a farewell for the dead without saying whose (no sender): one for each topic that the connection had asked
for, also where it was refused. So refusals are kept too, or the farewell of one who was refused would be another's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from twsbridge_server.mq.connections import Connection


@dataclass(frozen=True, slots=True)
class _Subscriber:
    connection: Connection
    client: str
    counts: bool


class Subscribers:
    """The subscribers of each topic in the order in which they came. `is_over` tells which connections have ended."""

    def __init__(self, is_over: Callable[[Connection], bool]) -> None:
        self._is_over = is_over
        self._by_topic: defaultdict[str, list[_Subscriber]] = defaultdict(list)

    def join(self, topic: str, connection: Connection, client: str) -> bool:
        """One more subscriber; False when this connection counts for the topic already."""
        subscribers = self._by_topic[topic]
        known = next((each for each in subscribers if each.connection == connection), None)
        if known is not None and known.counts:
            return False
        if known is not None:
            subscribers.remove(known)
        subscribers.append(_Subscriber(connection, client, counts=True))
        return True

    def refuse(self, topic: str, connection: Connection, client: str) -> None:
        """This connection has asked for the topic in vain."""
        subscribers = self._by_topic[topic]
        if all(each.connection != connection for each in subscribers):
            subscribers.append(_Subscriber(connection, client, counts=False))

    def leave(self, topic: str, connection: Connection | None) -> tuple[str, ...] | None:
        """The names of those who remain after a farewell, None when nobody left who counts.

        Without a connection it is the farewell of one that is over.
        """
        subscribers = self._by_topic.get(topic, [])
        gone = next((each for each in subscribers if self._has_left(each, connection)), None)
        if gone is None:
            return None
        subscribers.remove(gone)
        if not subscribers:
            del self._by_topic[topic]
        return tuple(each.client for each in subscribers if each.counts) if gone.counts else None

    def _has_left(self, subscriber: _Subscriber, connection: Connection | None) -> bool:
        if connection is None:
            return self._is_over(subscriber.connection)
        return subscriber.connection == connection
