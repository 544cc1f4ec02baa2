"""Clients that place, repeat, change and cancel orders while everything fails, and remember what they were told."""

from __future__ import annotations

import json
import math
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.waiting import PATIENCE
from twsbridge import BracketPrices, BridgeError, Client, LimitOrder, MarketOrder, Order

SYMBOLS = ("NVDA", "AAPL", "MSFT", "IBM", "AMZN", "QQQ")
FAR = 10.0
FARTHEST = BracketPrices(target=100_000.0, stop=0.01)
TIMEOUT_S = 2.0
AGAIN_S = 0.5
BRACKETS = 0.05
"""One order in so many is a bracket; TWS takes few working orders of one contract and side."""

PASSING = frozenset({"req.expired", "br.starting", "br.journal", "br.draining", "tws.disconnected", "tws.link_down"})
"""Refusals that no order may get once everything works."""

OPEN, ACCEPTED, REFUSED = "open", "accepted", "refused"


@dataclass
class Wish:
    """One order that somebody wants. Its quantity is the `mark` by which the ledger knows it, whatever the bridge says.

    `outcome`: what the last answer said. `order_id`: of the first answer that accepted it. `deadline`: epoch seconds
    after which nobody wants it any more. `refusal`: the last one's code. Of a bracket only the entry is meant here; its
    exits have the same quantity.
    """

    key: str
    mark: int
    symbol: str
    order: Order
    is_bracket: bool = False
    outcome: str = OPEN
    order_id: int | None = None
    deadline: float = 0.0
    refusal: str = ""

    @property
    def state_key(self) -> str:
        """The key under which the bridge knows it."""
        return f"{self.key}.entry" if self.is_bracket else self.key


@dataclass
class Trader:
    """One client in a thread of its own. After a lost answer it repeats the order under the same key, as it may.

    With an `outbox` it writes each wish down before it asks, and each acceptance after, and goes on from there.
    """

    connection: Path
    number: int
    per_second: float
    dice: Random
    outbox: Path | None = None
    wishes: list[Wish] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"trader {self.number}", daemon=True)
        self._use(TIMEOUT_S)
        if self.outbox and self.outbox.exists():
            self._restore(self.outbox)

    def start(self) -> None:
        """Begin to trade."""
        self._thread.start()

    def stop(self) -> None:
        """End after the order at hand."""
        self._stopped.set()
        if self._thread.ident is not None:
            self._thread.join()

    def resolve(self) -> None:
        """Repeat what has no answer yet, now that everything works; however slow the machine is."""
        self._tws.close()
        self._use(PATIENCE)
        until = time.monotonic() + PATIENCE
        for wish in self.wishes:
            if wish.outcome != ACCEPTED:
                self._place(wish)
            while _is_passing(wish) and time.monotonic() < until:
                threading.Event().wait(AGAIN_S)
                self._place(wish)
            if _is_passing(wish):
                why = wish.refusal or "no answer"
                self.complaints.append(f"{wish.key} is not placed although everything works: {why}")

    def close(self) -> None:
        """Leave the bridge."""
        self._tws.close()

    def run(self) -> None:
        """Trade in this thread until stopped."""
        while not self._stopped.wait(self.dice.expovariate(self.per_second)):
            self._step()

    def _use(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._tws = Client(self.connection, timeout=timeout_s)

    def _run(self) -> None:
        try:
            self.run()
        except Exception as defect:
            self.complaints.append(f"trader {self.number}: {defect!r}")

    def _step(self) -> None:
        unanswered = [wish for wish in self.wishes if wish.outcome != ACCEPTED]
        accepted = [wish for wish in self.wishes[-20:] if wish.outcome == ACCEPTED]
        what = self.dice.random()
        if unanswered and what < 0.5:
            self._place(unanswered[0])
        elif accepted and what < 0.15:
            self._place(self.dice.choice(accepted))
        elif accepted and what < 0.4:
            self._change(self.dice.choice(accepted))
        else:
            self._place(self._new())

    def _new(self) -> Wish:
        count = len(self.wishes)
        mark = 1 + 10 * count + self.number
        rests = self.dice.random() < 0.4
        order = LimitOrder("BUY", mark, FAR) if rests else MarketOrder("BUY", mark)
        wish = Wish(f"{self.number}.{count}", mark, self.dice.choice(SYMBOLS), order, self.dice.random() < BRACKETS)
        self._write_down(wish)
        self.wishes.append(wish)
        return wish

    def _write_down(self, wish: Wish) -> None:
        if self.outbox:
            row = [wish.key, wish.mark, wish.symbol, wish.order.model_dump(mode="json"), wish.is_bracket]
            with self.outbox.open("a") as file:
                file.write(json.dumps([*row, wish.outcome, wish.order_id]) + "\n")

    def _restore(self, outbox: Path) -> None:
        """The last line of each key counts; one that a kill cut short was never asked for."""
        found: dict[str, Wish] = {}
        for line in outbox.read_text().splitlines(keepends=True):
            if line.endswith("\n"):
                key, mark, symbol, order, *rest = json.loads(line)
                found[key] = Wish(key, mark, symbol, Order.model_validate(order), *rest, deadline=math.inf)
        self.wishes = list(found.values())

    def _ask(self, wish: Wish) -> int | None:
        """The order id of what was placed, now or before."""
        wish.deadline = max(wish.deadline, time.time() + self._timeout_s)
        if not wish.is_bracket:
            return self._tws.place(wish.symbol, wish.order, wish.key).order_id
        terms = wish.order
        return self._tws.bracket(
            *(wish.symbol, terms.action, terms.quantity, FARTHEST), limit=terms.limit_price, client_order_id=wish.key
        ).entry.order_id

    def _place(self, wish: Wish) -> None:
        try:
            order_id = self._ask(wish)
        except BridgeError as error:
            if wish.outcome == ACCEPTED and error.outcome == "rejected" and not _is_no_contradiction(error):
                self.complaints.append(f"{wish.key} was accepted and is refused now: {error.code}")
            wish.outcome = wish.outcome if wish.outcome == ACCEPTED else _outcome(error)
            wish.refusal = error.code
            return
        if wish.order_id not in (None, order_id):
            self.complaints.append(f"{wish.key} was order {wish.order_id} and is {order_id} now")
        is_news = wish.outcome != ACCEPTED
        wish.outcome, wish.order_id, wish.refusal = ACCEPTED, order_id, ""
        if is_news:
            self._write_down(wish)

    def _change(self, wish: Wish) -> None:
        assert wish.order_id is not None
        try:
            if wish.order.limit_price is not None and self.dice.random() < 0.5:
                self._tws.modify(wish.order_id, limit=FAR + self.dice.randrange(1, 100) / 10)
            else:
                self._tws.cancel(wish.order_id)
        except BridgeError:
            pass  # whatever became of it, the ledger says


def _is_passing(wish: Wish) -> bool:
    return wish.outcome == OPEN or wish.refusal in PASSING


def _outcome(error: BridgeError) -> str:
    return REFUSED if error.outcome == "rejected" else OPEN


def _is_no_contradiction(error: BridgeError) -> bool:
    """Errors that speak of the way to the bridge, or of what TWS has decided since: the ledger judges those."""
    return error.code.startswith(("client.", "auth.session")) or error.code == "tws.rejected"
