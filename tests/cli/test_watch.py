from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys

from tests.cli.running import CommandLine, process
from tests.waiting import PATIENCE


def test_lines_of_quotes_of_a_book_and_of_single_ticks(cli: CommandLine) -> None:
    watched = cli.rows("watch", "AAPL", "EUR.USD", "--every", "50", "-n", "6")
    assert {row["contract"] for row in watched} <= {"AAPL", "EUR.USD"} and len(watched) == 6
    code, out, err = cli("depth", "AAPL", "--smart", "-n", "3", "-o", "jsonl")
    assert code == 0, err
    last = json.loads(out.splitlines()[-1])
    assert len(out.splitlines()) == 3
    assert [last["bid"], last["bid_size"]] == last["bids"][0][:2]
    (quote,) = cli.rows("ticks", "AAPL", "--what", "BidAsk", "-n", "1")
    assert 0 < float(quote["bid"]) <= float(quote["ask"])
    for command in ("watch", "depth", "ticks"):
        code, _, err = cli(command, "XXXX")
        assert code == 1 and "tws.not_found" in err


def test_ctrl_c_ends_it_without_a_word(cli: CommandLine) -> None:
    with process("watch", "AAPL", "-o", "jsonl", TWSBRIDGE_CONNECTION=str(cli.bridge.connection_file)) as watch:
        assert watch.stdout is not None and watch.stderr is not None
        assert '"state": "live"' in watch.stdout.readline()
        watch.send_signal(signal.SIGINT)
        assert (watch.wait(PATIENCE), watch.stderr.read()) == (130, "")


def test_on_a_terminal_the_table_stays_in_place(cli: CommandLine) -> None:
    own, theirs = pty.openpty()
    words = [sys.executable, "-m", "twsbridge.cli", "watch", "AAPL", "EUR.USD", "-n", "8", "--every", "50"]
    environment = {
        **os.environ,
        "TWSBRIDGE_CONNECTION": str(cli.bridge.connection_file),
        "COLUMNS": "120",
        "TERM": "xterm",
    }
    with subprocess.Popen(words, stdout=theirs, env=environment) as watch:
        os.close(theirs)
        shown = b""
        while chunk := _read(own):
            shown += chunk
        assert watch.wait(PATIENCE) == 0
    os.close(own)
    assert b"\x1b[2K" in shown and all(word in shown for word in (b"contract", b"state", b"AAPL", b"EUR.USD", b"live"))


def _read(terminal: int) -> bytes:
    """What a program writes on it; nothing once it has ended."""
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""
