"""Server versions 201 and later: ids as four bytes, and family by family protobuf instead of text."""

from __future__ import annotations

from twssim import text_answers, text_requests
from twssim.answers import Answer
from twssim.protobuf.answers import WRITERS, write_answer
from twssim.protobuf.families import ANSWERS, REQUESTS
from twssim.protobuf.messages import ID_BYTES, PROTOBUF_OFFSET, message_class
from twssim.protobuf.requests import read_request
from twssim.requests import Request
from twssim.wire import Framer, UnreadableRequest, frame


class RawIdProfile:
    """One server version from 201 to 225, mixed below 213; ImportError when ibapi is too old for it."""

    def __init__(self, version: int) -> None:
        """Load the message classes of the requests of this version."""
        self.version = version
        for since, kind in REQUESTS.values():
            if since <= version:
                message_class(kind)
        self._protobuf = {answer for answer in WRITERS if ANSWERS[answer] <= version}

    def read(self, payload: bytes) -> Request:
        """A request in the one form that its family has at this version; raises UnreadableRequest."""
        if len(payload) < ID_BYTES:
            raise UnreadableRequest(f"a message of {len(payload)} bytes has no id")
        message_id, body = int.from_bytes(payload[:ID_BYTES], "big"), payload[ID_BYTES:]
        if message_id > PROTOBUF_OFFSET:
            return read_request(message_id - PROTOBUF_OFFSET, body, self.version)
        since, _ = REQUESTS.get(message_id, (self.version + 1, ""))
        if since <= self.version:
            raise UnreadableRequest(f"message {message_id} is protobuf at server version {self.version}")
        return text_requests.read_request(b"%d\0%b" % (message_id, body), self.version)

    def write(self, answer: Answer) -> bytes:
        """The framed message or messages of one answer."""
        if type(answer) in self._protobuf:
            return write_answer(answer)
        return with_raw_ids(text_answers.write_answer(answer, self.version))


def with_raw_ids(frames: bytes) -> bytes:
    """Text messages with the id as four bytes in place of the first field."""
    return b"".join(frame(_raw_id(payload)) for payload in Framer().feed(frames))


def _raw_id(payload: bytes) -> bytes:
    message_id, _, fields = payload.partition(b"\0")
    return int(message_id).to_bytes(ID_BYTES, "big") + fields
