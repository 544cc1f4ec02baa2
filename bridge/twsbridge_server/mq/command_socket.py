"""The `cmd` socket: commands in, replies out. Whatever cannot be a command is answered here; the core never sees it."""

from __future__ import annotations

import hashlib
import logging
from typing import Any

import zmq

from twsbridge.protocol import envelope
from twsbridge.protocol.command import COMMANDS as COMMANDS_BY_NAME
from twsbridge.protocol.commands import Bye
from twsbridge.protocol.errors import BridgeError, WireError, make_error
from twsbridge_server.core.fingerprint import fingerprint
from twsbridge_server.core.inputs import CommandReceived, CommandRefused, Source
from twsbridge_server.mq import parts
from twsbridge_server.mq.allowance import Allowance
from twsbridge_server.mq.binding import Context, Socket, secure_socket
from twsbridge_server.mq.clients import RegisteredClient
from twsbridge_server.mq.keys import KeyPair
from twsbridge_server.mq.long_replies import LongReplies, ReplyTo, parts_of
from twsbridge_server.mq.peers import Peers, address_of, key_of
from twsbridge_server.mq.registry import Registry
from twsbridge_server.mq.strikes import COMMANDS, ENDLESS, MALFORMED, Offence

log = logging.getLogger(__name__)

MAX_FRAME_BYTES = 256 * 1024
MAX_PART_BYTES = 256 * 1024
PARTS_A_TURN = 1
MAX_HEADER_BYTES = 4 * 1024

TAKEN_AHEAD = 16
"""Messages of one connection that wait in memory; the others wait at their sender."""

RECEIVE_BUFFER = 128 * 1024

UNREAD_BYTES = 6 << 20
"""What a connection may have on its way to us: all messages taken ahead, at their largest, and the kernel's buffer."""

FRAMES = 4
"""The route, and the three of a command. One more shows that there are too many."""

MOST_FRAMES = 64
"""A message of more than these is no mistake."""


def command_socket(context: Context, pair: KeyPair) -> Socket:
    """A ROUTER that reports replies nobody can take, and lets no second client take over a route."""
    socket = secure_socket(context, zmq.ROUTER, pair, "cmd", MAX_FRAME_BYTES)
    socket.rcvhwm = TAKEN_AHEAD
    socket.rcvbuf = RECEIVE_BUFFER
    socket.router_mandatory = True
    socket.setsockopt(zmq.ROUTER_HANDOVER, 0)
    return socket


