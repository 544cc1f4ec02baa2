"""What every contender can do, and how its ticks and round trips are measured inside its own process.

A contender is one way from TWS to a consumer: the official ibapi or ib_async connected directly, or the bridge.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, Protocol

COUNTED = frozenset({66, 67, 68})
"""Delayed bid, ask and last prices, of which bursts are made. All contenders hand on prices one by one; a size that
is repeated is left out by some."""

STAMP = 37
"""The tick type (mark price) whose value is the moment at which the benchmark's TWS sent it."""

STAMP_RANGE = 1_000_000_000
WARM_UP_S = 0.3
PATIENCE_S = 20.0

LIMIT_PRICE = 1.0
"""Of an order that is accepted and never filled."""

ORDER_PAUSE_S = 0.05
"""TWS takes 50 messages a second, and the bridge keeps to that: an order and its cancel are two."""

TakeTicks = Callable[[Iterable[tuple[int, Any]]], None]


class Contender(Protocol):
    """One connection at a time; everything else happens between `open` and `close`."""

    def open(self, target: str) -> None:
        """Connect to TWS's port, or with the bridge's connection file, and wait until work is possible."""

    def close(self) -> None:
        """Disconnect."""

    def watch(self, con_ids: list[int], take: TakeTicks, finished: threading.Event) -> None:
        """Give the ticks (type, value) of these contracts to `take` until `finished`."""

    def place(self) -> None:
        """Place an order at LIMIT_PRICE and return when its first status from TWS is there."""

    def cancel(self) -> None:
        """Cancel the order that was placed last, and return when that is done."""

    def ask(self) -> None:
        """The shortest question there is, and its answer."""


def stamp() -> int:
    """The present moment in microseconds, as far as a price carries it exactly; one clock for the whole machine."""
    return time.monotonic_ns() // 1000 % STAMP_RANGE


def tick_rate(contender: Contender, con_ids: list[int], prices: int) -> dict[str, float]:
    """Prices per second of a burst of so many, and microseconds of this process's time for each of them."""
    burst = _Burst(prices)
    watchdog = threading.Timer(PATIENCE_S, burst.finished.set)
    watchdog.start()
    contender.watch(con_ids, burst.take, burst.finished)
    watchdog.cancel()
    if burst.count < prices:
        raise RuntimeError(f"{burst.count} of {prices} prices came in {PATIENCE_S:g} s")
    return {"rate": burst.count / burst.seconds, "cpu_us": burst.cpu_seconds * 1e6 / burst.count}


class _Burst:
    """Counts the prices of a burst and takes the time from its first to its last."""

    def __init__(self, prices: int) -> None:
        self._prices = prices
        self._began = self._cpu_before = 0.0
        self.count = 0
        self.seconds = self.cpu_seconds = 0.0
        self.finished = threading.Event()

    def take(self, ticks: Iterable[tuple[int, Any]]) -> None:
        count = 0
        for tick_type, _ in ticks:
            if tick_type in COUNTED:
                count += 1
        if not self.count:
            self._began, self._cpu_before = time.monotonic(), time.process_time()
        self.count += count
        if self.count >= self._prices and not self.finished.is_set():
            self.seconds = time.monotonic() - self._began
            self.cpu_seconds = time.process_time() - self._cpu_before
            self.finished.set()


def tick_latencies(contender: Contender, con_ids: list[int], seconds: float) -> list[float]:
    """Microseconds from TWS's send to the consumer, of every stamped tick after a short warm-up."""
    finished = threading.Event()
    found: list[float] = []

    def take(ticks: Iterable[tuple[int, Any]]) -> None:
        for tick_type, value in ticks:
            if tick_type == STAMP:
                found.append((stamp() - value) % STAMP_RANGE)

    threading.Timer(WARM_UP_S, found.clear).start()
    threading.Timer(WARM_UP_S + seconds, finished.set).start()
    contender.watch(con_ids, take, finished)
    return found


def round_trips(do: Callable[[], None], after: Callable[[], None], count: int, pause_s: float) -> list[float]:
    """Microseconds that each of `count` calls of `do` took; `after` and a pause follow each and are not counted."""
    found = []
    for _ in range(count):
        began = time.perf_counter()
        do()
        found.append((time.perf_counter() - began) * 1e6)
        after()
        threading.Event().wait(pause_s)
    return found
