"""Which connection is which, and which are over: libzmq gives a new one the socket number of an old one at once.

Each connection gets a serial when it is let in. The end of one is told with its socket's number alone; because every
end that was told is heard before the next serial is given, it is that of the connections with this number so far.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple


class Connection(NamedTuple):
    """A TCP connection: the number of its socket, and its serial among all that were let in."""

    socket: int
    serial: int


class Connections:
    """Gives serials, and knows the ends of the connections of one watched socket."""

    def __init__(self) -> None:
        self._given = 0
        self._over: dict[int, int] = {}
        self._ends: Callable[[], Iterable[int]] = tuple

    def hear_from(self, ends: Callable[[], Iterable[int]]) -> None:
        """`ends` tells the numbers of those that have ended since it was asked last."""
        self._ends = ends

    def let_in(self) -> int:
        """The serial of one more connection."""
        self.hear()
        self._given += 1
        return self._given

    def hear(self) -> None:
        """Take note of every end that was told."""
        for socket in self._ends():
            self.ended(socket)

    def ended(self, socket: int) -> None:
        """The connection with this socket number is over."""
        self._over[socket] = self._given

    def is_over(self, connection: Connection) -> bool:
        """True when the end of this connection was heard."""
        return connection.serial <= self._over.get(connection.socket, 0)
