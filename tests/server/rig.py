"""The loop with real sockets and a real journal around a core and a TWS that do what the test says."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import zmq

from tests.mq.rig import FREE_PORTS, Peer
from tests.waiting import PATIENCE
from twsbridge.protocol import envelope
from twsbridge.protocol.commands import Command, GetStatus
from twsbridge.protocol.envelope import CommandHeader, encode_command
from twsbridge_server import loop
from twsbridge_server.bar_cache import BarCache
from twsbridge_server.clock import Clock
from twsbridge_server.core.calls import TwsCall
from twsbridge_server.core.effects import Effect
from twsbridge_server.core.inputs import ClientsChanged, DiskSpace, Input, TwsInput
from twsbridge_server.home import Home
from twsbridge_server.journal_file import Journal
from twsbridge_server.mq import keyring
from twsbridge_server.mq.sockets import Sockets
from twsbridge_server.perform import Shells

TURN_MS = 10
"""How long a turn may wait: a test looks at the other end of the sockets between two turns."""


class Script:
    """A core that does as it is told: `on` maps a kind of input to what follows from it.

    `inputs` is everything it heard, `spaces` what it heard of the disk now and then.
    """

    def __init__(self) -> None:
        self.on: dict[type, Callable[[Any], list[Effect]]] = {}
        self.inputs: list[Input] = []
        self.spaces: list[DiskSpace] = []

    def handle(self, happened: Input, now: int) -> list[Effect]:
        if isinstance(happened, DiskSpace):
            self.spaces.append(happened)
        elif not isinstance(happened, ClientsChanged):
            self.inputs.append(happened)
        return self.on.get(type(happened), lambda _: [])(happened)


class FakeTws:
    """A pipe to wait for; `says` is what `receive` delivers, `asked` what was called."""

    def __init__(self) -> None:
        self._reading, self._writing = os.pipe()
        self.asked: list[Any] = []
        self.says: list[TwsInput] = []
        self.answers: dict[type, list[TwsInput]] = {}
        self.deadline: float | None = None
        self.wants_write = False
        self.is_open = True

    @property
    def has_backlog(self) -> bool:
        return bool(self.says)

    def fileno(self) -> int | None:
        return self._reading if self.is_open else None

    def ring(self) -> None:
        """Make the descriptor readable."""
        os.write(self._writing, b"x")

    def connect(self, now_s: float) -> list[TwsInput]:
        self.asked.append("connect")
        self.deadline = now_s + 30
        return []

    def receive(self, max_messages: int) -> list[TwsInput]:
        if not self.says:
            os.read(self._reading, 1)
        said, self.says = self.says[:max_messages], self.says[max_messages:]
        return said

    def flush(self) -> list[TwsInput]:
        self.asked.append("flush")
        self.wants_write = False
        return []

    def expire(self, now_s: float) -> list[TwsInput]:
        self.asked.append("expire")
        return []

    def call(self, call: TwsCall) -> list[TwsInput]:
        self.asked.append(call)
        return self.answers.get(type(call), [])

    def close(self) -> None:
        self.asked.append("close")
        self.is_open = False

    def dispose(self) -> None:
        os.close(self._reading)
        os.close(self._writing)


class Wishes:
    """The operator: `ask` is one more signal."""

    def __init__(self) -> None:
        self._reading, self._writing = os.pipe()
        self.count = 0

    def ask(self) -> None:
        self.count += 1
        os.write(self._writing, b"x")

    def fileno(self) -> int:
        return self._reading

    def clear(self) -> None:
        os.read(self._reading, 64)

    def dispose(self) -> None:
        os.close(self._reading)
        os.close(self._writing)


class Rig:
    """Everything of a bridge, and a client of it."""

    def __init__(self, path: Path) -> None:
        self.home = Home(path)
        pair = keyring.prepare(self.home)
        self.journal = Journal(self.home.journal)
        self.sockets = Sockets(self.home, pair, FREE_PORTS)
        keyring.write_connection_file(self.home, self.sockets.endpoints)
        self.bars = BarCache(self.home.bars)
        self.core, self.tws, self.wishes = Script(), FakeTws(), Wishes()
        self.shells = Shells(self.sockets, self.tws, self.journal, self.bars)
        self.loop = loop.Loop(self.core, self.shells, self.wishes, Clock())
        self.peer = Peer(self.home)

    def until(self, condition: Callable[[], Any], what: str = "") -> Any:
        """Turn after turn until the condition is true; its value."""
        deadline = time.monotonic() + PATIENCE
        with mock.patch.object(loop, "LONGEST_WAIT_MS", TURN_MS):
            while not (value := condition()):
                assert time.monotonic() < deadline, f"not within {PATIENCE} s: {what}"
                self.loop.turn()
        return value

    def got(self, kind: type) -> list[Any]:
        return [each for each in self.core.inputs if isinstance(each, kind)]

    def ask(self, socket: zmq.Socket[bytes], command: Command | None = None, request_id: str = "1") -> None:
        command = command or GetStatus()
        socket.send_multipart(encode_command(command, CommandHeader(t=command.name, id=request_id)))

    def reply(self, socket: zmq.Socket[bytes]) -> envelope.Reply:
        self.until(lambda: socket.poll(0), "a reply")
        return envelope.decode_reply(socket.recv_multipart())

    def close(self) -> None:
        self.peer.close()
        self.sockets.close()
        self.journal.close()
        self.bars.close()
        self.tws.dispose()
        self.wishes.dispose()


@contextmanager
def rig(path: Path) -> Iterator[Rig]:
    one = Rig(path)
    try:
        yield one
    finally:
        one.close()
