"""Who is subscribed to what on `md`: each connection counts once a topic, whatever it sends, until it leaves or dies.

libzmq tells of a death without saying whose (no sender), but the socket's monitor tells which connection has ended.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

NOBODY = -1
"""The sender of a farewell that libzmq makes for the dead."""


@dataclass(slots=True)
class _Subscriber:
    number: int
    client: str
    is_dead: bool = False


class Subscribers:
    """The subscribers of each topic by connection (the number of its TCP socket), in the order in which they came."""

    def __init__(self) -> None:
        self._by_topic: defaultdict[str, list[_Subscriber]] = defaultdict(list)

    def join(self, topic: str, number: int, client: str) -> bool:
        """One more subscriber; False when this connection has the topic already."""
        subscribers = self._by_topic[topic]
        if any(each.number == number and not each.is_dead for each in subscribers):
            return False
        subscribers.append(_Subscriber(number, client))
        return True

    def died(self, number: int) -> None:
        """This connection has ended: the farewells to all its topics will come, from nobody."""
        for subscribers in self._by_topic.values():
            for each in subscribers:
                each.is_dead = each.is_dead or each.number == number

    def leave(self, topic: str, number: int) -> tuple[str, ...] | None:
        """The names of those who remain after a farewell; None when this connection had not the topic."""
        subscribers = self._by_topic.get(topic, [])
        if number == NOBODY:
            found = [each for each in subscribers if each.is_dead] or subscribers[-1:]
        else:
            found = sorted((each for each in subscribers if each.number == number), key=lambda each: each.is_dead)
        if not found:
            return None
        subscribers.remove(found[0])
        if not subscribers:
            del self._by_topic[topic]
        return tuple(each.client for each in subscribers)
