"""A bridge that kills itself: `python crashing.py POINT NTH serve ...` dies right after the NTH time at POINT.

A point is a step of a turn: `append:IntentRow` (a row written, not committed), `commit` (committed, not marked), `mark`
(both), `CallTws:PlaceOrder`, `SendReply:order.place`, `PublishEvent:execution` and their like (done).
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from twsbridge.cli import main
from twsbridge_server.core import effects as fx
from twsbridge_server.journal_file import Journal
from twsbridge_server.journal_mark import MarkFile
from twsbridge_server.perform import Performer


class Fuse:
    """Counts how often the point was reached."""

    def __init__(self, point: str, nth: int) -> None:
        self._point = point
        self._left = nth

    def reached(self, point: str) -> None:
        """SIGKILL to this process, if this is the time."""
        if point == self._point:
            self._left -= 1
            if not self._left:
                os.kill(os.getpid(), signal.SIGKILL)


def step(effect: fx.Effect) -> str:
    """The name of an effect as a point."""
    match effect:
        case fx.CallTws():
            detail = type(effect.call).__name__
        case fx.SendReply():
            detail = effect.command
        case fx.PublishEvent():
            detail = effect.type
        case _:
            return type(effect).__name__
    return f"{type(effect).__name__}:{detail}"


def lay(fuse: Fuse) -> None:
    """Let the fuse hear of every step of the journal and of the performer."""
    _after(Journal, "append", lambda row: fuse.reached(f"append:{type(row).__name__}"))
    _after(Performer, "_do", lambda effect: fuse.reached(step(effect)))
    _after(MarkFile, "write", lambda *reached: fuse.reached("mark"))
    write: Callable[..., None] = MarkFile.write

    def before_mark(mark: MarkFile, *reached: Any) -> None:
        fuse.reached("commit")
        write(mark, *reached)

    MarkFile.write = before_mark  # type: ignore[method-assign]  # this process exists to be broken


def _after(owner: type, name: str, told: Callable[..., None]) -> None:
    original = getattr(owner, name)

    def wrapped(self: Any, *given: Any) -> Any:
        result = original(self, *given)
        told(*given)
        return result

    setattr(owner, name, wrapped)


if __name__ == "__main__":
    _, POINT, NTH, *rest = sys.argv
    lay(Fuse(POINT, int(NTH)))
    sys.argv = ["twsbridge", *rest]
    main()
