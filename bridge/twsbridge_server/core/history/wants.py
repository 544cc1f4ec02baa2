"""What somebody wants of a series of bars, from the words of the command to places on the scale."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from twsbridge.protocol.commands import GetBars
from twsbridge_server.core.history.bar_sizes import ADJUSTED, DAY_US, Duration, is_one_request, parse_duration
from twsbridge_server.core.history.queue import Turn
from twsbridge_server.core.history.scale import Scale
from twsbridge_server.core.inputs import CommandReceived

FRESH_US = 15_000_000
"""For so long what TWS told of now is told again, unless a bar has begun meanwhile."""


@dataclass(eq=False, slots=True)
class Want:
    """One command that waits for bars. `start` and `end` are places on the scale; `end` None means now.

    `exact` is a duration that TWS is asked for in these words: then `start` is where its answer begins. With `days`
    the answer begins with the so many last days that have bars. `fresh_us` is how old news of now may be.
    """

    asked: CommandReceived
    tz: str
    start: int
    end: int | None
    exact: str = ""
    days: int = 0
    begun_us: int = 0
    fresh_us: int = 0
    is_loaded: bool = False
    parts: int = 0
    told_us: int = 0
    requests: int = 0

    @property
    def turn(self) -> Turn:
        """For whom TWS is asked."""
        command = self.asked.command
        return Turn(self.asked.client.name, isinstance(command, GetBars) and command.priority == "bulk")

    @property
    def tells_progress(self) -> bool:
        """Whether the caller asked to hear how far it is."""
        return isinstance(self.asked.command, GetBars) and self.asked.command.progress


def want_of(asked: CommandReceived, command: GetBars, scale: Scale, tz: str, now: int) -> Want:
    """The want behind a command that was not refused."""
    is_now = command.end_us is None or command.end_us >= now
    end_us = now if command.end_us is None else min(command.end_us, now)
    want = Want(asked, tz, 0, None if is_now else scale.end(end_us), begun_us=now, told_us=now)
    want.fresh_us = max(now - FRESH_US, 0 if scale.is_dated else now // scale.size_us * scale.size_us)
    if command.start_us is not None:
        want.start = scale.start(command.start_us)
        return want
    duration = parse_duration(command.duration or "")
    if command.what_to_show == ADJUSTED or is_one_request(duration, command.bar_size):
        want.exact = command.duration or ""
    elif duration.unit == "D":
        want.days = duration.number
        want.start = scale.start(end_us - (3 * duration.number + 30) * DAY_US)
    else:
        want.start = scale.start(scale.midnight(_after(scale.date_at(end_us - 1), duration)))
    return want


def _after(last: date, duration: Duration) -> date:
    """The first day of the weeks, months or years that end with the date `last`."""
    if duration.unit == "W":
        return last - timedelta(weeks=duration.number) + timedelta(days=1)
    months = duration.number * (12 if duration.unit == "Y" else 1)
    year, month = divmod(last.year * 12 + last.month - 1 - months, 12)
    before = date(year, month + 1, min(last.day, monthrange(year, month + 1)[1]))
    return before + timedelta(days=1)