class CommandSocket:
    """Commands of known clients as inputs of the core, and replies on the route they came from."""

    def __init__(self, socket: Socket, registry: Registry, peers: Peers, allowance: Allowance) -> None:
        self.socket = socket
        self.undelivered = 0
        self._registry = registry
        self._peers = peers
        self._allowance = allowance
        self._long = LongReplies()

    def receive(self, limit: int) -> list[CommandReceived | CommandRefused]:
        """Up to `limit` messages; those that are no command are answered with what is wrong.

        The core hears of them only if they would have acted.
        """
        received: list[CommandReceived | CommandRefused] = []
        for _ in range(limit):
            try:
                message, count = self._message()
            except zmq.Again:
                break
            client = self._registry.by_key(self._peers.note(message[-1]))
            if count > MOST_FRAMES and self._peers.strike(message[-1], client.name if client else "unknown", ENDLESS):
                continue
            command = self._command(message, client)
            if command:
                received.append(command)
        return received

    def _message(self) -> tuple[list[zmq.Frame], int]:
        """The next message's first frames, as many as matter, and how many it has."""
        frames = [self.socket.recv(zmq.NOBLOCK, copy=False)]
        count = 1
        while self.socket.getsockopt(zmq.RCVMORE):
            frame = self.socket.recv(zmq.NOBLOCK, copy=False)
            count += 1
            if count <= FRAMES + 1:
                frames.append(frame)
        return frames, count

    def answer(self, to: ReplyTo, body: dict[str, Any], part: int = 0, more: bool = False) -> None:
        """Answer with plain types, in as many parts as the size needs, of which the first is `part`.

        Long columns wait for `go_on`; until then the question counts as open.
        """
        if parts_of(body, to.is_json) > 1:
            if not self._long.has_room(to, body):
                self.refuse(to, make_error("req.inflight", "Too many long answers wait for this connection"))
                return
            self._long.add(to, body, part, more)
            return
        if not more:
            self._allowance.answered(to.route, to.command)
        try:
            messages = _encoded(to, body, part, more)
        except (ValueError, TypeError, OverflowError):
            log.exception("The reply to %s could not be encoded.", to.command)
            self._refuse(to, make_error("br.internal", "The reply could not be encoded"))
            return
        for message in messages:
            if not self._send(to, message):
                return

    @property
    def has_backlog(self) -> bool:
        """True when `go_on` has something to send."""
        return len(self._long) > 0

    def go_on(self, limit: int = PARTS_A_TURN) -> None:
        """Send the next parts of long answers, one unless it is said otherwise."""
        for _ in range(limit):
            if not self._long:
                return
            to, reply, is_last = self._long.next()
            is_taken = self._send(to, envelope.encode_reply(reply, is_json=to.is_json))
            if not is_taken:
                self._long.drop(to)
            if is_last or not is_taken:
                self._allowance.answered(to.route, to.command)

    def refuse(self, to: ReplyTo, error: WireError) -> None:
        """Answer with an error."""
        self._allowance.answered(to.route, to.command)
        self._refuse(to, error)

    def _refuse(self, to: ReplyTo, error: WireError) -> None:
        reply = envelope.Reply(to.command, to.request_id, ok=False, body=error.wire())
        self._send(to, envelope.encode_reply(reply, is_json=to.is_json))

    def _command(
        self, message: list[zmq.Frame], client: RegisteredClient | None
    ) -> CommandReceived | CommandRefused | None:
        last = message[-1]
        key = key_of(last)
        route, frames = message[0].bytes, [frame.bytes for frame in message[1:]]
        try:
            if client is None:
                raise BridgeError(make_error("auth.denied", "The key of this connection is not registered any more"))
            if route[:1] != b"\0":
                raise BridgeError(make_error("req.malformed", "The socket has a routing id; do not set one"))
            received = self._admitted(route, key, frames)
        except BridgeError as error:
            name = client.name if client else "unknown"
            log.warning("A message of client '%s' was refused: %s", name, error)
            offence = _offence(error.code)
            if offence is None or not self._peers.strike(last, name, offence):
                self._refuse(_sender(route, frames), error.wire)
            return _refused(client, key, message, error.code)
        header = received.header
        source = _source(last, key, frames) if received.command.acts else Source()
        return CommandReceived(
            client.sender(route), header.id, received.command, header.sid, header.exp, received.is_json, source
        )

    def _admitted(self, route: bytes, key: str, frames: list[bytes]) -> envelope.ReceivedCommand:
        """The command, if its sender may ask now: to find that out costs much less than to read the whole of it."""
        plain, is_json = envelope.header_of(frames)
        if error := self._allowance.refusal(route, key, plain["t"]):
            raise BridgeError(error)
        try:
            return envelope.command_of(plain, is_json, frames[2])
        except BridgeError:
            self._allowance.answered(route, plain["t"])
            raise

    def _send(self, to: ReplyTo, message: list[bytes]) -> bool:
        """A client that says goodbye seldom waits for the answer: that is no news."""
        try:
            self.socket.send_multipart([to.route, *message], zmq.NOBLOCK)
        except zmq.ZMQError as error:
            self.undelivered += 1
            level = logging.DEBUG if to.command == Bye.name else logging.WARNING
            log.log(level, "A reply could not be delivered, its client is gone or does not read: %s.", error.strerror)
            return False
        return True


def _encoded(to: ReplyTo, body: dict[str, Any], first: int, more: bool) -> list[list[bytes]]:
    reply = envelope.Reply(to.command, to.request_id, True, body, first, more)
    whole = envelope.encode_reply(reply, is_json=to.is_json)
    count = -(-len(whole[2]) // MAX_PART_BYTES)
    if count <= 1:
        return [whole]
    pieces = enumerate(parts.split(body, count))
    replies = (
        envelope.Reply(to.command, to.request_id, True, piece, part=first + part, more=more or part + 1 < count)
        for part, piece in pieces
    )
    return [envelope.encode_reply(reply, is_json=to.is_json) for reply in replies]


def _sender(route: bytes, frames: list[bytes]) -> ReplyTo:
    """Where to answer a message that is no command: with its id, if that much of it can be read."""
    header_frame = frames[1] if len(frames) > 1 else b""
    is_json = header_frame[:1] == b"{"
    if len(header_frame) > MAX_HEADER_BYTES:
        return ReplyTo(route, "", "error", is_json)
    try:
        header, is_json = envelope.header_of([envelope.MAGIC, header_frame, b""])
    except BridgeError:
        return ReplyTo(route, "", "error", is_json)
    return ReplyTo(route, header["id"], header["t"], is_json)


def _refused(client: RegisteredClient | None, key: str, message: list[zmq.Frame], code: str) -> CommandRefused | None:
    """What the core hears of it: nothing of strangers, of junk, and of commands that only read."""
    frames = [frame.bytes for frame in message[1:]]
    command = COMMANDS_BY_NAME.get(_sender(b"", frames).command)
    if client is None or command is None or not command.acts:
        return None
    return CommandRefused(client.sender(b""), command.name, code, _source(message[-1], key, frames))


def _source(last: zmq.Frame, key: str, frames: list[bytes]) -> Source:
    body = frames[2] if len(frames) > 2 else b""
    return Source(fingerprint(key), address_of(last), hashlib.sha256(body).hexdigest())


def _offence(code: str) -> Offence | None:
    """What a refusal counts for: a command that is wrong in one field is no offence."""
    if code in ("req.rate", "req.inflight"):
        return COMMANDS
    return MALFORMED if code in ("req.malformed", "req.too_large") else None
