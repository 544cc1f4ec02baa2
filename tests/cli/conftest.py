"""The command line with a bridge that is ready."""

from __future__ import annotations

import pytest

from tests.bridge_process import BridgeProcess
from tests.cli.running import CommandLine


@pytest.fixture
def cli(bridge: BridgeProcess, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    line = CommandLine(bridge, capsys)
    line.wait_ready()
    return line
