from __future__ import annotations

from tests.core.rig import ACCOUNT, of
from twsbridge_server.core import effects as fx
from twsbridge_server.core.gaps import Gaps
from twsbridge_server.core.sequencer import Sequencer

OTHER = "DU7654321"


def told(effects: list[fx.Effect]) -> list[tuple[str, int, str]]:
    events = of(fx.PublishEvent, effects)
    assert all(event.body["stream"] == event.topic for event in events)
    return [(event.topic, event.seq, event.type) for event in events]


def test_every_stream_of_the_login_and_of_the_journal_is_told_and_counts_on_without_a_hole() -> None:
    gaps = Gaps(Sequencer("e", {f"ord|{OTHER}|": (1, 8), "sys|": (1, 3)}))
    assert told(gaps.begin("1100", (ACCOUNT,), 5, 6)) == [
        ("sys|", 3, "gap"),
        (f"acct|{ACCOUNT}|", 1, "gap"),
        (f"ord|{ACCOUNT}|", 1, "gap"),
        (f"ord|{OTHER}|", 8, "gap"),
    ]
    assert told(gaps.end(True, 7)) == [
        ("sys|", 4, "resumed"),
        (f"acct|{ACCOUNT}|", 2, "resumed"),
        (f"ord|{ACCOUNT}|", 2, "resumed"),
        (f"ord|{OTHER}|", 9, "resumed"),
    ]


def test_a_gap_within_a_gap_is_the_same_gap_and_ends_once() -> None:
    gaps = Gaps(Sequencer("e", {}))
    assert len(told(gaps.begin("1100", (ACCOUNT,), 5, 6))) == 3
    assert gaps.begin("reset", (), 9, 9) == []
    over = of(fx.PublishEvent, gaps.end(False, 12))
    assert {event.body["since_us"] for event in over} == {5} and len(over) == 3
    assert gaps.end(False, 13) == []
