"""Lines that TWS's pacing holds back: they wait, visibly, and are asked for as soon as that is allowed."""

from __future__ import annotations

from twsbridge_server.core.effects import Effect
from twsbridge_server.core.open_lines import OpenLines


class HeldLines:
    """The timer over what `open_lines` holds back."""

    def __init__(self, open_lines: OpenLines) -> None:
        self._open = open_lines

    def due(self, now: int) -> list[Effect]:
        """Ask for what may be asked for now: the highest role first, of these who waits longest."""
        effects: list[Effect] = []
        for line in sorted(self._open.held.values(), key=lambda line: -line.rank):
            if line.held is not None and line.held.until_us <= now:
                effects += [*self._open.open(line, now), *line.reopened(now)]
        return effects

    def next_due(self) -> int | None:
        """When `due` has something to do."""
        return min((line.held.until_us for line in self._open.held.values() if line.held), default=None)

    def lost(self, now: int) -> list[Effect]:
        """There is no session to wait in; the next one asks for all lines anew."""
        lines = list(self._open.held.values())
        for line in lines:
            self._open.forget(line)
        return [effect for line in lines for effect in line.announce(now)]
