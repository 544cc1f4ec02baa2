"""How much a client may send that nobody can read yet: libzmq collects a message of many frames without any limit.

It hands over whole messages only, and its limits hold for a frame and for the number of messages. So the kernel's count
of what a connection has received is watched, from the last message of it that was read, by a thread of its own: an
endless message must end also while the loop is busy. Linux only, as that count is.
"""

from __future__ import annotations

import os
import select
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Collection
from contextlib import suppress
from typing import NamedTuple

from twsbridge_server.mq import tcp

MOST_OF_ALL = 32 << 20
"""Bytes that wait on all connections together; beyond it the one that has most is cut."""

BEATS_PER_SECOND = 64
"""Bytes of libzmq's own heartbeats: a subscriber that says nothing for weeks is no offender."""

PAUSE_S = 0.01
"""Between two looks: at the speed of loopback a few megabytes arrive meanwhile."""


class _Mark(NamedTuple):
    received: int
    at: float


class Intake:
    """Cuts connections that send more than their limit without a message that can be read."""

    def __init__(self, ports: Collection[int], clock: Callable[[], float] = time.monotonic) -> None:
        self._ports = ports
        self._clock = clock
        self._limits: dict[int, int] = {}
        self._heard: set[int] = set()
        self._marks: dict[int, _Mark] = {}
        self._waiting: dict[int, int] = {}
        self._caught: deque[int] = deque()
        self._thread: _Thread | None = None

    def start(self) -> None:
        """Begin to watch, where the kernel counts."""
        if sys.platform == "linux":
            self._thread = _Thread(self.look)
            self._thread.start()

    def watch(self, number: int, limit: int) -> None:
        """A connection has begun; it may have `limit` bytes on their way."""
        self._limits[number] = limit
        self._heard.add(number)
        if self._thread is not None:
            self._thread.add(number)

    def heard(self, number: int) -> None:
        """A message of this connection was read."""
        self._heard.add(number)

    def ended(self, number: int) -> None:
        """The connection is gone."""
        self._limits.pop(number, None)
        self._heard.add(number)

    def take_caught(self) -> list[int]:
        """The connections that were cut since the last call."""
        return [self._caught.popleft() for _ in range(len(self._caught))]

    def close(self) -> None:
        """Watch no more."""
        if self._thread is not None:
            self._thread.close()

    def look(self, numbers: Collection[int]) -> None:
        """Something has come on these connections."""
        while self._heard:
            self._begin_anew(self._heard.pop())
        for number in numbers:
            self._count(number)
        while sum(self._waiting.values()) > MOST_OF_ALL:
            self._cut(max(self._waiting, key=self._waiting.__getitem__))

    def _begin_anew(self, number: int) -> None:
        counted = tcp.bytes_of(number)
        self._waiting.pop(number, None)
        if counted is None or number not in self._limits:
            self._marks.pop(number, None)
        else:
            self._marks[number] = _Mark(counted.received, self._clock())

    def _count(self, number: int) -> None:
        counted, mark, limit = tcp.bytes_of(number), self._marks.get(number), self._limits.get(number)
        if counted is None or mark is None or limit is None:
            return
        beats = (self._clock() - mark.at) * BEATS_PER_SECOND
        self._waiting[number] = max(0, int(counted.received - mark.received - beats))
        if self._waiting[number] > limit:
            self._cut(number)

    def _cut(self, number: int) -> None:
        self._begin_anew(number)
        self._caught.append(number)  # before libzmq tells of its end
        tcp.shut_down(number, self._ports)


class _Thread:
    """Says which connections something has come on, as long as it runs. It waits for nothing else."""

    def __init__(self, look: Callable[[Collection[int]], None]) -> None:
        self._look = look
        self._epoll = select.epoll()
        self._ear, self._bell = os.pipe()
        self._epoll.register(self._ear, select.EPOLLIN)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="intake", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def add(self, number: int) -> None:
        """One more connection. It leaves by itself when its socket is closed."""
        with suppress(OSError):
            self._epoll.register(number, select.EPOLLIN | select.EPOLLET)

    def close(self) -> None:
        self._stopping.set()
        os.write(self._bell, b"x")
        self._thread.join()
        self._epoll.close()
        os.close(self._ear)
        os.close(self._bell)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._look([number for number, _ in self._epoll.poll() if number != self._ear])
            self._stopping.wait(PAUSE_S)
