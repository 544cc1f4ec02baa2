"""What TWS says of a line besides its rows and its state."""

from __future__ import annotations

from typing import Any

from twsbridge.protocol.line_state import Rerouted, TickParameters


class LineTerms:
    """Nothing at first; each request for the line is told of them anew."""

    def __init__(self) -> None:
        self._parameters: TickParameters | None = None
        self._rerouted: Rerouted | None = None

    def take(self, said: TickParameters | Rerouted) -> bool:
        """Keep it; False when it was known."""
        if said in (self._parameters, self._rerouted):
            return False
        if isinstance(said, TickParameters):
            self._parameters = said
        else:
            self._rerouted = said
        return True

    def wire(self) -> dict[str, Any]:
        """As fields of a `LineState`."""
        known = {"parameters": self._parameters, "rerouted": self._rerouted}
        return {name: said.wire() for name, said in known.items() if said is not None}
