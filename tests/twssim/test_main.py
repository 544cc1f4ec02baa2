"""`python -m twssim` as a process."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.twssim.test_server import Peer
from tests.waiting import PATIENCE
from twssim import read_ledger
from twssim.__main__ import main
from twssim.wire import message

ME = [sys.executable, "-m", "twssim"]


def started(*options: str) -> tuple[subprocess.Popen[str], int]:
    process = subprocess.Popen([*ME, "--port", "0", *options], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    line = process.stdout.readline()
    found = re.fullmatch(r"twssim listening on 127\.0\.0\.1:(\d+)\n", line)
    assert found, line
    return process, int(found[1])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_it_listens_and_ends_cleanly(number: signal.Signals) -> None:
    process, port = started("--server-version", "176")
    with closing(Peer(port)) as peer:
        peer.start(1)
        process.send_signal(number)
        rest, _ = process.communicate(timeout=PATIENCE)
        assert (process.returncode, rest) == (0, "")
        assert peer.ended()


def test_a_killed_simulator_carries_on_from_its_ledger(tmp_path: Path) -> None:
    path = str(tmp_path / "ledger.jsonl")
    process, port = started("--ledger", path, "--start", "2026-11-24T12:00", "--cash", "5000", "--currency", "USD")
    with closing(Peer(port)) as peer:
        peer.start(4)
        process.kill()
        process.communicate(timeout=PATIENCE)
    process, port = started("--ledger", path, "--currency", "USD")
    with closing(Peer(port)) as peer:
        peer.start(4)
        peer.send(message(62, 1, 9, "All", "NetLiquidation"))
        assert peer.until("63")[3:7] == ["DU1234567", "NetLiquidation", "5000.00", "USD"]
    process.terminate()
    process.communicate(timeout=PATIENCE)
    assert [record["record"] for record in read_ledger(path)].count("started") == 2


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--server-version", "226"], "server version 226 is not supported"),
        (["--cash", "much"], "--cash needs a number"),
        (["--start", "yesterday"], "--start needs an ISO date"),
        (["--port", "70000"], "--port must be from 0 to 65535"),
        (["--ledger", "no/such/folder/ledger"], "cannot use the ledger"),
        (["--speed", "-1"], "speed"),
    ],
)
def test_wrong_options_are_one_sentence_and_code_2(
    options: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--port", "0", *options]) == 2
    told = capsys.readouterr().err
    assert said in told and told.count("\n") == 1


def test_a_port_in_use_is_one_sentence_and_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        assert main(["--port", str(port)]) == 2
    told = capsys.readouterr().err
    assert told == f"twssim: cannot listen on 127.0.0.1:{port} (Address already in use): choose another --port\n"


def test_any_setting_can_be_set_and_a_wrong_one_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    process, port = started("--set", "read_only=yes", "--set", "commission_plan=tiered")
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 0 and port
    assert main(["--set", "commission_plan=free"]) == 2
    assert "commission plan is fixed or tiered" in capsys.readouterr().err
