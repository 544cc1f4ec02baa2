"""One API connection: bytes in, bytes out, and what TWS remembers about it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from twssim.answers import Answer, Error
from twssim.clock import host_stamp
from twssim.profile import OLDEST_SERVER_VERSION, Profile, profile_of
from twssim.subscriptions import Subscriptions
from twssim.wire import Framer, FrameTooLong, message

if TYPE_CHECKING:
    from twssim.gateway import Gateway

API_PREFIX = b"API\0"
PACED = "+PACEAPI"
"""The connect option of clients that want to be slowed down rather than refused."""
LONGEST_PREFIX = 4
"""How many bytes the length before a protobuf text can take; it grows with the text."""


class Session:
    """A connection from its first byte on; the server moves the bytes."""

    def __init__(self, gateway: Gateway) -> None:
        """Start before the handshake."""
        self.gateway = gateway
        self.version = 0
        self.profile: Profile = profile_of(OLDEST_SERVER_VERSION)
        self.client_id = -1
        self.started = False
        self.closed = False
        self.congested = False
        self.wants_pacing = False
        self.market_data_kind = 1
        self.subscriptions = Subscriptions()
        self._framer = Framer()
        self._hello = b""
        self._output = bytearray()

    def receive(self, received: bytes) -> None:
        """Take bytes from the client; answers come out of `take_output`."""
        if not self.version:
            received = self._strip_prefix(received)
        try:
            for payload in self._framer.feed(received):
                self._take(payload)
        except FrameTooLong:
            self.close()

    def _strip_prefix(self, received: bytes) -> bytes:
        if self._hello == API_PREFIX:
            return received
        self._hello += received
        prefix, rest = self._hello[: len(API_PREFIX)], self._hello[len(API_PREFIX) :]
        if not API_PREFIX.startswith(prefix):
            self.close()
        self._hello = prefix
        return rest

    def _take(self, payload: bytes) -> None:
        if self.closed:
            return
        if not self.version:
            self._shake_hands(payload)
        else:
            self.gateway.dispatch(self, payload)

    def _shake_hands(self, hello: bytes) -> None:
        """`v100..225 +PACEAPI`: run at the highest version both sides know."""
        versions, _, options = hello.decode("ascii", "replace").partition(" ")
        oldest, _, newest = versions.removeprefix("v").partition("..")
        if not (oldest.isdecimal() and (newest or oldest).isdecimal()):
            self.close()
            return
        version = min(int(newest or oldest), self.gateway.settings.server_version)
        if version < int(oldest):
            self.close()
            return
        self.version, self.profile = version, profile_of(version)
        self.wants_pacing = PACED in options.split()
        self._output += message(version, host_stamp(self.gateway.now))

    def send(self, answer: Answer) -> None:
        """Queue an answer for the client."""
        if not self.closed:
            for each in self.gateway.tampering.sent(self, answer):
                self._output += self.profile.write(each)

    def write(self, content: bytes) -> None:
        """Queue bytes as they are: what no TWS should send."""
        if not self.closed:
            self._output += content

    def send_padded(self, code: int, text: str, size: int) -> None:
        """Queue a notice so long that all that is queued is `size` bytes; nothing when that is too short."""
        notice, room = Error(-1, code, text, self.gateway.now), size - len(self._output)
        missing = room - len(self.profile.write(notice))
        for count in range(missing, max(missing - LONGEST_PREFIX, -1), -1):
            padded = replace(notice, text=text + "." * count)
            if len(self.profile.write(padded)) == room:
                self.send(padded)
                return

    def error(self, req_id: int, code: int, text: str) -> None:
        """Queue an error or a notice; -1 is for the session itself."""
        self.send(Error(req_id, code, text, self.gateway.now))

    def invalid(self, req_id: int, cause: str) -> None:
        """Error 321: the request failed validation."""
        where = self.gateway.error_class
        self.error(req_id, 321, f"Error validating request.-'{where}' : cause - {cause}")

    def failed(self, req_id: int, cause: str) -> None:
        """Error 322: the request could not be carried out."""
        where = self.gateway.error_class
        self.error(req_id, 322, f"Error processing request.-'{where}' : cause - {cause}")

    def reject(self, order_id: int, code: int, text: str) -> None:
        """Refuse a request about an order; the ledger remembers that. For 321 text is the cause."""
        facts = {"client_id": self.client_id, "order_id": order_id, "code": code, "text": text}
        self.gateway.ledger.append("rejected", **facts)
        if code == 321:
            self.invalid(order_id, text)
        else:
            self.error(order_id, code, text)

    def close(self) -> None:
        """End the connection after what is queued has been sent."""
        if not self.closed:
            self.closed = True
            self.gateway.forget(self)

    def take_output(self) -> bytes:
        """Everything queued since the last call."""
        output = bytes(self._output)
        self._output.clear()
        return output
