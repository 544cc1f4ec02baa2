"""Commands on their way out: with the session's id, and with deadlines in the bridge's own time. No sockets."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

from twsbridge.protocol.commands import Command
from twsbridge.protocol.envelope import CommandHeader, encode_command
from twsbridge.protocol.replies import Welcome


class Courier:
    """Encodes commands for the session that the last welcome opened. `clock_us` is a clock that no step moves."""

    def __init__(self, clock_us: Callable[[], int]) -> None:
        self._clock_us = clock_us
        self._ahead_us = 0
        self._sid = ""
        self._outgoing: list[list[bytes]] = []

    def open(self, welcome: Welcome) -> None:
        """A session has begun: use its id, and reckon with the difference between the two clocks."""
        self._sid = welcome.sid
        self._ahead_us = welcome.server_ts_us - self._clock_us()

    def say(self, command: Command, request_id: str = "", left_us: int | None = None) -> str:
        """Put a command among those to be sent, to be done within `left_us` microseconds; returns its id."""
        sid = self._sid if command.needs_session else ""
        expires = None if left_us is None else self._clock_us() + self._ahead_us + left_us
        header = CommandHeader(t=command.name, id=request_id or uuid4().hex, sid=sid, exp=expires)
        self._outgoing.append(encode_command(command, header))
        return header.id

    def take(self) -> list[list[bytes]]:
        """The frames to send now; they are handed out once."""
        outgoing, self._outgoing = self._outgoing, []
        return outgoing
