"""Requests that await their replies, and replies of several parts put together. No input or output."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Any, NamedTuple

from twsbridge.errors import BridgeError
from twsbridge.protocol.command import Command
from twsbridge.protocol.envelope import Reply


class Part(NamedTuple):
    """A part of a reply that is not complete, for a caller who wants to hear of it."""

    body: dict[str, Any]


Body = dict[str, Any] | BridgeError
"""What a waiting caller gets: the body of the reply, or what to raise."""

Answer = Body | Part
"""Before that perhaps parts."""


@dataclass(eq=False, slots=True)
class Request:
    """One command on its way. Times are seconds of the monotonic clock; it does not leave before `not_before`."""

    id: str
    command: Command
    deadline: float
    answer: SimpleQueue[Answer] = field(default_factory=SimpleQueue)
    sent: bool = False
    hears_parts: bool = False
    not_before: float = 0.0
    parts: dict[int, Reply] = field(default_factory=dict)

    @property
    def only_reads(self) -> bool:
        """True when it may be sent twice without harm."""
        return not self.command.acts


class Pending:
    """The requests in flight of one client, by id."""

    def __init__(self) -> None:
        self._requests: dict[str, Request] = {}

    def __len__(self) -> int:
        return len(self._requests)

    def __iter__(self) -> Iterator[Request]:
        return iter(list(self._requests.values()))

    def add(self, request: Request) -> None:
        """A new request, not yet sent."""
        self._requests[request.id] = request

    def forget(self, request_id: str) -> None:
        """The caller waits no longer; a late reply will be dropped."""
        self._requests.pop(request_id, None)

    def unsent(self, now: float) -> list[Request]:
        """What is still to be sent and may leave now, oldest first."""
        return [request for request in self if not request.sent and request.not_before <= now]

    def accept(self, reply: Reply) -> tuple[Request, Reply] | None:
        """The request that this reply completes and the joined reply, or None: another part is due, or nobody waits."""
        request = self._requests.get(reply.request_id)
        if request is None:
            return None
        request.parts[reply.part] = reply
        if request.hears_parts and reply.ok and reply.more:
            request.answer.put(Part(reply.body))
        if not reply.ok:
            whole = reply
        elif (joined := _joined(request.parts)) is None:
            return None
        else:
            whole = joined
        self.forget(request.id)
        return request, whole

    def interrupted(self) -> list[Request]:
        """The connection broke: reads are to be sent again, sent orders come out here, for their fate is unknown."""
        lost = [request for request in self if request.sent and not request.only_reads]
        for request in lost:
            self.forget(request.id)
        for request in self:
            request.sent = False
            request.parts.clear()
        return lost


def _joined(parts: dict[int, Reply]) -> Reply | None:
    """All parts as one reply, or None while one is missing."""
    ordered = [parts[number] for number in sorted(parts)]
    last = ordered[-1]
    if last.more or last.part != len(ordered) - 1:
        return None
    body = ordered[0].body
    for part in ordered[1:]:
        body = _appended(body, part.body)
    return last._replace(body=body, part=0)


def _appended(first: Any, more: Any) -> Any:
    """Lists and packed columns are continued, maps key by key; of anything else the last one counts."""
    if isinstance(first, dict) and isinstance(more, dict):
        return {**first, **{key: _appended(first[key], more[key]) if key in first else more[key] for key in more}}
    if isinstance(first, list) and isinstance(more, list):
        return first + more
    if isinstance(first, bytes) and isinstance(more, bytes):
        return first + more
    return more
