from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.test_main import WITHOUT
from tests.waiting import PATIENCE
from twsbridge.cli import main
from twssim.runner import run


def test_a_live_account_is_a_refusal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with run(accounts=("U1234567",)) as tws:
        assert main(["drill", "--tws", f"127.0.0.1:{tws.port}", "--out", str(tmp_path)]) == 1
    assert "Nothing was placed." in capsys.readouterr().err


def test_an_address_that_is_none_is_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["drill", "--tws", "here"]) == 2
    assert "HOST:PORT" in capsys.readouterr().err


def test_what_is_missing_is_named() -> None:
    command = [sys.executable, "-c", WITHOUT, "twsbridge_drill", "drill", "--tws", "127.0.0.1:1"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 2 and "pip install 'twsbridge[bridge]'" in done.stderr
