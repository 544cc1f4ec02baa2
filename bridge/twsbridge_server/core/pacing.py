"""The limit on messages to TWS: what is sent now, what waits, and in which order.

TWS counts messages of all kinds over a second and ends the session of a client that goes on exceeding its limit.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from enum import IntEnum
from typing import get_args

from twsbridge_server.core import calls
from twsbridge_server.core.effects import CallTws
from twsbridge_server.core.queries.questions import AnyQuestion, CancelQuestion
from twsbridge_server.core.stream_calls import StreamCall

WINDOW_US = 1_150_000
"""More than the second over which TWS counts: messages that left a second apart may arrive closer together."""

ORDER_SHARE = 5
"""One message in so many is kept free for orders and their cancels."""


class Lane(IntEnum):
    """What goes first when not everything can."""

    CANCEL = 0
    PLACE = 1
    SESSION = 2
    ACCOUNT = 3
    MARKET_DATA = 4
    HISTORY = 5


LANES: dict[type, Lane] = {
    calls.CancelOrder: Lane.CANCEL,
    calls.GlobalCancel: Lane.CANCEL,
    calls.PlaceOrder: Lane.PLACE,
    calls.PlaceGroup: Lane.PLACE,
    calls.StartApi: Lane.SESSION,
    calls.ReqCurrentTime: Lane.SESSION,
    calls.ReqMarketDataType: Lane.SESSION,
    calls.ReqOpenOrders: Lane.SESSION,
    calls.ReqCompletedOrders: Lane.SESSION,
    calls.ReqExecutions: Lane.SESSION,
    calls.ReqAccountSummary: Lane.ACCOUNT,
    calls.CancelAccountSummary: Lane.ACCOUNT,
    calls.ReqPositions: Lane.ACCOUNT,
    calls.ReqContractDetails: Lane.ACCOUNT,
    calls.WhatIf: Lane.ACCOUNT,
    calls.ReqMarketData: Lane.MARKET_DATA,
    calls.CancelMarketData: Lane.MARKET_DATA,
    **dict.fromkeys(get_args(StreamCall), Lane.MARKET_DATA),
    calls.ReqHistoricalData: Lane.HISTORY,
    calls.CancelHistoricalData: Lane.HISTORY,
    **dict.fromkeys((*get_args(AnyQuestion), CancelQuestion), Lane.HISTORY),
}


class Pacing:
    """At most `messages_per_second` in any `WINDOW_US`, a full burst included; a fifth of them only for orders."""

    def __init__(self, messages_per_second: int) -> None:
        reserved = max(1, messages_per_second // ORDER_SHARE)
        ordinary = max(1, messages_per_second - reserved)
        self._limits = {lane: messages_per_second if lane <= Lane.PLACE else ordinary for lane in Lane}
        self._lanes: dict[Lane, deque[CallTws]] = {lane: deque() for lane in Lane}
        self._sent: deque[int] = deque()

    def admit(self, wanted: Iterable[CallTws], now: int) -> list[CallTws]:
        """Queue these, and take from the queue what may be sent now, the most urgent first."""
        for call in wanted:
            self._lanes[self._lane(call)].append(call)
        while self._sent and not 0 <= now - self._sent[0] < WINDOW_US:
            self._sent.popleft()
        return [call for lane in Lane for call in self._take(lane, now)]

    def due(self, now: int) -> list[CallTws]:
        """What has waited and may be sent now."""
        return self.admit((), now)

    def next_due(self) -> int | None:
        """When the next waiting call may be sent; None when nothing waits."""
        return min((self._free_at(lane) for lane in Lane if self._lanes[lane]), default=None)

    def expired(self, now: int) -> list[CallTws]:
        """Forget and return what has waited past its deadline: it was never sent and never will be."""
        return self._drop(lambda call: call.expires_us is not None and call.expires_us <= now)

    def withdraw(self, unwanted: Callable[[calls.TwsCall], bool] = lambda call: True) -> list[CallTws]:
        """Forget and return orders and changes that wait: what they were decided on holds no more."""
        return self._drop(
            lambda call: isinstance(call.call, calls.PlaceOrder | calls.PlaceGroup) and unwanted(call.call)
        )

    def lost(self) -> list[CallTws]:
        """The connection is gone: forget and return what was never sent."""
        return self._drop(lambda call: True)

    def _drop(self, unwanted: Callable[[CallTws], bool]) -> list[CallTws]:
        dropped = [call for lane in Lane for call in self._lanes[lane] if unwanted(call)]
        for lane, queue in self._lanes.items():
            self._lanes[lane] = deque(call for call in queue if not unwanted(call))
        return dropped

    def _lane(self, wanted: CallTws) -> Lane:
        """A cancel never overtakes an order that it is about: TWS would not know the order yet, then place it."""
        lane = LANES[type(wanted.call)]
        if lane is Lane.CANCEL and any(_is_about(wanted.call, queued.call) for queued in self._lanes[Lane.PLACE]):
            return Lane.PLACE
        return lane

    def _take(self, lane: Lane, now: int) -> list[CallTws]:
        queue = self._lanes[lane]
        taken = []
        while queue and self._too_many(lane) <= 0:
            taken.append(queue.popleft())
            self._sent.extend([now] * _messages(taken[-1]))
        return taken

    def _free_at(self, lane: Lane) -> int:
        over = self._too_many(lane)
        return self._sent[over - 1] + WINDOW_US if over > 0 else 0

    def _too_many(self, lane: Lane) -> int:
        """How many messages of the last window must be forgotten before the next of this lane may be sent.

        A group goes whole; one that is larger than the limit goes when nothing else was sent.
        """
        over = len(self._sent) + _messages(self._lanes[lane][0]) - self._limits[lane]
        return min(over, len(self._sent))


def _messages(wanted: CallTws) -> int:
    return len(wanted.call.orders) if isinstance(wanted.call, calls.PlaceGroup) else 1


def _is_about(cancel: calls.TwsCall, queued: calls.TwsCall) -> bool:
    return isinstance(cancel, calls.GlobalCancel) or (
        isinstance(cancel, calls.CancelOrder) and cancel.order_id in calls.order_ids(queued)
    )
