"""A gap in one line of market data that only this side knows of: the connection to the bridge was lost. No sockets."""

from __future__ import annotations

from typing import Any


class Outage:
    """Begins with the loss. It ends with the first rows after the bridge has told the line's state again.

    What is known from before then must not look fresh, so until then the line is `stale`.
    """

    def __init__(self) -> None:
        self._gap: dict[str, Any] | None = None
        self._is_greeted = False

    def begin(self, reason: str, since_us: int) -> bool:
        """Lost, perhaps once more: rows may be missing since the last ones that came. True when that is news."""
        is_news = self._gap is None
        self._gap = self._gap or {"since_us": since_us, "reason": reason}
        self._is_greeted = False
        return is_news

    def told(self, said: dict[str, Any]) -> dict[str, Any]:
        """The bridge tells the state: what of it holds here, too. A gap that it has itself takes this one along."""
        self._is_greeted = True
        resumed = said.get("resumed")
        if self._gap is not None and resumed:
            since_us = min(int(resumed["since_us"]), self._gap["since_us"])
            said = {**said, "resumed": {"since_us": since_us, "data_lost": True}}
        if resumed or said.get("state") == "ended":
            self._gap = None
        return self.shown(said)

    def shown(self, said: dict[str, Any]) -> dict[str, Any]:
        """This state with the gap in it, while there is one."""
        if self._gap is None:
            return said
        gap = said.get("gap") or self._gap
        since_us = min(int(gap["since_us"]), self._gap["since_us"])
        return {**said, "state": "stale", "gap": {**gap, "since_us": since_us}}

    def ends_now(self, said: dict[str, Any]) -> bool:
        """Rows have come in this state of the bridge: True when they are the first after the gap."""
        return self._gap is not None and self._is_greeted and not said.get("gap")

    def end(self, said: dict[str, Any]) -> dict[str, Any]:
        """The state that tells that it is over."""
        gap, self._gap = self._gap or {}, None
        return {**said, "resumed": {"since_us": gap.get("since_us", 0), "data_lost": True}}
