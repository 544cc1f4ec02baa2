"""The fixture in the tests of another project, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.waiting import PATIENCE

TESTS = """
import socket
import pytest

def test_it_listens(twssim):
    with socket.create_connection((twssim.host, twssim.port), 5) as connection:
        connection.sendall(b"API\\0\\0\\0\\0\\x09v100..200")
        assert b"200" in connection.recv(100)

@pytest.mark.twssim(server_version=176, accounts=("DU1234567", "DU7654321"))
def test_it_has_settings(twssim):
    assert twssim.call(lambda gateway: gateway.settings.server_version) == 176

def test_every_test_has_its_own(twssim):
    assert twssim.ledger.of("session") == []
"""


def test_another_project_can_use_it(tmp_path: Path) -> None:
    (tmp_path / "test_theirs.py").write_text(TESTS)
    command = [sys.executable, "-m", "pytest", "-q", "-W", "error", "--strict-markers", "-p", "twssim.pytest_plugin"]
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider", str(tmp_path)],
        cwd=tmp_path,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert "3 passed" in done.stdout, done.stdout + done.stderr
