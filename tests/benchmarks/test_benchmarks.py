from __future__ import annotations

import json

import pytest

from tests.benchmarks import __main__ as entry
from tests.benchmarks import flood
from tests.benchmarks.arena import CONTENDERS, DIRECT
from tests.benchmarks.measures import BRIDGED, Sizes, measures

TINY = Sizes(rounds=1, prices=2_000, latency_seconds=0.1, orders=2, asks=5, consumers=2)


@pytest.mark.timeout(120)
def test_every_contender_has_every_figure(capsys: pytest.CaptureFixture[str]) -> None:
    """The whole run in miniature: all processes, all rows. How fast anything is depends on the machine."""
    assert entry.main(["-o", "json"], sizes=TINY) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["name"] for row in rows] == [name for measure in measures(TINY) for name in measure.units]
    for row in rows:
        assert row["medians"].keys() == set(CONTENDERS)
        assert all(value > 0 for value in row["medians"].values()), row
        assert {over: set(direct) for over, direct in row["ratios"].items()} == dict.fromkeys(BRIDGED, set(DIRECT))


@pytest.mark.parametrize("version", [176, 225])
def test_the_flood_is_never_the_bottleneck(version: int) -> None:
    """Two hundred thousand ticks out of one core, of which it has many times as many."""
    _, core = flood.measure(version, seconds=0.3)
    assert core > 200_000
