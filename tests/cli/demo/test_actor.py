import os
import signal
import socket
from pathlib import Path

from tests.waiting import PATIENCE, eventually
from twsbridge.cli.demo.actor import Actor

STUBBORN = """
import signal, subprocess, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
hold = "import signal, socket; held = socket.create_connection(('127.0.0.1', {port})); signal.pause()"
child = subprocess.Popen([sys.executable, "-c", hold])
signal.pause()
"""
"""Its child holds a connection, which tells the test when the child is gone."""


def actor(folder: Path, name: str, source: str) -> Actor:
    (folder / f"{name}.py").write_text(source)
    return Actor(name, [name], {**os.environ, "PYTHONPATH": str(folder)}, folder)


def said(program: Actor) -> list[str]:
    program.read()
    return program.lines


def test_lines_come_whole_and_with_those_of_stderr(tmp_path: Path) -> None:
    source = "import sys\nprint('one', flush=True)\nprint('two', file=sys.stderr)\nprint('half', end='')"
    program = actor(tmp_path, "talker", source)
    eventually(lambda: program.exit_code is not None)
    eventually(lambda: program.read() is None)
    assert (program.lines, program.exit_code) == (["one", "two"], 0)
    program.close()


def test_what_ignores_the_request_to_end_is_killed_with_all_its_children(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(PATIENCE)
        program = actor(tmp_path, "stubborn", STUBBORN.format(port=server.getsockname()[1]))
        with server.accept()[0] as child:
            child.settimeout(PATIENCE)
            program.signal(signal.SIGTERM)
            assert not program.wait(0.1)
            program.kill()
            assert program.exit_code == -signal.SIGKILL
            assert child.recv(1) == b""
    program.signal(signal.SIGTERM)
    program.close()


def test_it_runs_in_a_group_of_its_own(tmp_path: Path) -> None:
    """Ctrl-C of the terminal must not reach it: the stage ends it in order."""
    program = actor(tmp_path, "grouped", "import os; print(os.getpgrp() == os.getpid())")
    eventually(lambda: said(program) == ["True"])
    program.close()
    assert program.exit_code == 0
