"""The one place that decides how a session of some server version reads and writes."""

from __future__ import annotations

from typing import Protocol

from twssim.answers import Answer
from twssim.requests import Request
from twssim.text_answers import write_answer
from twssim.text_requests import read_request

OLDEST_SERVER_VERSION = 157
NEWEST_TEXT_VERSION = 200
NEWEST_SERVER_VERSION = 225
PRECISION_SINCE = 224
"""The first server version that tells how precise prices and sizes are."""


class Profile(Protocol):
    """How one server version puts requests and answers into bytes."""

    version: int

    def read(self, payload: bytes) -> Request:
        """The request in the payload of one frame; raises UnreadableRequest."""

    def write(self, answer: Answer) -> bytes:
        """The framed message or messages of one answer."""


class TextProfile:
    """Server versions up to 200: every field is text."""

    def __init__(self, version: int) -> None:
        """Any version from 157 to 200."""
        self.version = version

    def read(self, payload: bytes) -> Request:
        """The request in the payload of one frame; raises UnreadableRequest."""
        return read_request(payload, self.version)

    def write(self, answer: Answer) -> bytes:
        """The framed message or messages of one answer."""
        return write_answer(answer, self.version)


def profile_of(version: int) -> Profile:
    """The profile of a server version; ValueError, in one sentence, when this installation has none."""
    if version <= NEWEST_TEXT_VERSION:
        return TextProfile(version)
    try:
        from twssim.protobuf.raw_id_profile import RawIdProfile

        return RawIdProfile(version)
    except ImportError as missing:
        raise ValueError(
            f"server version {version} speaks protobuf with the message classes of a recent ibapi ({missing}): "
            f"install twsbridge[bridge], or choose a server version up to {NEWEST_TEXT_VERSION}"
        ) from None
