"""Replies of many packed numbers: told to their client part by part, between which the loop serves everybody else."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any, NamedTuple

from twsbridge.protocol.envelope import Reply
from twsbridge_server.mq import parts

PACKED_BYTES = 128 * 1024
"""Of packed columns in one part: a quarter of a millisecond of work."""

PACKED_BYTES_JSON = 16 * 1024
"""As decimal text they take much longer."""


MOST_BYTES = 256 << 20
"""Of packed columns that wait for one connection; ten years of minute bars are 60 MB. One answer may be longer."""


class ReplyTo(NamedTuple):
    """Where an answer goes, and to what it is the answer."""

    route: bytes
    request_id: str
    command: str
    is_json: bool = False


def parts_of(body: dict[str, Any], is_json: bool) -> int:
    """In how many parts a body is to be sent because of its packed columns."""
    return -(-_packed_bytes(body) // (PACKED_BYTES_JSON if is_json else PACKED_BYTES))


def _packed_bytes(body: dict[str, Any]) -> int:
    return sum(
        _packed_bytes(value) if isinstance(value, dict) else len(value)
        for value in body.values()
        if isinstance(value, dict | bytes)
    )


@dataclass(slots=True)
class _Long:
    to: ReplyTo
    body: dict[str, Any]
    first: int
    more: bool
    count: int
    sent: int = 0

    @property
    def waiting_bytes(self) -> int:
        """What of it is not sent yet."""
        return _packed_bytes(self.body) * (self.count - self.sent) // self.count


class Outgoing(NamedTuple):
    """One part, and whether it is the last one of its reply."""

    to: ReplyTo
    reply: Reply
    is_last: bool


class LongReplies:
    """Those that are not sent yet; they take turns."""

    def __init__(self) -> None:
        self._waiting: deque[_Long] = deque()

    def __len__(self) -> int:
        return len(self._waiting)

    def has_room(self, to: ReplyTo, body: dict[str, Any]) -> bool:
        """Whether one more may wait for its connection."""
        waiting = [each.waiting_bytes for each in self._waiting if each.to.route == to.route]
        return not waiting or sum(waiting) + _packed_bytes(body) <= MOST_BYTES

    def add(self, to: ReplyTo, body: dict[str, Any], first: int, more: bool) -> None:
        """One more reply, the parts of which are numbered from `first` on."""
        self._waiting.append(_Long(to, body, first, more, parts_of(body, to.is_json)))

    def next(self) -> Outgoing:
        """The next part of whose turn it is; there has to be one."""
        long = self._waiting.popleft()
        share = parts.share(long.body, long.sent, long.count)
        number, long.sent = long.first + long.sent, long.sent + 1
        is_last = long.sent == long.count
        if not is_last:
            self._waiting.append(long)
        return Outgoing(
            long.to, Reply(long.to.command, long.to.request_id, True, share, number, long.more or not is_last), is_last
        )

    def drop(self, to: ReplyTo) -> None:
        """Nobody takes the rest of this one."""
        self._waiting = deque(each for each in self._waiting if each.to != to)
