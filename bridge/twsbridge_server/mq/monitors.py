"""libzmq's own news of a socket: which connections have begun and which have ended, by the number of the socket."""

from __future__ import annotations

import zmq
from zmq.utils.monitor import recv_monitor_message

from twsbridge_server.mq.binding import Socket
from twsbridge_server.mq.peers import Peers


def monitored(socket: Socket) -> Socket:
    """Where the news of this socket comes from. To be called before it is bound, so that nothing is missed.

    Without a high-water mark: libzmq would wait at it, and serve nobody.
    """
    address = f"inproc://monitor-{id(socket):x}"
    socket.monitor(address, zmq.EVENT_ACCEPTED | zmq.EVENT_DISCONNECTED)
    news: Socket = socket.context.socket(zmq.PAIR)
    news.setsockopt(zmq.RCVHWM, 0)
    news.connect(address)
    return news


class Monitor:
    """Tells `peers` what happens on the socket `where`, whose connections may send `limit` bytes ahead of us."""

    def __init__(self, news: Socket, where: str, limit: int, peers: Peers) -> None:
        self.news = news
        self._where = where
        self._limit = limit
        self._peers = peers

    def read(self) -> list[int]:
        """Pass the news on; returns the connections that have ended."""
        ended: list[int] = []
        while self.news.poll(0):
            told = recv_monitor_message(self.news)
            number = told["value"]
            if told["event"] == zmq.EVENT_ACCEPTED:
                self._peers.accepted(number, self._where, self._limit)
            else:
                self._peers.ended(number)
                ended.append(number)
        return ended
