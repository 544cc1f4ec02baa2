"""How much one client may ask: commands a second, with a burst, and questions that are open at once.

Counted by connection, so that programs that share a key leave each other alone; a key has room for several connections.
Signs of life are counted apart: a client that asks too much is not taken for dead.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Hashable
from typing import NamedTuple

from twsbridge.protocol.commands import Bye, CancelAll, CancelOrder, Hello, Ping
from twsbridge.protocol.errors import WireError, make_error

PASSES = frozenset({CancelOrder.name, CancelAll.name, Bye.name})
"""Commands that are never held back: whoever asks too much may still get out of the market."""

OPEN_QUESTIONS = 32
LONGEST_QUESTION_S = 180.0
"""A question older than this is not counted any more: its asker is not shut out for good, whatever became of it."""

BURST_S = 4.0
CONNECTIONS_OF_A_KEY = 8
MOST_IDLE = 1_024


class Rate(NamedTuple):
    """So many commands a second, after so many at once."""

    per_second: float
    burst: float


class Budget:
    """The tokens of one connection or one key, and the questions that are open on it."""

    __slots__ = ("_at", "_rate", "_tokens", "questions")

    def __init__(self, rate: Rate, now: float) -> None:
        self._rate = rate
        self._tokens = rate.burst
        self._at = now
        self.questions: deque[float] = deque()

    def wait(self, now: float) -> float:
        """Seconds until there is a token; 0 when there is one now."""
        self._tokens = min(self._rate.burst, self._tokens + (now - self._at) * self._rate.per_second)
        self._at = now
        return max(0.0, (1.0 - self._tokens) / self._rate.per_second)

    def open_questions(self, now: float) -> int:
        """How many have no answer yet."""
        while self.questions and self.questions[0] < now - LONGEST_QUESTION_S:
            self.questions.popleft()
        return len(self.questions)

    def spend(self) -> None:
        """Use a token that is there."""
        self._tokens -= 1.0

    def is_idle(self, now: float) -> bool:
        """True when forgetting it changes nothing."""
        self.wait(now)
        return self._tokens >= self._rate.burst and not self.open_questions(now)


class Allowance:
    """Judges each command before its body is looked at. `per_second` is the limit of one connection."""

    def __init__(self, per_second: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._rate = Rate(per_second, per_second * BURST_S)
        self._key_rate = Rate(*(CONNECTIONS_OF_A_KEY * number for number in self._rate))
        self._budgets: dict[Hashable, Budget] = {}

    def refusal(self, route: bytes, key: str, command: str) -> WireError | None:
        """Why this command is not looked at now, or None: then it counts."""
        if command in PASSES:
            return None
        now = self._clock()
        mine = self._budget((route, command == Ping.name), self._rate, now)
        shared = self._budget(key, self._key_rate, now)
        wait = max(mine.wait(now), shared.wait(now))
        if wait > 0:
            return self._too_many(wait)
        if is_question(command):
            if mine.open_questions(now) >= OPEN_QUESTIONS:
                return make_error("req.inflight", f"{OPEN_QUESTIONS} questions of this connection are open")
            mine.questions.append(now)
        mine.spend()
        shared.spend()
        return None

    def answered(self, route: bytes, command: str) -> None:
        """The last word on a command that was let through."""
        budget = self._budgets.get((route, False))
        if budget and budget.questions and is_question(command):
            budget.questions.popleft()

    def _budget(self, owner: Hashable, rate: Rate, now: float) -> Budget:
        budget = self._budgets.get(owner)
        if budget is None:
            if len(self._budgets) >= MOST_IDLE:
                self._budgets = {name: each for name, each in self._budgets.items() if not each.is_idle(now)}
            budget = self._budgets[owner] = Budget(rate, now)
        return budget

    def _too_many(self, wait: float) -> WireError:
        limit = self._rate.per_second
        text = f"More than {limit:g} commands a second; the next one is free in {wait:.2f} s"
        return make_error("req.rate", text, retry=f"after:{int(wait * 1000) + 1}")


def is_question(command: str) -> bool:
    """True for what may stay open for long. Orders have deadlines of their own, and never wait behind questions."""
    return not command.startswith("order.") and command not in (Hello.name, Ping.name, Bye.name)
