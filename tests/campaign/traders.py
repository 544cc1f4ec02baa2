"""Clients that place, repeat, change and cancel orders while everything fails, and remember what they were told."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from twsbridge import BridgeError, Client, LimitOrder, MarketOrder, Order

SYMBOLS = ("NVDA", "AAPL", "MSFT", "IBM", "AMZN", "QQQ")
FAR = 10.0
OPEN, ACCEPTED, REFUSED = "open", "accepted", "refused"


@dataclass
class Wish:
    """One order that somebody wants. Its quantity is the `mark` by which the ledger knows it, whatever the bridge says.

    `outcome`: what the last answer said. `order_id`: of the first answer that accepted it.
    """

    key: str
    mark: int
    symbol: str
    order: Order
    outcome: str = OPEN
    order_id: int | None = None


@dataclass
class Trader:
    """One client in a thread of its own. After a lost answer it repeats the order under the same key, as it may."""

    connection: Path
    number: int
    per_second: float
    dice: Random
    wishes: list[Wish] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"trader {self.number}", daemon=True)
        self._tws = Client(self.connection, timeout=2.0)

    def start(self) -> None:
        """Begin to trade."""
        self._thread.start()

    def stop(self) -> None:
        """End after the order at hand."""
        self._stopped.set()
        self._thread.join()

    def resolve(self) -> None:
        """Repeat what has no answer yet, now that everything works."""
        for wish in self.wishes:
            if wish.outcome != ACCEPTED:
                self._place(wish)
            if wish.outcome == OPEN:
                self.complaints.append(f"{wish.key} has no answer although everything works")

    def close(self) -> None:
        """Leave the bridge."""
        self._tws.close()

    def _run(self) -> None:
        try:
            while not self._stopped.wait(self.dice.expovariate(self.per_second)):
                self._step()
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
        wish = Wish(f"{self.number}.{count}", mark, self.dice.choice(SYMBOLS), order)
        self.wishes.append(wish)
        return wish

    def _place(self, wish: Wish) -> None:
        try:
            order_id = self._tws.place(wish.symbol, wish.order, wish.key).order_id
        except BridgeError as error:
            if wish.outcome == ACCEPTED and error.outcome == "rejected" and not _is_elsewhere(error):
                self.complaints.append(f"{wish.key} was accepted and is refused now: {error.code}")
            wish.outcome = wish.outcome if wish.outcome == ACCEPTED else _outcome(error)
            return
        if wish.order_id not in (None, order_id):
            self.complaints.append(f"{wish.key} was order {wish.order_id} and is {order_id} now")
        wish.outcome, wish.order_id = ACCEPTED, order_id

    def _change(self, wish: Wish) -> None:
        assert wish.order_id is not None
        try:
            if wish.order.limit_price is not None and self.dice.random() < 0.5:
                self._tws.modify(wish.order_id, limit=FAR + self.dice.randrange(1, 100) / 10)
            else:
                self._tws.cancel(wish.order_id)
        except BridgeError:
            pass  # whatever became of it, the ledger says


def _outcome(error: BridgeError) -> str:
    return REFUSED if error.outcome == "rejected" else OPEN


def _is_elsewhere(error: BridgeError) -> bool:
    """Errors that speak of the way to the bridge, not of the order."""
    return error.code.startswith(("client.", "auth.session"))
