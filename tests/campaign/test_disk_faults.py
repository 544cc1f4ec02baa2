from __future__ import annotations

import resource

import pytest

from tests.campaign import disk_faults


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="the limits of another process can be set on Linux only")
def test_a_disk_that_takes_nothing_loses_and_doubles_nothing() -> None:
    counts = disk_faults.run(1, faults=1)
    assert counts["cancels"] == counts["refused"] == 1
    assert counts["orders"] >= 1
