"""What is open at TWS: the ids of market data lines, and how many of them the login may have."""

from __future__ import annotations

from twsbridge.protocol.errors import WireError, make_error
from twsbridge_server.core.answers import RequestIds
from twsbridge_server.core.calls import CancelMarketData, ReqMarketData
from twsbridge_server.core.effects import CallTws, Effect
from twsbridge_server.core.line import Line


class OpenLines:
    """A line takes a place in the budget as long as it is wanted, also while there is no session to open it in."""

    def __init__(self, max_lines: int, ids: RequestIds) -> None:
        self._max_lines = max_lines
        self._ids = ids
        self._placed: set[str] = set()
        self.by_id: dict[int, Line] = {}
        self.is_ready = False

    def open(self, line: Line) -> list[Effect]:
        """Ask TWS for the line under a new id, if there is a place and a session. Sets the state, announces nothing."""
        self.forget(line)
        if line.topic not in self._placed and len(self._placed) >= self._max_lines:
            line.state, line.error = "ended", _no_room(self._max_lines)
            return []
        self._placed.add(line.topic)
        line.state, line.error = "waiting", None
        if not self.is_ready:
            return []
        line.req_id = self._ids.next()
        self.by_id[line.req_id] = line
        return [CallTws(ReqMarketData(line.req_id, line.contract))]

    def cancel(self, line: Line) -> list[Effect]:
        """Close the line at TWS, if it is open there; its place is kept."""
        req_id = line.req_id
        self.forget(line)
        return [] if req_id is None else [CallTws(CancelMarketData(req_id))]

    def forget(self, line: Line) -> None:
        """TWS has the line no more."""
        if line.req_id is not None:
            del self.by_id[line.req_id]
        line.gone()

    def release(self, line: Line) -> None:
        """Give the place to another line."""
        self._placed.discard(line.topic)


def _no_room(max_lines: int) -> WireError:
    return make_error(
        "tws.pacing",
        f"All {max_lines} market data lines are in use",
        now="This line was not opened; the others go on.",
        do="Close a subscription (`twsbridge status` lists the lines), then subscribe again.",
    )
