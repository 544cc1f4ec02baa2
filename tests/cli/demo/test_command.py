"""Ctrl-C at any moment, as the terminal sends it."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.running import process
from tests.cli.test_main import WITHOUT
from tests.waiting import PATIENCE, eventually
from twsbridge.cli import main


def processes_with(mark: str) -> list[str]:
    """Those that were given this text in their environment."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (place / "environ").read_bytes():
                found.append((place / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc to look for processes")
@pytest.mark.parametrize("moment", ["listens on", "logged in", "programs watch", "started it again"])
def test_after_ctrl_c_nothing_is_left(moment: str, tmp_path: Path) -> None:
    output = str(tmp_path / "demo-output")
    with process("demo", "--folder", output, TMPDIR=str(tmp_path), PYTHONUNBUFFERED="1") as demo:
        assert demo.stdout is not None and demo.stderr is not None
        assert any(moment in line for line in demo.stdout)
        demo.send_signal(signal.SIGINT)
        demo.send_signal(signal.SIGINT)
        rest, errors = demo.communicate(timeout=PATIENCE)
    assert (demo.returncode, errors) == (130, "Stopped: every process of the demo has ended.\n")
    assert not re.search("Traceback", rest)
    eventually(lambda: not processes_with(str(tmp_path)), "the end of every process")
    assert [each.name for each in tmp_path.iterdir()] == ["demo-output"]


def test_what_is_missing_is_named() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, "ibapi", "demo"], capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == 2 and "ibapi" in done.stderr and "pip install 'twsbridge[bridge]'" in done.stderr


def test_a_folder_that_cannot_be_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    assert main(["demo", "--folder", str(tmp_path / "file")]) == 2
    assert "--folder" in capsys.readouterr().err
