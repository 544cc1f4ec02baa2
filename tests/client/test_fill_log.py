from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.client.fake_bridge import ORDERS, FakeBridge, execution
from twsbridge import Client, FillLog
from twsbridge.cursor import Cursor
from twsbridge.fills import Fill


def fill(exec_id: str, seq: int = 1, epoch: str = "e") -> Fill:
    return Fill.model_validate({**execution(exec_id), "stream": ORDERS, "epoch": epoch, "seq": seq})


def test_a_fill_and_its_place_are_stored_together(tmp_path: Path) -> None:
    with FillLog(tmp_path / "fills.sqlite") as log:
        assert log.cursor is None and len(log) == 0
        log.add(fill("a.1", 3))
        assert log.cursor == Cursor("e", {ORDERS: 3})
        assert "a.1" in log and "b.1" not in log
    with FillLog(tmp_path / "fills.sqlite") as again:
        assert (len(again), again.cursor) == (1, Cursor("e", {ORDERS: 3}))


def test_an_effect_counts_with_its_fill_or_not_at_all(tmp_path: Path) -> None:
    def effect(db: sqlite3.Connection, fill: Fill) -> None:
        db.execute("create table if not exists seen (exec_id text)")
        db.execute("insert into seen values (?)", (fill.exec_id,))
        if fill.exec_id == "bad.1":
            raise RuntimeError("half done")

    with FillLog(tmp_path / "fills.sqlite", effect) as log:
        log.add(fill("a.1", 1))
        with pytest.raises(RuntimeError):
            log.add(fill("bad.1", 2))
        assert (len(log), log.cursor) == (1, Cursor("e", {ORDERS: 1}))
        log.add(fill("a.1", 1))
        assert log._db.execute("select exec_id from seen").fetchall() == [("a.1",)]


def test_a_new_history_replaces_the_place_but_no_fill(tmp_path: Path) -> None:
    with FillLog(tmp_path / "fills.sqlite") as log:
        log.add(fill("a.1", 7))
        log.add(fill("b.1", 1, "f"))
        assert (len(log), log.cursor) == (2, Cursor("f", {ORDERS: 1}))


def test_what_is_stored_can_be_read_with_any_tool(tmp_path: Path) -> None:
    with FillLog(tmp_path / "fills.sqlite") as log:
        log.add(fill("a.1"))
    with sqlite3.connect(tmp_path / "fills.sqlite") as db:
        row = db.execute("select exec_id, side, shares, symbol, price, order_id from fills").fetchone()
    db.close()
    assert row == ("a.1", "BOT", "10", "AAPL", 190.01, 17)


def test_following_goes_on_after_a_restart(tmp_path: Path, fake: FakeBridge, client: Client) -> None:
    for name in ("a.1", "b.1", "c.1"):
        fake.publish(ORDERS, "execution", execution(name))
    with FillLog(tmp_path / "fills.sqlite") as log:
        fills = log.follow(client, None)
        assert [next(fills).exec_id, next(fills).exec_id] == ["a.1", "b.1"]
    with FillLog(tmp_path / "fills.sqlite") as log:
        assert [each.exec_id for each in log.follow(client, None, follow=False)] == ["c.1"]
        assert len(log) == 3
