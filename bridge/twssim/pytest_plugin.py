"""A simulated TWS for the tests of any project: the fixture `twssim`, and the mark of the same name.

pytest finds it by itself where twsbridge is installed. `@pytest.mark.twssim(server_version=176, ...)` gives the
keyword arguments of `twssim.run`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from twssim.runner import SimulatedTws


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark known."""
    config.addinivalue_line("markers", "twssim(**settings): settings of the fixture twssim, as twssim.run takes them")


@pytest.fixture
def twssim(request: pytest.FixtureRequest) -> Iterator[SimulatedTws]:
    """A simulated TWS on a free port (`.port`), for one test; `.ledger`, `.faults`, `.call`, `.wait_for`."""
    from twssim.runner import run

    mark = request.node.get_closest_marker("twssim")
    with run(**(mark.kwargs if mark else {})) as running:
        yield running
