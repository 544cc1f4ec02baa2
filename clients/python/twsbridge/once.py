"""Follow fills into a store that keeps its place: each fill exactly once, also over a new history of the journal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from twsbridge.cursor import Cursor, Since
from twsbridge.errors import StreamError
from twsbridge.fills import Fill
from twsbridge.following import Following


class FillStore(Protocol):
    """Keeps fills and, in the same step, the place behind the last one."""

    @property
    def cursor(self) -> Cursor | None:
        """The place, or None when nothing is stored."""

    def __contains__(self, exec_id: object) -> bool:
        """True when this fill is stored."""

    def add(self, fill: Fill) -> None:
        """Store a fill and its place at once."""


def fills_once(store: FillStore, client: Following, since: Since, *, follow: bool) -> Iterator[Fill]:
    """Fills that the store does not have, each yielded once it is stored.

    `since` counts while the store is empty. When the bridge's journal was replaced, its new history is read from the
    beginning, and what the store has already is left out.
    """
    begin: Since = store.cursor or since
    while True:
        try:
            for fill in client.fills(begin, follow=follow):
                if fill.exec_id not in store:
                    store.add(fill)
                    yield fill
            return
        except StreamError as error:
            if error.code != "stream.epoch":
                raise
            begin = None
