"""The `md` socket: rows of streams out, and who wants them in. A line lives as long as its topic has a subscriber."""

from __future__ import annotations

import logging
import time

import zmq

from twsbridge.protocol import envelope
from twsbridge.protocol.errors import WireError, make_error
from twsbridge.protocol.line_state import Refused
from twsbridge.protocol.streams import KINDS, parse_stream, stream_topic
from twsbridge_server.core.access import sees_books
from twsbridge_server.core.effects import PublishTicks
from twsbridge_server.core.inputs import SubscriptionClosed, SubscriptionOpened
from twsbridge_server.mq.binding import Context, Socket
from twsbridge_server.mq.clients import RegisteredClient
from twsbridge_server.mq.connections import Connections
from twsbridge_server.mq.event_socket import publishing_socket
from twsbridge_server.mq.keys import KeyPair
from twsbridge_server.mq.peers import Peers, connection_of, key_of
from twsbridge_server.mq.registry import Registry
from twsbridge_server.mq.strikes import MALFORMED, SUBSCRIPTIONS
from twsbridge_server.mq.subscribers import Subscribers

log = logging.getLogger(__name__)

NO_STREAM = "req.invalid"

Change = SubscriptionOpened | SubscriptionClosed


def market_data_socket(context: Context, pair: KeyPair) -> Socket:
    """An XPUB on which a subscription takes effect only when it is confirmed, and that tells of each farewell.

    A farewell comes also when a process is killed: libzmq unsubscribes for a peer that has vanished.
    """
    socket = publishing_socket(context, pair, "md")
    socket.setsockopt(zmq.XPUB_MANUAL, 1)
    return socket


class MarketDataSocket:
    """Publishes rows; reports who wants a topic, and who wants it no more."""

    def __init__(self, socket: Socket, registry: Registry, peers: Peers, connections: Connections) -> None:
        self.socket = socket
        self._registry = registry
        self._peers = peers
        self._connections = connections
        self._subscribers = Subscribers(connections.is_over)

    def receive(self, limit: int) -> list[Change]:
        """Up to `limit` subscription messages; those of topics that cannot exist are left out, and refused."""
        self._connections.hear()
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
        """Send rows to whoever is subscribed to their topic."""
        frame = envelope.encode_ticks(ticks.topic.encode(), ticks.kind, ticks.n, ticks.ts_us, ticks.body)
        self.socket.send(frame, zmq.NOBLOCK)

    def _change(self, frame: zmq.Frame) -> Change | None:
        kind, topic = frame.bytes[:1], frame.bytes[1:].decode("ascii", "replace")
        client = self._registry.by_key(self._peers.note(frame))
        if kind == b"\0":
            return self._farewell(frame, client, topic)
        if kind != b"\1":
            return None
        connection = connection_of(frame)
        if client is None:
            log.warning("A subscription on md came with a key that is not good any more and was ignored.")
            self._subscribers.refuse(topic, connection, "")
            return None
        is_flood = self._peers.strike(frame, client.name, SUBSCRIPTIONS)
        error = None if is_flood else _refusal(client, topic)
        if error is not None:
            self._refuse(frame, client, error)
        if is_flood or error is not None:
            self._subscribers.refuse(topic, connection, client.name)
            return None
        self.socket.setsockopt(zmq.SUBSCRIBE, topic.encode())
        if not self._subscribers.join(topic, connection, client.name):
            return None
        return SubscriptionOpened(topic, client.name, client.rights(), role=client.role)

    def _farewell(self, frame: zmq.Frame, client: RegisteredClient | None, topic: str) -> SubscriptionClosed | None:
        """One that libzmq says for the dead comes after their end was told, so that must be heard first."""
        is_of_the_dead = not key_of(frame)
        if is_of_the_dead:
            self._connections.hear()
        left = self._subscribers.leave(topic, None if is_of_the_dead else connection_of(frame))
        if client is not None:
            self.socket.setsockopt(zmq.UNSUBSCRIBE, topic.encode())
            self._peers.strike(frame, client.name, SUBSCRIPTIONS)
        return None if left is None else SubscriptionClosed(topic, left)

    def _refuse(self, frame: zmq.Frame, client: RegisteredClient, error: WireError) -> None:
        """Tell the peer whose message was received last, and nobody else, on a topic of its own."""
        asked = frame.bytes[1:]
        log.warning("A subscription of client '%s' on md was refused: %r: %s.", client.name, asked[:64], error.msg)
        if error.code == NO_STREAM:
            self._peers.strike(frame, client.name, MALFORMED)
        key = key_of(frame)
        where = envelope.refusal_topic(asked, key)
        said = Refused(to=key, error=error).wire()
        self.socket.setsockopt(zmq.SUBSCRIBE, where)
        self.socket.send(envelope.encode_ticks(where, "refused", 0, time.time_ns() // 1_000, said), zmq.NOBLOCK)
        self.socket.setsockopt(zmq.UNSUBSCRIBE, where)


def _refusal(client: RegisteredClient, topic: str) -> WireError | None:
    """What belongs to no account is for everybody, the books of others are for observers and admins."""
    read = parse_stream(topic)
    if read is None:
        return make_error(NO_STREAM, f"No stream has the topic {topic[:64]!r}: there are {', '.join(KINDS)}")
    if read.account and not client.rights().reaches(read.account):
        return make_error("auth.account", f"{client.name} may not follow account {read.account}")
    if read.kind == "books" and not sees_books(client.role, client.name, read.given.get("owner", "")):
        own = stream_topic("books", read.account, client.name)
        return make_error("auth.topic", f"{client.name} may follow its own books only: {own}")
    return None
