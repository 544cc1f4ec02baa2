"""The bridge, with its Python client: `Client`, with whatever a program that uses it has to pay for."""

from __future__ import annotations

import threading

from tests.benchmarks.contender import LIMIT_PRICE, PATIENCE_S, TakeTicks
from twsbridge import Client


class Bridged:
    """Quotes by `Client.ticks`, orders by `Client.buy`, status by the order's own stream of events."""

    def open(self, target: str) -> None:
        self._client = Client(target, timeout=PATIENCE_S)

    def close(self) -> None:
        self._client.close()

    def watch(self, con_ids: list[int], take: TakeTicks, finished: threading.Event) -> None:
        with self._client.ticks(*(f"conid:{con_id}" for con_id in con_ids), timeout=PATIENCE_S) as quotes:
            for quote in quotes:
                take(quote.changes)
                if finished.is_set():
                    return

    def place(self) -> None:
        self._trade = self._client.buy("AAPL", 1, limit=LIMIT_PRICE)
        self._trade.wait("PreSubmitted")

    def cancel(self) -> None:
        self._trade.cancel()
        self._trade.wait()

    def ask(self) -> None:
        self._client.status()
