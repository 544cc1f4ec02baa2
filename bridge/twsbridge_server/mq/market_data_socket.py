"""The `md` socket: ticks out, and who wants them in. A line lives as long as its topic has a subscriber."""

from __future__ import annotations

import logging

import zmq

from twsbridge.protocol import envelope, topics
from twsbridge_server.core.effects import PublishTicks
from twsbridge_server.core.inputs import SubscriptionClosed, SubscriptionOpened
from twsbridge_server.mq.binding import Context, Socket
from twsbridge_server.mq.event_socket import publishing_socket
from twsbridge_server.mq.keys import KeyPair
from twsbridge_server.mq.peers import Peers
from twsbridge_server.mq.registry import Registry
from twsbridge_server.mq.strikes import MALFORMED, SUBSCRIPTIONS

log = logging.getLogger(__name__)


def market_data_socket(context: Context, pair: KeyPair) -> Socket:
    """An XPUB that tells of every subscription, and of an unsubscription when the last subscriber of a topic is gone.

    It goes also when its process is killed: libzmq unsubscribes for a peer that has vanished.
    """
    socket = publishing_socket(context, pair)
    socket.setsockopt(zmq.XPUB_VERBOSE, 1)
    return socket


class MarketDataSocket:
    """Publishes ticks; reports topics that are wanted, and that are wanted no more."""

    def __init__(self, socket: Socket, registry: Registry, peers: Peers) -> None:
        self.socket = socket
        self._registry = registry
        self._peers = peers

    def receive(self, limit: int) -> list[SubscriptionOpened | SubscriptionClosed]:
        """Up to `limit` subscription messages; those of topics that cannot exist are left out."""
        changes = []
        for _ in range(limit):
            try:
                frame = self.socket.recv(zmq.NOBLOCK, copy=False)
            except zmq.Again:
                break
            change = self._change(frame)
            if change:
                changes.append(change)
        return changes

    def publish(self, ticks: PublishTicks) -> None:
        """Send ticks to whoever is subscribed to their topic."""
        frame = envelope.encode_ticks(ticks.topic.encode(), ticks.kind, ticks.n, ticks.ts_us, ticks.body)
        self.socket.send(frame, zmq.NOBLOCK)

    def _change(self, frame: zmq.Frame) -> SubscriptionOpened | SubscriptionClosed | None:
        message = frame.bytes
        topic = message[1:].decode("ascii", "replace")
        client = self._registry.by_key(self._peers.note(frame))
        if client and self._peers.strike(frame, client.name, SUBSCRIPTIONS):
            return None
        if not topics.parse_market_data(topic):
            log.warning("A subscription on md means no line and was ignored: %r.", topic[:64])
            if client:
                self._peers.strike(frame, client.name, MALFORMED)
            return None
        if message[:1] == b"\0":
            return SubscriptionClosed(topic)
        if message[:1] != b"\1":
            return None
        if client is None:
            log.warning("A subscription on md came with a key that is not good any more and was ignored.")
            return None
        return SubscriptionOpened(topic, client.name, client.rights())
