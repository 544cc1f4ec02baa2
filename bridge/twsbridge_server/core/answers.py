"""Replies to commands, made in one place."""

from __future__ import annotations

from typing import Any

from twsbridge.protocol.errors import WireError, make_error
from twsbridge.protocol.fields import WireModel
from twsbridge_server.core.effects import SendReply
from twsbridge_server.core.inputs import CommandReceived

FIRST_REQUEST_ID = 2_000_000_000
"""Request ids start here and order ids stay below, so that an error's id is never ambiguous.

Other programs took the seconds since 1970 as order ids, and TWS goes on counting from there: those stay below too.
"""

LAST_ORDER_ID = FIRST_REQUEST_ID - 1
"""No order gets a higher id: TWS would take the next one for a change of another, or refuse it."""

LAST_REQUEST_ID = 2_147_000_000
"""TWS reads ids as 32 bits; after this one the first ones, long since answered, come again."""


class RequestIds:
    """Ids of requests to TWS, apart from the range of order ids."""

    def __init__(self) -> None:
        self._last = FIRST_REQUEST_ID - 1

    def next(self) -> int:
        """A fresh request id."""
        self._last = self._last + 1 if self._last < LAST_REQUEST_ID else FIRST_REQUEST_ID
        return self._last


def answer(asked: CommandReceived, body: WireModel, part: int = 0, more: bool = False) -> SendReply:
    """The reply to a command that was carried out, or one part of it."""
    return SendReply(
        asked.client.route, asked.request_id, asked.command.name, body, is_json=asked.is_json, part=part, more=more
    )


def fail(asked: CommandReceived, error: WireError) -> SendReply:
    """The reply to a command that was not."""
    return SendReply(asked.client.route, asked.request_id, asked.command.name, error=error, is_json=asked.is_json)


def refuse(asked: CommandReceived, code: str, msg: str, **more: Any) -> SendReply:
    """The reply to a command that was not carried out, from a code and what happened."""
    return fail(asked, make_error(code, msg, **more))
