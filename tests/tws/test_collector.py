from __future__ import annotations

from twsbridge_server.tws.collector import Collector


def test_nothing_was_said_at_first() -> None:
    collector = Collector()
    assert (collector.said, collector.bars) == ([], [])


def test_what_nobody_overrides_is_ignored() -> None:
    collector = Collector()
    collector.updateAccountTime("09:30")
    assert collector.said == []
