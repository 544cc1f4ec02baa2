import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.waiting import eventually
from twsbridge.cli.demo.actor import Actor

STUBBORN = """
import signal, subprocess, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
print(child.pid, flush=True)
signal.pause()
"""


def actor(folder: Path, name: str, source: str) -> Actor:
    (folder / f"{name}.py").write_text(source)
    return Actor(name, [name], {**os.environ, "PYTHONPATH": str(folder)}, folder)


def said(program: Actor) -> list[str]:
    program.read()
    return program.lines


def is_running(pid: int) -> bool:
    """A zombie that nobody has waited for does not run any more."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout
    return bool(state) and not state.startswith("Z")


def test_lines_come_whole_and_with_those_of_stderr(tmp_path: Path) -> None:
    source = "import sys\nprint('one', flush=True)\nprint('two', file=sys.stderr)\nprint('half', end='')"
    program = actor(tmp_path, "talker", source)
    eventually(lambda: program.exit_code is not None)
    eventually(lambda: program.read() is None)
    assert (program.lines, program.exit_code) == (["one", "two"], 0)
    program.close()


def test_what_ignores_the_request_to_end_is_killed_with_all_its_children(tmp_path: Path) -> None:
    program = actor(tmp_path, "stubborn", STUBBORN)
    (child,) = eventually(lambda: said(program))
    program.signal(signal.SIGTERM)
    assert not program.wait(0.1)
    program.kill()
    assert program.exit_code == -signal.SIGKILL
    eventually(lambda: not is_running(int(child)), "the end of the child")
    program.signal(signal.SIGTERM)
    program.close()


def test_it_runs_in_a_group_of_its_own(tmp_path: Path) -> None:
    """Ctrl-C of the terminal must not reach it: the stage ends it in order."""
    program = actor(tmp_path, "grouped", "import os; print(os.getpgrp() == os.getpid())")
    eventually(lambda: said(program) == ["True"])
    program.close()
    assert sys.executable and program.exit_code == 0
