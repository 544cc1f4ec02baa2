"""The command that lets a bridge go down in order, as SIGTERM does."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from twsbridge.protocol.command import Command
from twsbridge.protocol.fields import Int, Micros, WireModel

LONGEST_MS = 600_000


class DrainReply(WireModel):
    """The bridge is `DRAINING`. It stops once nothing is under way, and at `ends_us` at the latest.

    `waits_for` are the orders of which TWS has yet to answer something.
    """

    ends_us: Micros
    waits_for: Int


class Drain(Command):
    """Let the bridge go down: orders and changes are refused from now on, cancels pass, what was sent gets its time.

    `window_ms` is that time, None the bridge's own (`--drain-seconds`); said again, the shorter one counts. Then `bye`
    tells where each stream ends, and `expect_back_s`, if it is given. Orders at TWS keep working.
    """

    name = "drain"
    acts = True
    reply = DrainReply
    reason: Annotated[str, StringConstraints(max_length=200)] = ""
    window_ms: Annotated[Int, Field(ge=0, le=LONGEST_MS)] | None = None
    expect_back_s: Annotated[Int, Field(ge=0, le=86_400)] | None = None
