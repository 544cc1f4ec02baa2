"""The control socket of a simulator in a process of its own, from outside."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from tests.twssim.test_server import Peer
from tests.waiting import PATIENCE
from twssim.faults import ACTIONS


@pytest.fixture
def ports() -> Iterator[tuple[int, int]]:
    """The API port and the control port of a running simulator."""
    command = [sys.executable, "-m", "twssim", "--port", "0", "--control", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            first, second = (int(process.stdout.readline().rpartition(":")[2]) for _ in range(2))
            yield first, second
        finally:
            process.terminate()
    assert process.returncode == 0


class Operator:
    """Sends lines and reads the answers."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self._file = self._socket.makefile("rb")

    def say(self, line: bytes) -> Any:
        self._socket.sendall(line + b"\n")
        return json.loads(self._file.readline())

    def do(self, **command: object) -> Any:
        return self.say(json.dumps(command).encode())

    def hung_up_on(self) -> bool:
        return self._file.readline() == b""

    def close(self) -> None:
        self._file.close()
        self._socket.close()


def test_faults_on_and_off_while_it_runs(ports: tuple[int, int]) -> None:
    with closing(Peer(ports[0])) as peer, closing(Operator(ports[1])) as operator:
        peer.start()
        assert operator.do(do="link", subscriptions="lose") == {"ok": True, "active": ["link"]}
        while peer.until("4")[2] != "1100":
            pass
        assert operator.do(clear="all") == {"ok": True, "active": []}
        while peer.until("4")[2] != "1101":
            pass
        assert operator.do(list=True)["actions"].keys() == ACTIONS.keys()
        assert operator.do(do="cut")["ok"]
        assert peer.ended()


def test_mistakes_are_answered_and_no_command_hangs_up(ports: tuple[int, int]) -> None:
    with closing(Operator(ports[1])) as operator:
        for command in ({"do": "rest"}, {"do": "cut", "after": -1}, {"clear": 5}, {"clear": ["cut"]}, {}):
            answer = operator.do(**command)
            assert not answer["ok"] and answer["error"]
        assert not operator.say(b"POST / HTTP/1.1")["ok"]
        assert operator.hung_up_on()
    with closing(Operator(ports[1])) as operator:
        assert operator.do(do="burst")["ok"]


def test_time_is_put_forward(ports: tuple[int, int]) -> None:
    with closing(Operator(ports[1])) as operator:
        first = operator.say(b'{"step": 0}')
        later = operator.say(b'{"step": 3600}')
        assert first["ok"] and 3600.0 <= later["now"] - first["now"] < 3660.0
        for wrong in (b'{"step": -1}', b'{"step": "1"}', b'{"step": true}', b'{"step": 1e12}'):
            assert operator.say(wrong)["error"].startswith("step by 0 to")
