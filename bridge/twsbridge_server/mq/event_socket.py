"""The `evt` socket: sequenced events out, subscriptions in. Every subscription is checked before it takes effect."""

from __future__ import annotations

import logging
import re

import zmq

from twsbridge.protocol import envelope
from twsbridge_server.core.effects import PublishEvent
from twsbridge_server.core.inputs import SubscriptionOpened
from twsbridge_server.mq.binding import Context, Socket, secure_socket
from twsbridge_server.mq.keys import KeyPair
from twsbridge_server.mq.peers import Peers
from twsbridge_server.mq.registry import Registry

log = logging.getLogger(__name__)

MAX_SUBSCRIPTION_BYTES = 512
"""The limit holds for the encrypted handshake too, which takes some 300 bytes: 256 would let nobody in."""

HIGH_WATER_MARK = 100_000

_SYNC = b"sync|"
_TOPIC = re.compile(rb"(?:ord|acct)\|(?:[A-Za-z0-9._-]{1,32}\|)?|sys\||hb\||sync\|[A-Za-z0-9._-]{1,64}\|")


def publishing_socket(context: Context, pair: KeyPair) -> Socket:
    """An XPUB whose subscribers may fall far behind before anything is dropped for them."""
    socket = secure_socket(context, zmq.XPUB, pair, MAX_SUBSCRIPTION_BYTES)
    socket.sndhwm = HIGH_WATER_MARK
    return socket


def event_socket(context: Context, pair: KeyPair) -> Socket:
    """An XPUB on which a subscription takes effect only when it is confirmed."""
    socket = publishing_socket(context, pair)
    socket.setsockopt(zmq.XPUB_MANUAL, 1)
    return socket


class EventSocket:
    """Publishes events; lets known clients subscribe to the topics there are, and reports barriers."""

    def __init__(self, socket: Socket, registry: Registry, peers: Peers) -> None:
        self.socket = socket
        self._registry = registry
        self._peers = peers

    def receive(self, limit: int) -> list[SubscriptionOpened]:
        """Up to `limit` subscription messages; returns the barriers (`sync|...|`) among them, in order."""
        barriers = []
        for _ in range(limit):
            try:
                frame = self.socket.recv(zmq.NOBLOCK, copy=False)
            except zmq.Again:
                break
            message = frame.bytes
            if message[:1] == b"\0":
                self.socket.setsockopt(zmq.UNSUBSCRIBE, message[1:])
            elif message[:1] == b"\1" and self._accept(frame, message[1:]) and message.startswith(b"\1" + _SYNC):
                barriers.append(SubscriptionOpened(message[1:].decode()))
        return barriers

    def publish(self, event: PublishEvent) -> None:
        """Send an event to whoever is subscribed to its topic."""
        frames = envelope.encode_event(
            envelope.EventFrame(event.topic, event.epoch, event.seq, event.type, event.ts_us, event.flags, event.body)
        )
        self.socket.send_multipart(frames, zmq.NOBLOCK)

    def _accept(self, frame: zmq.Frame, topic: bytes) -> bool:
        """Put a subscription in force. libzmq applies it to the peer whose message was received last."""
        name = self._peers.note(frame)
        if self._registry.by_name(name) is None or not _TOPIC.fullmatch(topic):
            log.warning("A subscription of client '%s' on evt was refused: %r.", name, topic[:64])
            return False
        if self._peers.floods(frame):
            log.warning("Client '%s' was cut off: it floods the bridge with subscriptions.", name)
            return False
        self.socket.setsockopt(zmq.SUBSCRIBE, topic)
        return True
