"""The state a connection holds."""

from __future__ import annotations

from twssim.contracts import default_universe
from twssim.scheduler import Scheduler
from twssim.subscriptions import AccountRows, MarketLine, Subscriptions


def test_only_changed_rows_are_sent() -> None:
    rows = AccountRows("A")
    first = [("Cash", "1.00", "GBP"), ("Cash", "2.00", "USD")]
    assert rows.changed("A", first) == first
    assert rows.changed("A", first) == []
    assert rows.changed("A", [("Cash", "1.00", "GBP"), ("Cash", "3.00", "USD")]) == [("Cash", "3.00", "USD")]
    assert rows.changed("B", first[:1]) == first[:1]


def test_closing_stops_everything_that_was_due() -> None:
    scheduler, ran = Scheduler(0.0), []
    line = MarketLine(9, next(iter(default_universe())), snapshot=True)
    line.timers.append(scheduler.after(1.0, lambda: ran.append("line")))
    subscriptions = Subscriptions(market={9: line})
    subscriptions.bars[8] = scheduler.after(1.0, lambda: ran.append("bars"))
    subscriptions.close()
    scheduler.advance(5.0)
    assert ran == []
