"""Messages of TWS that cannot be read: they are told, compared for, and too many of them about orders stop trading.

A bridge that cannot read what TWS says of orders does not know what it does. Messages about other things do not count:
a TWS that is newer than the bridge may send its news many times a second.
"""

from __future__ import annotations

from collections import deque

from twsbridge_server.core.effects import Effect, Log
from twsbridge_server.core.halting import Halting
from twsbridge_server.core.inputs import HaltAsked, TwsErrorReceived, TwsPoison
from twsbridge_server.core.notice_board import NoticeBoard
from twsbridge_server.core.reconcile import Reconcile

ABOUT_ORDERS = frozenset({3, 4, 5, 11, 53, 55, 59, 101, 102})
"""IB's ids of messages about orders and executions: without one of them the bridge's records may be wrong."""

WINDOW_US = 60_000_000
BRIDGE = "bridge"
"""Who it was that halted."""

TOLD = 3
"""So many a minute are published; the log and the quarantine have them all."""

NO_CODE = 0
"""TWS gave no code with it."""


class Poison:
    """Everything is HALTED at the `most`-th message within a minute that may have been about orders; 0 for never."""

    def __init__(self, reconcile: Reconcile, halting: Halting, notices: NoticeBoard, most: int) -> None:
        self._reconcile = reconcile
        self._halting = halting
        self._notices = notices
        self._most = most
        self._recent_us: deque[int] = deque(maxlen=max(most, TOLD) + 1)

    def received(self, said: TwsPoison, now: int) -> list[Effect]:
        """One message was set aside. One without a readable id may have been about anything, orders too."""
        text = f"Message {said.message_id} of TWS could not be read and was set aside: {said.error}"
        effects: list[Effect] = [Log("error", text)]
        if said.message_id is not None and said.message_id not in ABOUT_ORDERS:
            return effects
        self._reconcile.soon(now)
        while self._recent_us and self._recent_us[0] <= now - WINDOW_US:
            self._recent_us.popleft()
        self._recent_us.append(now)
        if len(self._recent_us) <= TOLD:
            effects += self._notices.received(TwsErrorReceived(-1, NO_CODE, text), now)
        if self._most and len(self._recent_us) >= self._most:
            effects += self._halt(now)
        return effects

    def _halt(self, now: int) -> list[Effect]:
        """It stands until an admin resumes, who has looked at the quarantine."""
        reason = f"{self._most} messages of TWS about orders within a minute could not be read: see the quarantine"
        return self._halting.asked(HaltAsked(BRIDGE, reason), now)
