"""What many tests need: a simulated TWS and a bridge between it and the clients."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

import twssim
from tests.bridge_process import BridgeProcess
from twssim.runner import SimulatedTws

settings.register_profile("same", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
"""The same examples at each run of the same code, and no verdict about how busy the machine is."""
settings.register_profile("other", settings.get_profile("same"), derandomize=False)
settings.load_profile("same")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # Started in the background of a shell: the processes of the tests would inherit it and be deaf to Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_xdist_auto_num_workers() -> int:
    """Half as many again as there are cores: many tests wait for processes, sockets, and the disk."""
    return max(2, (os.cpu_count() or 1) * 3 // 2)


@pytest.fixture
def simulator() -> Iterator[SimulatedTws]:
    """A simulated TWS in a thread of this process, on a free port; `.port`, `.ledger`, `.call`, `.wait_for`."""
    with twssim.run(port=0) as running:
        yield running


@pytest.fixture
def bridge(simulator: SimulatedTws, tmp_path: Path) -> Iterator[BridgeProcess]:
    """`twsbridge serve` as a process of its own, connected to the simulator."""
    with BridgeProcess(tmp_path / "bridge", f"127.0.0.1:{simulator.port}") as running:
        yield running
