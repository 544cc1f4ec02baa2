from __future__ import annotations

from twssim.ledger import Ledger
from twssim.replay.summary import summary


def test_the_few_lines() -> None:
    ledger = Ledger(None, lambda: 0.0)
    assert list(summary(ledger)) == []
    ledger.append("departure", client_id=1, kind="missing", name="CancelOrder", text="recorded and never made: 1")
    ledger.append("replay", client_id=1, made=5, recorded=6)
    assert list(summary(ledger)) == [
        "replay: client 1 made 5 of 6 recorded requests",
        "departure: missing: CancelOrder: recorded and never made: 1",
    ]
