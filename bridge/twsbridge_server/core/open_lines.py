"""What is open at TWS: the ids of lines, and how many of each sort the login may have."""

from __future__ import annotations

from collections import Counter

from twsbridge.protocol.errors import WireError, make_error
from twsbridge.protocol.line_state import LineHeld
from twsbridge_server.core.answers import RequestIds
from twsbridge_server.core.effects import CallTws, Effect
from twsbridge_server.core.history.pacing import MOST_OPEN
from twsbridge_server.core.line import Line
from twsbridge_server.core.line_gates import LineGates
from twsbridge_server.core.stream_inputs import NO_ID
from twsbridge_server.core.stream_rules import WITHOUT_ID

NAMES = {
    "lines": "market data lines",
    "depth": "order books",
    "tbt": "tick-by-tick streams",
    "scan": "scanners",
    "bars5": "streams of real-time bars",
    "live": "streams of bars that stay up to date",
}
"""The allowances of a login, in words."""

LEARNT = {101: "lines", 309: "depth", 456: "bars5", 10190: "tbt"}
"""TWS's code for one too many -> the allowance that is smaller than thought."""


KEPT_FOR_HISTORY = 10
"""Of the requests for bars that TWS takes at once; those of streams never end."""

SCANNERS = 322, "scanner subscriptions"
"""One scanner too many has no code of its own."""


def learnt_from(code: int, text: str) -> str:
    """The allowance that TWS says is used up; empty when it says something else."""
    is_scanner = code == SCANNERS[0] and SCANNERS[1] in text
    return "scan" if is_scanner else LEARNT.get(code, "")


def allowances(max_lines: int) -> dict[str, int]:
    """IB's rules: books are 3 in a hundred lines, from 3 to 60; tick-by-tick 5 in a hundred; ten scanners."""
    return {
        "lines": max_lines,
        "depth": min(60, max(3, max_lines * 3 // 100)),
        "tbt": max(1, max_lines // 20),
        "scan": 10,
        "bars5": max_lines,
        "live": MOST_OPEN - KEPT_FOR_HISTORY,
    }


class OpenLines:
    """A line takes a place in the budget as long as it is wanted, also while there is no session to open it in.

    Streams of one contract at one exchange take one market data line together, as they do at TWS. `held` are those
    that have a place and may not be asked for yet.
    """

    def __init__(self, max_lines: int, ids: RequestIds, gates: LineGates) -> None:
        self._allowed = allowances(max_lines)
        self._most = dict(self._allowed)
        self._ids = ids
        self._gates = gates
        self.held: dict[str, Line] = {}
        self._placed: dict[str, Line] = {}
        self.by_id: dict[int, Line] = {}
        self.is_ready = False

    def lacks(self, line: Line) -> str:
        """The allowance that has no place for this line; empty when there is room, or it has its place."""
        if line.key in self._placed:
            return ""
        for name in line.rule.takes:
            taken = self._taken(name)
            if _share(line, name) not in taken and len(taken) >= self._most[name]:
                return name
        return ""

    def holding(self, name: str) -> list[Line]:
        """The lines that take a place of this allowance, the oldest first."""
        return [line for line in self._placed.values() if name in line.rule.takes]

    def is_alone(self, line: Line) -> bool:
        """True when closing this line would free every place that it takes."""
        others = [each for each in self._placed.values() if each is not line]
        return all(_share(each, name) != _share(line, name) for name in line.rule.takes for each in others)

    def begin(self) -> None:
        """A new session: what was learnt of the last one may not hold in this."""
        self.is_ready = True
        self._most = dict(self._allowed)

    def open(self, line: Line, now: int) -> list[Effect]:
        """Ask TWS for the line under a new id, if there is a place, a session, and its pacing allows it.

        Sets the state, announces nothing.
        """
        self.forget(line)
        if name := self.lacks(line):
            line.state, line.error, line.lacks_room = "ended", self.no_room(name), True
            return []
        self._placed[line.key] = line
        line.state, line.error, line.lacks_room = "waiting", None, False
        if not self.is_ready:
            return []
        if hold := self._gates.hold(line, now):
            self.hold(line, hold)
            return []
        return self._ask(line, now)

    def hold(self, line: Line, held: LineHeld) -> None:
        """It waits until then; its place is kept."""
        line.held, self.held[line.key] = held, line

    def refused(self, line: Line, text: str, now: int) -> list[Effect]:
        """TWS found that it was asked for too soon: try again later."""
        self.forget(line)
        self.hold(line, self._gates.refused(line, text, now))
        return line.become("waiting", now)

    def widen(self, line: Line, now: int) -> list[Effect]:
        """More generic ticks are wanted: ask again with all of them, before the old request is cancelled."""
        old = line.req_id
        if old is None:
            return []
        del self.by_id[old]
        return [*self._ask(line, now), CallTws(line.rule.cancel(old, line.wanted))]

    def cancel(self, line: Line) -> list[Effect]:
        """Close the line at TWS, if it is open there; its place is kept."""
        req_id = line.req_id
        self.forget(line)
        return [] if req_id is None else [CallTws(line.rule.cancel(req_id, line.wanted))]

    def forget(self, line: Line) -> None:
        """TWS has the line no more."""
        if line.req_id is not None:
            del self.by_id[line.req_id]
            self._gates.closed(line)
        self.held.pop(line.key, None)
        line.gone()

    def release(self, line: Line) -> None:
        """Give the place to another line."""
        self._placed.pop(line.key, None)

    def learn(self, name: str) -> None:
        """TWS has refused one too many: the login has only what is in use now."""
        self._most[name] = max(1, min(self._most[name], len(self._taken(name))))

    def _ask(self, line: Line, now: int) -> list[Effect]:
        line.req_id = NO_ID if line.kind in WITHOUT_ID else self._ids.next()
        self.by_id[line.req_id] = line
        self._gates.opened(line, line.req_id, now)
        return [CallTws(line.rule.open(line.req_id, line.wanted))]

    def _taken(self, name: str) -> set[str]:
        return {_share(line, name) for line in self.holding(name)}

    def no_room(self, name: str, tws_code: int | None = None) -> WireError:
        """All places of an allowance are taken: by whom, and what to do."""
        lines, most = self.holding(name), self._most[name]
        holders = Counter(client for line in lines for client in line.clients)
        who = ", ".join(f"{client} has {count}" for client, count in holders.most_common(8))
        return make_error(
            "tws.pacing",
            f"All {most} {NAMES[name]} are in use{': ' if who else ''}{who}",
            now="This line was not opened; the others go on.",
            do="Close a subscription (`twsbridge status` lists the lines), then subscribe again.",
            details={"holders": dict(holders), "allowance": most},
            tws_code=tws_code,
        )


def _share(line: Line, name: str) -> str:
    """Lines with equal shares take one place together."""
    return f"{line.contract.con_id}@{line.contract.exchange}" if name == "lines" else line.key
