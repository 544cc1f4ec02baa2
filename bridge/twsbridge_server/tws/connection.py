"""The connection to TWS as the loop sees it. Nothing else of this package is used outside of it.

In each turn: `receive` when the descriptor is readable or failed or `has_backlog` is True, `flush` when it is
writable, `expire` when `deadline` has passed, `call` for each request.
"""

from __future__ import annotations

from dataclasses import dataclass

from twsbridge_server.core.calls import TwsCall
from twsbridge_server.core.inputs import TwsConnected, TwsErrorReceived, TwsInput, TwsLost
from twsbridge_server.tws import reasons
from twsbridge_server.tws.decoder import MessageDecoder, Quarantine
from twsbridge_server.tws.encoder import Encoder, id_of
from twsbridge_server.tws.framing import FrameError, Framer
from twsbridge_server.tws.handshake import GreetingError, client_hello, highest_version, read_greeting
from twsbridge_server.tws.tap import LEFT, Tap
from twsbridge_server.tws.transport import Phase, Transport

NOT_CONNECTED = 504
"""ibapi's own code for it."""

MAX_BACKLOG = 4 << 20
"""Bytes read ahead of decoding, a fraction of a second. Then TWS has to wait, which costs it ticks; to read on would
put what it says of an order behind seconds of them."""

READS_PER_TURN = 16


@dataclass(frozen=True, slots=True)
class TwsSettings:
    """Where TWS is. `max_server_version` caps what is announced: below 201 the wire is readable text."""

    host: str = "127.0.0.1"
    port: int = 7497
    handshake_timeout_s: float = 30.0
    max_server_version: int | None = None


class TwsConnection:
    """One session with TWS at a time; a new `connect` ends the old one, of which nothing more is delivered."""

    def __init__(self, settings: TwsSettings, quarantine: Quarantine, tap: Tap | None = None) -> None:
        """Not connected; `tap` listens in on every byte."""
        self._settings = settings
        self._tap = tap
        self._quarantine = quarantine
        self._highest = highest_version(settings.max_server_version)
        self._transport: Transport | None = None
        self._framer = Framer()
        self._decoder: MessageDecoder | None = None
        self._encoder: Encoder | None = None
        self.deadline: float | None = None
        """When to call `expire`, in the seconds of `now_s`; None when no handshake is under way."""

    def fileno(self) -> int | None:
        """The descriptor to wait for; it changes while connecting. None when there is nothing to wait for."""
        return self._transport.fileno() if self._transport is not None else None

    @property
    def wants_write(self) -> bool:
        """True when `flush` is to be called as soon as the descriptor is writable."""
        return self._transport is not None and self._transport.wants_write

    @property
    def has_backlog(self) -> bool:
        """True when `receive` has something to deliver without waiting for the descriptor."""
        transport = self._transport
        if transport is None:
            return False
        return self._framer.is_ready or transport.phase is Phase.ENDED or transport.has_failed

    def connect(self, now_s: float) -> list[TwsInput]:
        """Begin. TwsConnected or TwsLost follows, or is returned when it is known at once; see `deadline`."""
        self.close()
        self._transport = Transport(self._settings.host, self._settings.port, self._tap)
        self.deadline = now_s + self._settings.handshake_timeout_s
        return self.receive(0)

    def receive(self, max_messages: int) -> list[TwsInput]:
        """Read what is there and decode at most so many messages. TwsLost comes last, after all that TWS had said."""
        transport = self._transport
        if transport is None:
            return []
        self._read(transport)
        inputs: list[TwsInput] = []
        try:
            if self._decoder is None:
                inputs += self._greet(transport)
            if self._decoder is not None:
                inputs += self._decoder.decode(self._framer.take(max_messages))
        except GreetingError as error:
            return self._lost(reasons.bad_greeting(transport.endpoint, str(error)))
        except FrameError as error:
            told = reasons.bad_greeting if self._decoder is None else reasons.out_of_step
            return self._lost(told(transport.endpoint, str(error)))
        if transport.phase is Phase.ENDED and not self._framer.is_ready:
            inputs += self._lost(self._why_ended(transport))
        return inputs

    def flush(self) -> list[TwsInput]:
        """The descriptor is writable: go on with connecting, or send what waits."""
        if self._transport is None:
            return []
        self._advance(self._transport)
        self._transport.flush()
        return self.receive(0)

    def expire(self, now_s: float) -> list[TwsInput]:
        """TwsLost with what was being waited for, when the deadline of the handshake has passed."""
        transport = self._transport
        if transport is None or self.deadline is None or now_s < self.deadline:
            return []
        seconds = self._settings.handshake_timeout_s
        if transport.phase is Phase.LOOKING_UP:
            return self._lost(reasons.no_lookup(self._settings.host, seconds))
        told = reasons.no_greeting if transport.was_connected else reasons.no_tcp_answer
        return self._lost(told(transport.endpoint, seconds))

    def call(self, call: TwsCall) -> list[TwsInput]:
        """Send one request. Returns why it could not be encoded; that sending failed is for `receive` to say."""
        if self._encoder is None or self._transport is None:
            text = "There is no session with TWS; nothing was sent"
            return [TwsErrorReceived(id_of(call), NOT_CONNECTED, text)]
        encoded = self._encoder.encode(call)
        self._transport.send(encoded.data)
        return list(encoded.errors)

    def close(self) -> None:
        """End the session, without a TwsLost; what was received and not delivered is dropped."""
        if self._transport is not None:
            self._transport.end(LEFT)
        self._transport = self._decoder = self._encoder = self.deadline = None
        self._framer = Framer()

    def _advance(self, transport: Transport) -> None:
        if transport.advance():
            transport.send(client_hello(self._highest))

    def _read(self, transport: Transport) -> None:
        self._advance(transport)
        for _ in range(READS_PER_TURN):
            if len(self._framer) > MAX_BACKLOG:
                return
            chunk = transport.read()
            if not chunk:
                return
            self._framer.feed(chunk)

    def _greet(self, transport: Transport) -> list[TwsInput]:
        """TwsConnected, when TWS's greeting is complete."""
        while payloads := self._framer.take(1):
            greeting = read_greeting(payloads[0], self._highest)
            if greeting is not None:
                self._decoder = MessageDecoder(greeting.server_version, self._quarantine)
                self._encoder = Encoder(greeting.server_version)
                self.deadline = None
                return [TwsConnected(greeting.server_version, greeting.connection_time)]
        return []

    def _lost(self, reason: str) -> list[TwsInput]:
        transport, was_greeted = self._transport, self._decoder is not None
        was_connected = transport is not None and transport.was_connected
        self.close()
        return [TwsLost(reason, "" if was_greeted else "login_pending" if was_connected else "unreachable")]

    def _why_ended(self, transport: Transport) -> str:
        if not transport.was_connected:
            return transport.fault
        told = reasons.closed_in_handshake if self._decoder is None else reasons.closed
        return told(transport.endpoint, transport.fault)
