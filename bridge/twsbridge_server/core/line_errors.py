"""What TWS's errors and notices mean for a line: it ends, stops for a while, begins anew, or goes on."""

from __future__ import annotations

from twsbridge.protocol.models import Reason
from twsbridge_server.core import tws_errors
from twsbridge_server.core.effects import Effect
from twsbridge_server.core.inputs import TwsErrorReceived
from twsbridge_server.core.line import Line
from twsbridge_server.core.notices import Kind, classify
from twsbridge_server.core.open_lines import OpenLines, learnt_from

COMPETING_SESSION = 10197
"""Another login takes the data; they come back by themselves when it ends."""

DELAYED_INSTEAD = 10167
DELAYED = 3

BOOK_RESET = 317
"""TWS tells the book anew on the same line."""

TOO_SOON = "tws.pacing"
"""What TWS would have taken later."""

AGAIN = frozenset({316, 10182, 10225})
"""A stream has stopped and is there for the asking: a book was halted, updates or bars were lost."""

AGAIN_US = 10_000_000
"""A line that stops again within this time has ended."""


def line_error(lines: OpenLines, line: Line, said: TwsErrorReceived, now: int) -> list[Effect]:
    """What follows from TWS's error or notice for this line."""
    kind = classify(said.code, said.meant)
    if kind is Kind.LATE:
        return []
    if said.code in AGAIN and (not line.reopened_us or now - line.reopened_us >= AGAIN_US):
        line.reopened_us = now
        line.interruption.begin(said.text, line.heard_us or now)
        return [*lines.open(line, now), *line.reopened(now)]
    if kind is Kind.REQUEST or said.code in AGAIN:
        return _failed(lines, line, said, now)
    line.notice = Reason(tws_code=said.code, text=said.text)
    if said.code == BOOK_RESET:
        return [*line.reset(now), *line.announce(now)]
    gives_delayed = line.gives(DELAYED, now) if said.code == DELAYED_INSTEAD else []
    return gives_delayed or line.announce(now)


def _failed(lines: OpenLines, line: Line, said: TwsErrorReceived, now: int) -> list[Effect]:
    error = tws_errors.refusal(said.code, said.text)
    if said.code == COMPETING_SESSION:
        return line.interrupted(said.text, now, error=error)
    used_up = learnt_from(said.code, said.text)
    if error.code == TOO_SOON and not used_up:
        line.notice = None
        return lines.refused(line, tws_errors.plain(said.text), now)
    lines.forget(line)
    lines.release(line)
    if used_up:
        lines.learn(used_up)
        line.lacks_room, error = True, lines.no_room(used_up, said.code)
    line.interruption.begin(said.text, line.heard_us or now)
    return line.become("ended", now, error)
