"""Who gives way when an allowance of the login is used up: a line that only lower roles have goes to a higher one.

Who had to give way comes back when there is room again.
"""

from __future__ import annotations

from collections.abc import Iterable

from twsbridge.protocol.errors import make_error
from twsbridge_server.core.effects import Effect
from twsbridge_server.core.line import Line
from twsbridge_server.core.line_errors import AGAIN_US
from twsbridge_server.core.open_lines import NAMES, OpenLines
from twsbridge_server.core.rights import ROLES, Role

RANKS: dict[str, int] = {role: rank for rank, role in enumerate(ROLES)}
"""Observers give way to traders, and both to admins; equals never to one another."""


def make_room(lines: OpenLines, wanted: Line, client: str, role: Role, now: int) -> list[Effect]:
    """Take the place of the line of the lowest role, of these the youngest; nothing when nobody has to give way."""
    name = lines.lacks(wanted)
    if not name:
        return []
    below = [line for line in lines.holding(name) if line.rank < RANKS[role] and lines.is_alone(line)]
    if not below:
        return []
    lowest = min(line.rank for line in below)
    victim = [line for line in below if line.rank == lowest][-1]
    cancelled = lines.cancel(victim)
    lines.release(victim)
    error = make_error(
        "tws.pacing",
        f"All {NAMES[name]} of the login are in use, and {client} ({role}) goes first",
        now="This line was closed; what it told last is no longer the market's.",
    )
    victim.lacks_room = True
    victim.interruption.begin(error.msg, victim.heard_us or now)
    return [*cancelled, *victim.become("ended", now, error)]


def go_first(lines: OpenLines, refused: Line, now: int) -> list[Effect]:
    """TWS had a place less than was thought: who lost it takes one of a lower role, and not again and again."""
    if refused.reopened_us and now - refused.reopened_us < AGAIN_US:
        return []
    room = make_room(lines, refused, refused.opener, ROLES[refused.rank], now)
    if not room:
        return []
    refused.reopened_us = now
    return [*room, *lines.open(refused, now), *refused.reopened(now)]


def use_room(lines: OpenLines, all_lines: Iterable[Line], now: int) -> list[Effect]:
    """Open what ended for want of a place, now that there is one: the highest role first, of these the oldest."""
    effects: list[Effect] = []
    waiting = (line for line in all_lines if line.lacks_room)
    for line in sorted(waiting, key=lambda line: -line.rank):
        if not lines.lacks(line):
            effects += [*lines.open(line, now), *line.reopened(now)]
    return effects
