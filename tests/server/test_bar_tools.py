from __future__ import annotations

from pathlib import Path

from tests.server.test_bar_room import KEYS, filled
from twsbridge_server import bar_tools


def test_what_is_in_it_and_deleting_it_beside_a_bridge_that_runs(tmp_path: Path) -> None:
    path = tmp_path / "bars.db"
    assert bar_tools.series(path) == [] and bar_tools.delete(path) == 0
    store = filled(path)
    store.load(KEYS[1], (0, 10))
    found = bar_tools.series(path)
    assert {(each.con_id, each.blocks, each.bars) for each in found} == {
        (1, 10, 10_000),
        (2, 10, 10_000),
        (3, 10, 10_000),
    }
    assert (found[0].start_us, found[0].end_us, found[0].use_rth, found[0].bytes) == (0, 10_000, True, 640_000)
    assert bar_tools.delete(path, 2) == 10
    assert store.load(KEYS[1], (0, 10_000)) == () and len(store.load(KEYS[0], (0, 10_000))) == 10
    assert bar_tools.delete(path) == 20 and bar_tools.series(path) == []
    store.close()
