from __future__ import annotations

import select
from pathlib import Path

import pytest

from tests.core.history.world import block
from twsbridge_server.bar_cache import BarCache
from twsbridge_server.core.effects import DropBars, LoadBars, StoreBars
from twsbridge_server.core.history.blocks import SeriesKey
from twsbridge_server.core.inputs import BarsLoaded

KEY = SeriesKey(77, "LSE", "1 min", "TRADES", True)
SPAN = (0, 10)


def told(cache: BarCache) -> list[BarsLoaded]:
    """What the cache tells, as soon as its descriptor says so."""
    assert select.select([cache.fileno()], [], [], 10)[0]
    return cache.receive()


def test_a_series_is_dropped_and_the_others_stay(tmp_path: Path) -> None:
    cache, other = BarCache(tmp_path / "bars.db"), KEY._replace(con_id=78)
    for key in (KEY, other):
        cache.wish(StoreBars(key, block(0, 10, 3)))
    cache.wish(DropBars(KEY))
    for key in (KEY, other):
        cache.wish(LoadBars(key, SPAN))
    said: list[BarsLoaded] = []
    while len(said) < 2:
        said += told(cache)
    assert [(each.key, len(each.blocks)) for each in said] == [(KEY, 0), (other, 1)]
    cache.close()


def test_wishes_are_carried_out_in_order_beside_the_loop(tmp_path: Path) -> None:
    cache = BarCache(tmp_path / "bars.db")
    assert cache.receive() == []
    cache.wish(StoreBars(KEY, block(0, 10, 3)))
    cache.wish(LoadBars(KEY, SPAN))
    assert told(cache) == [BarsLoaded(KEY, SPAN, (block(0, 10, 3),))]
    cache.close()


def test_a_damaged_cache_is_thrown_away_and_told_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "bars.db"
    path.write_bytes(b"no database" * 100)
    cache = BarCache(path)
    cache.wish(LoadBars(KEY, SPAN))
    assert told(cache) == [BarsLoaded(KEY, SPAN)]
    cache.wish(StoreBars(KEY, block(0, 10, 3)))
    cache.wish(LoadBars(KEY, SPAN))
    assert len(told(cache)[0].blocks) == 1
    cache.close()
    assert caplog.text.count("The cache of bars fails") == 1


def test_without_a_place_to_write_there_is_an_answer_too(tmp_path: Path) -> None:
    cache = BarCache(tmp_path / "missing" / "bars.db")
    for _ in range(2):
        cache.wish(StoreBars(KEY, block(0, 10, 3)))
        cache.wish(LoadBars(KEY, SPAN))
        assert told(cache) == [BarsLoaded(KEY, SPAN)]
    cache.close()
