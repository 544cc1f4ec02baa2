"""TWS's limits on how often streams may be asked for: what may be asked now, and what has to wait until when."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import NamedTuple

from twsbridge.protocol.line_state import LineHeld
from twsbridge_server.core.calls import ReqHistoricalData, TwsCall
from twsbridge_server.core.history.pacing import MARGIN, SECOND, HistoryPacing
from twsbridge_server.core.line import Line
from twsbridge_server.core.stream_calls import ReqLiveBars, ReqRealTimeBars, ReqTickByTick

LOOK_AGAIN_US = SECOND
"""Nobody knows when a request for history will end; so often it is looked at."""

PAUSE_US, LONGEST_PAUSE_US = 15 * SECOND, 600 * SECOND
"""After TWS has refused a stream for its pacing: twice as long each time."""


class Gate(NamedTuple):
    """At most `most` requests of a kind in any `span_us` among those of the same `group`."""

    span_us: int
    most: int
    group: Callable[[Line], Hashable]
    words: str


GATES: dict[str, Gate] = {
    "bars5": Gate(
        600 * SECOND + MARGIN, 60, lambda line: None, "TWS takes 60 new requests for real-time bars in 10 minutes"
    ),
    "tbt": Gate(
        15 * SECOND + MARGIN,
        1,
        lambda line: line.contract.con_id,
        "TWS takes one request for the ticks of an instrument in 15 seconds",
    ),
}


@dataclass(slots=True)
class _Asked:
    at_us: int
    kind: str
    group: Hashable


class LineGates:
    """Remembers what was asked, over sessions too: the limits are of the login. `history` has those on bars."""

    def __init__(self, history: HistoryPacing) -> None:
        self._history = history
        self._asked: dict[int, _Asked] = {}

    def hold(self, line: Line, now: int) -> LineHeld | None:
        """Until when the line may not be asked for, and why; None when it may be."""
        if line.kind == "live":
            return self._hold_bars(line, now)
        gate = GATES.get(line.kind)
        if gate is None:
            return None
        self._asked = {req_id: each for req_id, each in self._asked.items() if _counts(each, now)}
        group = gate.group(line)
        times = sorted(each.at_us for each in self._asked.values() if (each.kind, each.group) == (line.kind, group))
        if len(times) < gate.most:
            return None
        return LineHeld(until_us=times[-gate.most] + gate.span_us, reason=gate.words)

    def opened(self, line: Line, req_id: int, now: int) -> None:
        """It is asked for now."""
        if line.kind == "live":
            self._history.open_streams += 1
            self._history.passed(_as_history(line), now)
        elif gate := GATES.get(line.kind):
            self._asked[req_id] = _Asked(now, line.kind, gate.group(line))

    def closed(self, line: Line) -> None:
        """It is open no more."""
        self._history.open_streams -= line.kind == "live"

    def sent(self, call: TwsCall, now: int) -> None:
        """Whatever leaves for TWS: the limit on messages may have held it back, and TWS counts from now on."""
        if isinstance(call, ReqLiveBars):
            self._history.sent(_bars(call), now)
        elif isinstance(call, ReqRealTimeBars | ReqTickByTick) and call.req_id in self._asked:
            self._asked[call.req_id].at_us = now

    def refused(self, line: Line, text: str, now: int) -> LineHeld:
        """TWS says that the line was asked for too soon, which others in this login can bring about."""
        line.refusals = line.refusals + 1 if line.heard_us <= line.refused_us else 1
        line.refused_us = now
        pause = min(LONGEST_PAUSE_US, PAUSE_US << (line.refusals - 1))
        return LineHeld(until_us=now + pause, reason=f"TWS refused it: {text}")

    def _hold_bars(self, line: Line, now: int) -> LineHeld | None:
        if self._history.is_full:
            words = "TWS has as many requests for history open as it takes at once"
            return LineHeld(until_us=now + LOOK_AGAIN_US, reason=words)
        free_at = self._history.free_at(_as_history(line), now)
        if free_at <= now:
            return None
        return LineHeld(until_us=free_at, reason="TWS takes only so many requests for small bars in a time")


def _counts(asked: _Asked, now: int) -> bool:
    return 0 <= now - asked.at_us < GATES[asked.kind].span_us


def _as_history(line: Line) -> ReqHistoricalData:
    call = line.rule.open(0, line.wanted)
    assert isinstance(call, ReqLiveBars)
    return _bars(call)


def _bars(call: ReqLiveBars) -> ReqHistoricalData:
    """A stream of bars counts as a request for history up to now."""
    terms = call.duration, call.bar_size, call.what_to_show, call.use_rth
    return ReqHistoricalData(0, call.contract, "", *terms)
