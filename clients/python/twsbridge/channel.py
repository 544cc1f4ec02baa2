"""How the parts of a client speak with the bridge from any thread: ask, read events, join market data lines."""

from __future__ import annotations

import contextlib
import queue
import time
from collections.abc import Callable
from typing import Any, TypeVar
from uuid import uuid4

from pydantic import ValidationError

from twsbridge.connection import ConnectionSource, find_connection
from twsbridge.dialogue import GREETING, unknown_fate
from twsbridge.errors import BridgeError, BridgeUnavailable, make_error, no_answer, not_sent
from twsbridge.greeters import Greeter
from twsbridge.hub import EventInbox, Heads
from twsbridge.inbox import LIMIT
from twsbridge.interruption import CODE as CANCELLED
from twsbridge.interruption import Interruption
from twsbridge.io import IoThread
from twsbridge.lines import TickInbox
from twsbridge.pending import Body, Part, Request
from twsbridge.protocol.commands import CancelBars, Command, GetBars, Hello
from twsbridge.protocol.envelope import refusal_of
from twsbridge.protocol.fields import WireModel
from twsbridge.protocol.replies import Welcome

M = TypeVar("M", bound=WireModel)

GRACE = 0.5
"""Seconds beyond the deadline in which the bridge's own word about it may still arrive."""

SYNC_SECONDS = 2.0
LONGEST = 86_400.0 * 365


class Channel:
    """One connection to one bridge. Thread-safe; nothing here waits longer than its deadline."""

    def __init__(self, source: ConnectionSource, timeout: float, hello: Hello = GREETING) -> None:
        self.timeout = _checked(timeout)
        self.hello = hello
        self._io = IoThread(lambda: find_connection(source), hello)

    def wait_welcome(self) -> Welcome:
        """Wait for the first welcome; raises AuthError or Unreachable with the reason why there is none."""
        answer: Greeter = queue.SimpleQueue()
        self._io.post(lambda board: board.dialogue.greet(answer))
        try:
            welcome = answer.get(timeout=self.timeout)
        except queue.Empty:
            raise not_sent(self.endpoint, self.timeout, self.trouble) from None
        if isinstance(welcome, BridgeError):
            raise welcome
        return welcome

    @property
    def endpoint(self) -> str:
        """Where commands go."""
        return self._io.board.connection.cmd

    @property
    def welcome(self) -> Welcome | None:
        """What the bridge said last when it greeted us."""
        return self._io.board.dialogue.welcome

    @property
    def state(self) -> str:
        """connecting, up, suspected, refused or closed."""
        return self._io.board.dialogue.state

    @property
    def trouble(self) -> str:
        """Why the state is not up; empty when it is."""
        return self._io.board.dialogue.trouble

    def seconds(self, timeout: float | None) -> float:
        """The time a call may take: its own or else the client's."""
        return self.timeout if timeout is None else _checked(timeout)

    def ask(
        self,
        command: Command,
        reply: type[M],
        timeout: float | None = None,
        hear: Callable[[Any], None] | None = None,
        interruption: Interruption | None = None,
    ) -> M:
        """Send a command and wait for its reply; raises the bridge's error, or one that says that no answer came.

        `hear` is called, in this thread, with the body of each part that comes before the last one. Another thread
        may end the wait by the `interruption`.
        """
        seconds = self.seconds(timeout)
        request = Request(uuid4().hex, command, time.monotonic() + seconds, hears_parts=hear is not None)
        answer = None
        with interruption.over(request) if interruption else contextlib.nullcontext():
            self._io.post(lambda board: board.dialogue.submit(request, time.monotonic()))
            try:
                answer = _answer_to(request, hear)
            finally:
                if answer is None or _is_interrupted(answer):
                    self._forget(request)
        if answer is None:
            raise self._late(request, seconds)
        if isinstance(answer, BridgeError):
            raise answer
        return _understood(reply, answer)

    def read_events(self, prefixes: tuple[str, ...], timeout: float | None = None) -> tuple[EventInbox, Heads]:
        """An inbox for the streams with these prefixes, in force, and the heads from which on it gets everything."""
        deadline = time.monotonic() + self.seconds(timeout)
        inbox = EventInbox(prefixes, LIMIT)
        while True:
            self._io.post(lambda board: board.open_inbox(inbox, uuid4().hex))
            left = deadline - time.monotonic()
            first = inbox.get(min(SYNC_SECONDS, left))
            if isinstance(first, Heads):
                return inbox, first
            if left <= SYNC_SECONDS:
                raise not_sent(self._io.board.connection.evt, self.seconds(timeout), self.trouble or "events stay away")

    def join_line(self, topic: str, inbox: TickInbox) -> None:
        """Let the frames of a market data line flow into this inbox."""
        self._io.post(lambda board: board.join_line(topic, inbox))

    def leave_line(self, topic: str, inbox: TickInbox) -> None:
        """Stop them; harmless when the client is closed."""
        with contextlib.suppress(BridgeError):
            self._io.post(lambda board: board.leave_line(topic, inbox))

    def close(self) -> None:
        """Leave the bridge. Whoever waits is told; every later call raises Unreachable (client.closed)."""
        self._io.stop()

    def _forget(self, request: Request) -> None:
        with contextlib.suppress(BridgeError):
            self._io.post(lambda board: board.dialogue.forget(request.id))
            if isinstance(request.command, GetBars) and request.sent:
                end = Request(uuid4().hex, CancelBars(request_id=request.id), time.monotonic() + self.timeout)
                self._io.post(lambda board: board.dialogue.submit(end, time.monotonic()))

    def _late(self, request: Request, seconds: float) -> BridgeError:
        """The error for a request without an answer: what is known depends on whether it has left."""
        if not request.sent:
            return not_sent(self.endpoint, seconds, self.trouble or "it is busy")
        why = f"nothing came within {seconds:g} s"
        if request.only_reads:
            return no_answer(request.command.name, self.endpoint, why)
        return unknown_fate(request, why)


def build(model: type[M], **fields: object) -> M:
    """A command, or a part of one, out of its fields; raises InvalidRequest with the field that is wrong."""
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        raise refusal_of(error) from None


def _answer_to(request: Request, hear: Callable[[Any], None] | None) -> Body | None:
    """What came, or None. Where the command has left, the bridge's own word about the deadline may come just after."""
    while True:
        left = request.deadline - time.monotonic()
        try:
            answer = request.answer.get(timeout=max(0.0, left))
        except queue.Empty:
            break
        if not isinstance(answer, Part):
            return answer
        if hear is not None:
            hear(answer.body)
    try:
        last = request.answer.get(timeout=GRACE if request.sent else 0)
    except queue.Empty:
        return None
    return None if isinstance(last, Part) else last


def _is_interrupted(answer: Body) -> bool:
    return isinstance(answer, BridgeError) and answer.code == CANCELLED


def _understood(reply: type[M], body: object) -> M:
    try:
        return reply.model_validate(body)
    except ValidationError as error:
        text = f"The bridge's answer cannot be read: {error.errors(include_url=False, include_input=False)[0]['msg']}"
        raise BridgeUnavailable(make_error("br.internal", text)) from None


def _checked(timeout: float) -> float:
    if not timeout > 0:
        raise ValueError(f"timeout must be a number of seconds above 0, not {timeout!r}")
    return min(timeout, LONGEST)
