from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import ibapi.contract
import pytest

from tests.waiting import PATIENCE
from twsbridge_server.tws.official import UnfitIbapi, check_version, made


def imported(fake: Path) -> subprocess.CompletedProcess[str]:
    """Import the package with another ibapi in front of the installed one."""
    command = [sys.executable, "-c", "import twsbridge_server.tws.connection"]
    environment = {**os.environ, "PYTHONPATH": str(fake)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=PATIENCE)


def test_an_old_ibapi_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "ibapi").mkdir()
    (tmp_path / "ibapi" / "__init__.py").write_text('VERSION = {"major": 9, "minor": 81, "micro": 1}\n')
    done = imported(tmp_path)
    assert done.returncode != 0
    assert "ibapi 9.81 is installed, but the bridge needs 10.37 or later" in done.stderr.splitlines()[-1]


def test_no_ibapi_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "ibapi.py").write_text("raise ImportError('nothing here')\n")
    done = imported(tmp_path)
    assert done.returncode != 0
    assert "is not installed (nothing here). Install twsbridge[bridge]" in done.stderr.splitlines()[-1]


@pytest.mark.parametrize("version", [(10, 37), (10, 46), (11, 0)])
def test_a_release_that_will_do(version: tuple[int, int]) -> None:
    check_version(*version)


@pytest.mark.parametrize("version", [(9, 81), (10, 19), (10, 30), (10, 36)])
def test_a_release_that_will_not(version: tuple[int, int]) -> None:
    with pytest.raises(UnfitIbapi, match="10.37 or later"):
        check_version(*version)


def test_ibapi_logs_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("ibapi.decoder").error("DU1234567")
        logging.getLogger("ibapi.wrapper").critical("DU1234567")
    assert caplog.text == ""


def test_made_keeps_the_class() -> None:
    assert type(made(ibapi.contract.Contract)) is ibapi.contract.Contract
