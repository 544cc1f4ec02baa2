"""What becomes of the lines when TWS, its link to IB or one subscription fails: gaps, and what is asked for again."""

from __future__ import annotations

from collections.abc import Mapping

from twsbridge_server.core.effects import Effect
from twsbridge_server.core.held_lines import HeldLines
from twsbridge_server.core.line import Line
from twsbridge_server.core.open_lines import OpenLines

KEPT = "TWS has its connection to IB again and has kept the line, on which nothing has come since"


class LineOutages:
    """Works on the lines there are, by their keys, and on what is open of them at TWS."""

    def __init__(self, open_lines: OpenLines, by_key: Mapping[str, Line]) -> None:
        self._open = open_lines
        self._by_key = by_key
        self._held = HeldLines(open_lines)

    def session_lost(self, reason: str, now: int) -> list[Effect]:
        """The session is gone, and all lines with it."""
        self._open.is_ready = False
        effects = self._held.lost(now)
        for line in list(self._open.by_id.values()):
            self._open.forget(line)
            effects += line.interrupted(reason, now)
        return effects

    def link_lost(self, reason: str, now: int) -> list[Effect]:
        """TWS is cut off from IB: what is known may be old. The next rows of a line make it current again."""
        lines = self._open.by_id.values()
        return [effect for line in lines for effect in line.interrupted(reason, now, data_lost=False)]

    def link_back(self, now: int) -> list[Effect]:
        """TWS has IB again and has kept the lines."""
        return [effect for line in self._open.by_id.values() for effect in line.kept(KEPT, now)]

    def data_lost(self, reason: str, now: int) -> list[Effect]:
        """TWS was cut off from IB and has lost the lines: cancel what it may still hold, open all under new ids."""
        if not self._open.is_ready:
            return []
        for line in self._open.by_id.values():
            line.interruption.begin(reason, line.heard_us or now)
        cancelled = [effect for line in self._by_key.values() for effect in self._open.cancel(line)]
        return [*cancelled, *self.open_all(now)]

    def open_all(self, now: int) -> list[Effect]:
        """Ask TWS for every line that somebody wants."""
        effects: list[Effect] = []
        for line in self._by_key.values():
            effects += [*self._open.open(line, now), *line.reopened(now)]
        return effects

    def ask_again(self, line: Line, reason: str, now: int) -> list[Effect]:
        """Close a line at TWS and open it under a new id: the subscription may be dead."""
        line.interruption.begin(reason, line.heard_us or now)
        return [*self._open.cancel(line), *self._open.open(line, now), *line.reopened(now)]
