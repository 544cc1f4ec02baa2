"""The I/O thread: owns every socket of a client, runs no user code. Other threads hand it jobs and ring its bell."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable

import zmq

from twsbridge.connection import Connection
from twsbridge.dialogue import GREETING
from twsbridge.errors import BridgeError, broken, closed
from twsbridge.protocol.commands import Hello
from twsbridge.switchboard import Switchboard

log = logging.getLogger(__name__)

TICK_MS = 250

Job = Callable[[Switchboard], None]


class Bell:
    """Wakes the I/O thread out of its poll; rung from any thread."""

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]]) -> None:
        self.ear = context.socket(zmq.PULL)
        self.ear.bind("inproc://bell")
        self._hand = context.socket(zmq.PUSH)
        self._hand.connect("inproc://bell")
        self._lock = threading.Lock()
        self._has_rung = False

    def ring(self) -> None:
        """Wake the thread; ringing twice before it wakes is one ring."""
        with self._lock:
            if not self._has_rung:
                self._has_rung = True
                self._hand.send(b"")

    def hear(self) -> None:
        """The thread is awake: the next ring counts again."""
        with self._lock:
            if self._has_rung:
                self.ear.recv()
            self._has_rung = False

    def close(self) -> None:
        """Close both ends; a ring after that is not heard."""
        with self._lock:
            self._has_rung = True
            self.ear.close(0)
            self._hand.close(0)


class IoThread:
    """One thread for one bridge. Raises what `find` raises when there is no connection file."""

    def __init__(self, find: Callable[[], Connection], hello: Hello = GREETING) -> None:
        self._context = zmq.Context()
        try:
            self.board = Switchboard(self._context, find, hello)
        except BaseException:
            self._context.term()
            raise
        self._bell = Bell(self._context)
        self._jobs: deque[Job] = deque()
        self._is_stopping = False
        self._pid = os.getpid()
        self._thread = threading.Thread(target=self._run, name="twsbridge-io", daemon=True)
        self._thread.start()

    def post(self, job: Job) -> None:
        """Have the thread do something; raises Unreachable (client.closed) when there is no thread any more."""
        if os.getpid() != self._pid:
            raise broken("This client was made before the process forked, and its thread stayed in the parent")
        self._jobs.append(job)
        if self._is_stopping:
            raise closed()
        self._bell.ring()

    def stop(self) -> None:
        """Say goodbye, close everything, end the thread. Harmless when called twice, or in a forked child."""
        if os.getpid() != self._pid:
            return
        self._is_stopping = True
        self._bell.ring()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _run(self) -> None:
        last_words: BridgeError = closed()
        try:
            while not self._is_stopping:
                self._turn()
        except Exception as error:
            log.exception("The I/O thread of a client stopped")
            last_words = broken(f"The client's I/O thread stopped because of a defect ({error!r})")
        self._is_stopping = True
        self.board.close(last_words)
        self._do_jobs()
        self._bell.close()
        self._context.term()

    def _turn(self) -> None:
        ready = self._sleep()
        if self._bell.ear in ready:
            self._bell.hear()
        self._do_jobs()
        self.board.turn(ready, time.monotonic())

    def _do_jobs(self) -> None:
        while self._jobs:
            self._jobs.popleft()(self.board)

    def _sleep(self) -> set[object]:
        """Wait until something happens, a tick at most; returns the sockets on which it did."""
        link = self.board.link
        poller = zmq.Poller()
        for socket in (self._bell.ear, link.monitor, link.md_monitor, link.evt, link.md):
            poller.register(socket, zmq.POLLIN)
        poller.register(link.cmd, zmq.POLLIN | (zmq.POLLOUT if link.has_unsent else 0))
        return {socket for socket, _ in poller.poll(TICK_MS)}
