"""One market data line: the last value of every tick type, the state, and the frames made of them."""

from __future__ import annotations

from typing import Any, Literal

from twsbridge.protocol.errors import WireError
from twsbridge.protocol.models import Contract, Reason
from twsbridge.protocol.replies import LineStatus
from twsbridge_server.core.effects import Effect, PublishTicks
from twsbridge_server.core.inputs import Tick

State = Literal["waiting", "live", "delayed", "frozen", "stale", "ended"]

LIVE = 1
FLOWING: dict[int, State] = {1: "live", 2: "frozen", 3: "delayed", 4: "frozen"}
"""Market data type -> state of a line that gives it."""

SIZES = frozenset({0, 3, 5, 8, 69, 70, 71, 74})
"""Sizes and volumes, also delayed. TWS says each size twice, with its price and alone; a size is a state: a repeat
says nothing. A trade also moves the volume (8) and the time (45); times and prices are always passed on."""


class Line:
    """What is known of one topic. `req_id` is None while nothing is open at TWS; `heard_us`: when ticks came last."""

    __slots__ = (
        "topic",
        "contract",
        "req_id",
        "state",
        "market_data_type",
        "error",
        "notice",
        "heard_us",
        "_last",
        "_n",
    )

    def __init__(self, topic: str, contract: Contract) -> None:
        self.topic = topic
        self.contract = contract
        self.req_id: int | None = None
        self.state: State = "ended"
        self.market_data_type: int | None = None
        self.error: WireError | None = None
        self.notice: Reason | None = None
        self.heard_us = 0
        self._last: dict[int, Tick] = {}
        self._n = 0

    def ticks(self, ticks: tuple[Tick, ...], now: int) -> list[Effect]:
        """Keep and publish what says something new, in one frame. The hot path of the bridge."""
        self.heard_us = now
        last = self._last
        news = []
        for tick in ticks:
            tick_type = tick[0]
            if tick_type in SIZES and last.get(tick_type) == tick:
                continue
            last[tick_type] = tick
            news.append(tick)
        if not news:
            return []
        self._n += 1
        frame = PublishTicks(self.topic, "ticks", self._n, now, tuple(news))
        if self.state == "waiting" or self.state == "stale":
            return [frame, *self.become(FLOWING[self.market_data_type or LIVE], now)]
        return [frame]

    def last(self, tick_type: int) -> float | str | None:
        """The last value of a tick type; None when there is none."""
        tick = self._last.get(tick_type)
        return tick.value if tick is not None else None

    def flows(self, now: int) -> list[Effect]:
        """Whatever made the line stale is over."""
        state: State = FLOWING[self.market_data_type] if self.market_data_type else "waiting"
        return self.become(state, now) if self.state == "stale" else []

    def gives(self, market_data_type: int, now: int) -> list[Effect]:
        """TWS says what kind of data it gives; said again, it changes nothing."""
        state = FLOWING.get(market_data_type)
        if state is None or (state, market_data_type) == (self.state, self.market_data_type):
            return []
        self.market_data_type = market_data_type
        return self.become(state, now)

    def image(self, now: int) -> list[Effect]:
        """The last value of every tick type; nothing while there are none."""
        return [self._frame("image", tuple(self._last.values()), now)] if self._last else []

    def become(self, state: State, now: int, error: WireError | None = None) -> list[Effect]:
        """Change the state, and say so."""
        self.state, self.error = state, error
        return self.announce(now)

    def announce(self, now: int) -> list[Effect]:
        """The state, with the error that ended or stopped the line, and TWS's last notice about it."""
        said: dict[str, Any] = {"market_data_type": self.market_data_type, "state": self.state}
        if self.error is not None:
            said["error"] = self.error.wire()
        if self.notice is not None:
            said["notice"] = self.notice.wire()
        return [self._frame("state", said, now)]

    def gone(self) -> None:
        """TWS has nothing open for this line any more, and what it said of it no longer holds."""
        self.req_id = self.market_data_type = self.notice = None

    def status(self) -> LineStatus:
        """A row for the operator."""
        return LineStatus(
            topic=self.topic, contract=self.contract, market_data_type=self.market_data_type, state=self.state
        )

    def _frame(self, kind: str, body: tuple[Tick, ...] | dict[str, Any], now: int) -> PublishTicks:
        self._n += 1
        return PublishTicks(self.topic, kind, self._n, now, body)
