"""One line at TWS: what it carries, the state, and the topics by which subscribers have it."""

from __future__ import annotations

from typing import Any, Literal

from twsbridge.protocol.errors import WireError
from twsbridge.protocol.line_state import LineHeld
from twsbridge.protocol.models import Contract, Reason
from twsbridge.protocol.replies import LineStatus
from twsbridge.protocol.stream_rows import Tick, TickValue
from twsbridge.protocol.stream_states import Rows
from twsbridge.protocol.streams import HAPPENING, StreamTopic
from twsbridge_server.core.effects import Effect
from twsbridge_server.core.interruption import Interruption
from twsbridge_server.core.line_terms import LineTerms
from twsbridge_server.core.stream_rules import RULES, Wanted
from twsbridge_server.core.view import View

State = Literal["waiting", "live", "delayed", "frozen", "stale", "ended"]

LIVE = 1
FLOWING: dict[int, State] = {1: "live", 2: "frozen", 3: "delayed", 4: "frozen"}
"""Market data type -> state of a line that gives it."""


BUILDING_UP = frozenset({"depth"})


class Line:
    """What is known of one line. `req_id` is None while nothing is open at TWS; `key` names it whatever is added to it.

    Topics that differ in pace or in generic ticks share a line. It counts for its `opener` as long as anybody has it;
    `rank` is of the highest role among those who have it, `heard_us` the instant of its last rows. `lacks_room`: it
    ended for want of a place. `held`: it has its place, and TWS's pacing forbids to ask for it yet. `market`: what the
    contract's hours say, where it was asked.
    """

    def __init__(self, topic: StreamTopic, contract: Contract, opener: str = "") -> None:
        self.key = line_key(topic)
        self.kind = topic.kind
        self.contract = contract
        self.opener = opener
        self.rank = 0
        self.rule = RULES[topic.kind]
        self.reopened_us = 0
        self.req_id: int | None = None
        self.state: State = "ended"
        self.market_data_type: int | None = None
        self.error: WireError | None = None
        self.notice: Reason | None = None
        self.terms = LineTerms()
        self.heard_us = 0
        self.lacks_room = False
        self.held: LineHeld | None = None
        self.refused_us = self.refusals = 0
        self.market = ""
        self.interruption = Interruption()
        self.views: dict[str, View] = {}
        self.holders: dict[str, tuple[str, ...]] = {}
        self._given = {name: value for name, value in topic.given.items() if name != "ticks"}
        self._generic: dict[str, frozenset[int]] = {}
        self._kept = topic.new_state()

    def join(self, topic: str, read: StreamTopic, client: str) -> View:
        """One more subscriber; the view of its topic."""
        self.holders[topic] = (*self.holders.get(topic, ()), client)
        self._generic[topic] = frozenset(map(int, filter(None, read.given.get("ticks", "").split(","))))
        return self.views.setdefault(topic, View(topic, read.every_ms, self._kept))

    def leave(self, topic: str, left: tuple[str, ...]) -> bool:
        """Subscribers of a topic have gone but for these; True when nobody is left on any topic."""
        self.holders[topic] = left
        if not left:
            for of_topic in (self.views, self.holders, self._generic):
                of_topic.pop(topic, None)
        return not self.views

    @property
    def wanted(self) -> Wanted:
        """What is to be asked of TWS: with the generic ticks of all topics together."""
        generic = sorted(frozenset[int]().union(*self._generic.values()))
        return Wanted(self._given, self.contract, ",".join(map(str, generic)))

    @property
    def clients(self) -> list[str]:
        """Who is subscribed, each once."""
        return sorted({client for clients in self.holders.values() for client in clients})

    def rows(self, rows: Rows, now: int, whole: bool = False) -> list[Effect]:
        """Keep and publish what says something new, in one frame a topic."""
        self.heard_us = now
        if self.interruption.gap is not None:
            return self._resumed(rows, now, whole)
        effects = self._told(rows, now, whole)
        if self.state == "waiting" or self.state == "stale":
            effects += self.become(FLOWING[self.market_data_type or LIVE], now)
        return effects

    def reset(self, now: int) -> list[Effect]:
        """What was known holds no more, and TWS tells it anew: everybody starts from nothing."""
        self._kept.clear()
        return [effect for view in self.views.values() for effect in view.image(now, even_empty=True)]

    def interrupted(
        self, reason: str, now: int, data_lost: bool = True, error: WireError | None = None
    ) -> list[Effect]:
        """From its last rows on some may be missing: the line is stale until the next ones, whoever is cut off."""
        before = (self.state, self.interruption.gap, self.error)
        self.interruption.begin(reason, self.heard_us or now, data_lost)
        if before == ("stale", self.interruption.gap, error):
            return []
        return self.become("stale", now, error)

    def reopened(self, now: int) -> list[Effect]:
        """TWS was asked for the line anew: what it says next takes the place of what was known."""
        self.interruption.asked_anew()
        return [*(self.reset(now) if self.kind in BUILDING_UP else []), *self.announce(now)]

    def kept(self, reason: str, now: int) -> list[Effect]:
        """TWS has kept the line through an interruption. What changes seldom goes on; the others when rows come."""
        if self.interruption.gap is None:
            return []
        return self.interrupted(reason, now, False, self.error) if self.rule.has_pace else self._go_on(now)

    def last(self, tick_type: int) -> TickValue:
        """The last value of a tick type; None when there is none."""
        ticks = (row for row in self._kept.image() if isinstance(row, Tick))
        return next((tick.value for tick in ticks if tick.tick_type == tick_type), None)

    def gives(self, market_data_type: int, now: int) -> list[Effect]:
        """TWS says what kind of data it gives; said again, it changes nothing."""
        state = FLOWING.get(market_data_type)
        if state is None or (state, market_data_type) == (self.state, self.market_data_type):
            return []
        self.market_data_type = market_data_type
        return self.announce(now) if self.interruption.gap else self.become(state, now)

    def become(self, state: State, now: int, error: WireError | None = None) -> list[Effect]:
        """Change the state, and say so."""
        self.state, self.error = state, error
        return self.announce(now)

    def announce(self, now: int) -> list[Effect]:
        """Tell every topic the state."""
        return [view.state(self.condition(), now) for view in self.views.values()]

    def condition(self) -> dict[str, Any]:
        """The state, with the error that ended or stopped the line, until when it waits, and TWS's last notice."""
        said: dict[str, Any] = {"market_data_type": self.market_data_type, "state": self.state}
        if self.error is not None:
            said["error"] = self.error.wire()
        if self.held is not None:
            said["held"] = self.held.wire()
        if self.notice is not None:
            said["notice"] = self.notice.wire()
        if self.interruption.gap is not None:
            said["gap"] = self.interruption.gap.wire()
        return {**said, **self.terms.wire()}

    def gone(self) -> None:
        """TWS has nothing open for this line any more, and what it said of it no longer holds."""
        self.req_id = self.market_data_type = self.notice = self.held = None
        self.terms = LineTerms()

    def status(self) -> LineStatus:
        """A row for the operator."""
        return LineStatus(
            topic=self.key,
            contract=self.contract,
            market_data_type=self.market_data_type,
            state=self.state,
            clients=self.clients,
            generic_ticks=self.wanted.generic_ticks,
            heard_us=self.heard_us or None,
            gap=self.interruption.gap,
            held=self.held,
            market=self.market,
        )

    def _told(self, rows: Rows, now: int, whole: bool) -> list[Effect]:
        news = self._kept.take(rows, whole)
        if not (news or whole):
            return []
        views = self.views.values()
        return [e for view in views for e in (view.image(now, even_empty=True) if whole else view.rows(news, now))]

    def _resumed(self, rows: Rows, now: int, whole: bool) -> list[Effect]:
        """The first rows after a gap: with a new request behind them nothing from before it stays."""
        if self.kind in HAPPENING:
            return [*self._go_on(now), *self._told(rows, now, whole)]
        if not self.interruption.is_anew:
            return [*self._told(rows, now, whole), *self._go_on(now)]
        self._kept.clear()
        self._kept.take(rows, whole)
        images = [effect for view in self.views.values() for effect in view.image(now, even_empty=True)]
        return [*images, *self._go_on(now)]

    def _go_on(self, now: int) -> list[Effect]:
        """The gap is over, and everybody is told."""
        over = self.interruption.end()
        self.state, self.error = FLOWING[self.market_data_type or LIVE], None
        said = {**self.condition(), **({"resumed": over.wire()} if over else {})}
        return [view.state(said, now) for view in self.views.values()]


def line_key(topic: StreamTopic) -> str:
    """Topics with equal keys share a line: generic ticks are wanted together."""
    if topic.kind == "md":
        return f"md|{topic.given['con_id']}@{topic.given['exchange']}|"
    return topic.line
