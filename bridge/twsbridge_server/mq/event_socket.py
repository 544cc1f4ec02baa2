"""The `evt` socket: sequenced events out, subscriptions in. Every subscription is checked before it takes effect."""

from __future__ import annotations

import logging
import re
from typing import Any

import zmq

from twsbridge.protocol import envelope, topics
from twsbridge_server.core.effects import PublishEvent
from twsbridge_server.core.inputs import SubscriptionOpened
from twsbridge_server.mq.binding import Context, Socket, secure_socket
from twsbridge_server.mq.clients import RegisteredClient
from twsbridge_server.mq.keys import KeyPair
from twsbridge_server.mq.peers import Peers, socket_of
from twsbridge_server.mq.registry import Registry
from twsbridge_server.mq.strikes import MALFORMED, SUBSCRIPTIONS

log = logging.getLogger(__name__)

MAX_SUBSCRIPTION_BYTES = 512
"""The limit holds for the encrypted handshake too, which takes some 300 bytes: 256 would let nobody in."""

TAKEN_AHEAD = 4
"""Subscriptions that libzmq may read ahead of us. It files each one before we can refuse it: with its usual 1,000, and
a reader that never catches up, a flood of long ones costs gigabytes and stops the loop for seconds."""

RECEIVE_BUFFER = 16 * 1024

UNREAD_BYTES = 256 * 1024
"""What a subscriber may have on its way to us: it says little, and the kernel's buffer is small."""

HIGH_WATER_MARK = 20_000
"""Messages that wait for one subscriber; what is dropped beyond it is a gap on `evt`, and replayed."""

MAX_TOLD = 16
MAX_TOLD_BYTES = 64
"""How much of what was refused is kept for the next barrier."""

_TOPIC = re.compile(r"(?:ord|acct)\|(?:[A-Za-z0-9._-]{1,32}\|)?|sys\||hb\||sync\|[A-Za-z0-9._-]{1,64}\|", re.ASCII)


def publishing_socket(context: Context, pair: KeyPair, domain: str) -> Socket:
    """An XPUB whose subscribers may fall far behind before anything is dropped for them."""
    socket = secure_socket(context, zmq.XPUB, pair, domain, MAX_SUBSCRIPTION_BYTES)
    socket.sndhwm = HIGH_WATER_MARK
    socket.rcvhwm = TAKEN_AHEAD
    socket.rcvbuf = RECEIVE_BUFFER
    return socket


def event_socket(context: Context, pair: KeyPair) -> Socket:
    """An XPUB on which a subscription takes effect only when it is confirmed."""
    socket = publishing_socket(context, pair, "evt")
    socket.setsockopt(zmq.XPUB_MANUAL, 1)
    return socket


class EventSocket:
    """Publishes events; lets known clients subscribe to the topics there are, and reports barriers."""

    def __init__(self, socket: Socket, registry: Registry, peers: Peers) -> None:
        self.socket = socket
        self._registry = registry
        self._peers = peers
        self._refused: dict[tuple[int, str], list[str]] = {}

    def receive(self, limit: int) -> list[SubscriptionOpened]:
        """Up to `limit` subscription messages; returns the barriers (`sync|...|`) among them, in order."""
        barriers = []
        for _ in range(limit):
            try:
                frame = self.socket.recv(zmq.NOBLOCK, copy=False)
            except zmq.Again:
                break
            if barrier := self._barrier(frame):
                barriers.append(barrier)
        return barriers

    def publish(self, event: PublishEvent) -> None:
        """Send an event to whoever is subscribed to its topic; a heartbeat shows everybody its own accounts only."""
        if event.topic != topics.HEARTBEAT:
            self._send(event.topic, event, event.body)
            return
        for scope, client in self._registry.scopes.items():
            heads = client.rights().readable(event.body["heads"])
            self._send(f"{event.topic}{scope}|", event, {**event.body, "heads": heads})

    def _send(self, topic: str, event: PublishEvent, body: dict[str, Any]) -> None:
        frame = envelope.EventFrame(topic, event.epoch, event.seq, event.type, event.ts_us, event.flags, body)
        self.socket.send_multipart(envelope.encode_event(frame), zmq.NOBLOCK)

    def _barrier(self, frame: zmq.Frame) -> SubscriptionOpened | None:
        """Put a change of subscriptions in force; returns it when it is a barrier.

        libzmq applies a change to the peer whose message was received last.
        """
        client = self._registry.by_key(self._peers.note(frame))
        kind, topic = frame.bytes[:1], frame.bytes[1:].decode("ascii", "replace")
        if client is None or self._peers.strike(frame, client.name, SUBSCRIPTIONS):
            return None
        if kind == b"\0":
            for each in client.rights().subscriptions(topic):
                self.socket.setsockopt(zmq.UNSUBSCRIBE, each.encode())
        if kind != b"\1" or not self._accept(frame, client, topic):
            return None
        if not topic.startswith(topics.SYNC):
            return None
        refused = self._refused.pop((socket_of(frame), client.name), [])
        return SubscriptionOpened(topic, client.name, client.rights(), tuple(refused))

    def _accept(self, frame: zmq.Frame, client: RegisteredClient, topic: str) -> bool:
        is_topic = _TOPIC.fullmatch(topic) is not None
        allowed = client.rights().subscriptions(topic) if is_topic else []
        for each in allowed:
            self.socket.setsockopt(zmq.SUBSCRIBE, each.encode())
        if not is_topic:
            self._peers.strike(frame, client.name, MALFORMED)
        if not allowed:
            log.warning("A subscription of client '%s' on evt was refused: %r.", client.name, topic[:64])
            refused = self._refused.setdefault((socket_of(frame), client.name), [])
            refused += [topic[:MAX_TOLD_BYTES]] if len(refused) < MAX_TOLD else []
        return bool(allowed)
