"""Runs tests of what TWS answers once for each form in which it can answer."""

from __future__ import annotations

import pytest

from tests.twssim.official import OfficialClient


@pytest.fixture(params=[176, 200, 203, 225])
def every_profile(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Clients of the test that name no server version speak this one."""
    version: int = request.param
    monkeypatch.setattr(OfficialClient, "newest", version)
    return version
