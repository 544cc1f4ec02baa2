from __future__ import annotations

import os
import signal
from pathlib import Path

from twsbridge_server.core.inputs import HaltAsked
from twsbridge_server.halt_watch import LOOK_S, HaltFile, HaltSignal
from twsbridge_server.home import Home


def test_the_file_is_seen_to_come_and_to_go(tmp_path: Path) -> None:
    times = iter(LOOK_S * n for n in range(100))
    home = Home(tmp_path)
    file = HaltFile(home, lambda: next(times))
    assert file.look() == []
    home.halt.write_text("fire \x1bdrill\nmore\n")
    assert file.look() == [HaltAsked("file", "fire drill")]
    assert file.look() == []
    home.halt.unlink()
    assert file.look() == [HaltAsked("file", "")]
    home.halt.mkdir()
    assert file.look() == [HaltAsked("file", f"{home.halt} is there")]


def test_the_signal_is_told_once() -> None:
    with HaltSignal() as watched:
        os.kill(os.getpid(), signal.SIGUSR2)
        assert watched.look() == [HaltAsked("signal", "SIGUSR2")]
        assert watched.look() == []
