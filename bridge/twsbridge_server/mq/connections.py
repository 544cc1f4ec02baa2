"""Which connection is which, and which are over: libzmq gives a new one the socket number of an old one at once.

Each connection gets a serial when it is let in. The end of one is told with its socket's number alone; because every
end that was told is heard before the next serial is given, it is that of the connections with this number so far.
"""

from __future__ import annotations

from typing import NamedTuple

import zmq
from zmq.utils.monitor import recv_monitor_message

from twsbridge_server.mq.binding import Socket


class Connection(NamedTuple):
    """A TCP connection: the number of its socket, and its serial among all that were let in."""

    socket: int
    serial: int


class Connections:
    """Gives serials, and knows the ends of the connections of one watched socket."""

    def __init__(self) -> None:
        self._given = 0
        self._over: dict[int, int] = {}
        self._monitor: Socket | None = None

    def watch(self, socket: Socket) -> Socket:
        """Hear of the ends of this socket's connections; returns where they are told, to be polled.

        Without a high-water mark: libzmq would wait at it, and serve nobody.
        """
        address = f"inproc://monitor-{id(socket):x}"
        socket.monitor(address, zmq.EVENT_DISCONNECTED)
        monitor: Socket = socket.context.socket(zmq.PAIR)
        monitor.setsockopt(zmq.RCVHWM, 0)
        monitor.connect(address)
        self._monitor = monitor
        return monitor

    def let_in(self) -> int:
        """The serial of one more connection."""
        self.hear()
        self._given += 1
        return self._given

    def hear(self) -> None:
        """Take note of every end that was told."""
        while self._monitor is not None and self._monitor.poll(0):
            self.ended(recv_monitor_message(self._monitor)["value"])

    def ended(self, socket: int) -> None:
        """The connection with this socket number is over."""
        self._over[socket] = self._given

    def is_over(self, connection: Connection) -> bool:
        """True when the end of this connection was heard."""
        return connection.serial <= self._over.get(connection.socket, 0)
