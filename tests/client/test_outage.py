from __future__ import annotations

from twsbridge.outage import Outage

LIVE = {"state": "live", "market_data_type": 1}
GAP = {"since_us": 5, "reason": "lost"}


def test_without_a_loss_nothing_is_added() -> None:
    outage = Outage()
    assert outage.told(LIVE) == outage.shown(LIVE) == LIVE and not outage.ends_now(LIVE)


def test_it_lasts_until_rows_follow_a_new_word_of_the_bridge() -> None:
    outage = Outage()
    outage.begin("lost", 5)
    assert outage.shown(LIVE) == {**LIVE, "state": "stale", "gap": GAP}
    assert not outage.ends_now(LIVE), "rows that were under way when it was lost end nothing"
    assert outage.told(LIVE) == {**LIVE, "state": "stale", "gap": GAP}
    assert outage.ends_now(LIVE)
    assert outage.end(LIVE) == {**LIVE, "resumed": {"since_us": 5, "data_lost": True}}
    assert outage.shown(LIVE) == LIVE


def test_lost_once_more_it_goes_on_since_its_beginning() -> None:
    outage = Outage()
    outage.begin("lost", 5)
    outage.told(LIVE)
    assert not outage.begin("again", 9)
    assert outage.shown(LIVE)["gap"] == GAP and not outage.ends_now(LIVE)


def test_a_gap_that_the_bridge_has_itself_takes_it_along() -> None:
    outage = Outage()
    outage.begin("lost", 5)
    theirs = {"state": "stale", "gap": {"since_us": 7, "reason": "no TWS"}}
    assert outage.told(theirs)["gap"] == {"since_us": 5, "reason": "no TWS"}
    assert not outage.ends_now(theirs)
    over = {**LIVE, "resumed": {"since_us": 7, "data_lost": False}}
    assert outage.told(over)["resumed"] == {"since_us": 5, "data_lost": True}
    assert outage.shown(LIVE) == LIVE


def test_a_line_that_has_ended_has_no_gap() -> None:
    outage = Outage()
    outage.begin("lost", 5)
    assert outage.told({"state": "ended"}) == {"state": "ended"}
    assert outage.shown(LIVE) == LIVE
