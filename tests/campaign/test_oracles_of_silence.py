from __future__ import annotations

from typing import Any

import pytest

from tests.campaign.oracles_of_silence import (
    nothing_sent_in_vain,
    nothing_sent_late,
    nothing_sent_while_halted,
)
from tests.campaign.stage import Span
from tests.campaign.traders import Wish
from twsbridge import MarketOrder


def fault(time: float, action: str, state: str) -> dict[str, Any]:
    return {"record": "fault", "time": time, "action": action, "state": state}


def placed(time: float, order_id: int = 1, quantity: int = 5) -> list[dict[str, Any]]:
    terms = {"total_quantity": str(quantity), "parent_id": 0}
    return [
        {"record": "request", "name": "PlaceOrder", "time": time, "order_id": order_id},
        {"record": "order", "event": "accepted", "time": time, "order_id": order_id, "client_id": 1, "terms": terms},
    ]


def test_an_order_without_a_link_is_seen() -> None:
    down, up = fault(10.0, "link", "on"), fault(20.0, "link", "off")
    assert nothing_sent_in_vain([down, *placed(10.1), up, *placed(21.0)]) == 1
    with pytest.raises(AssertionError, match="after 1100"):
        nothing_sent_in_vain([down, *placed(11.0), up])


def test_an_order_under_a_halt_is_seen() -> None:
    halts = [Span(10.0, 12.0)]
    nothing_sent_while_halted([*placed(9.0), *placed(10.1), *placed(12.5)], halts)
    with pytest.raises(AssertionError, match="after HALTED"):
        nothing_sent_while_halted(placed(11.0), halts)


def test_what_a_deaf_tws_reads_later_was_sent_before_the_halt() -> None:
    ledger = [fault(9.0, "stall", "on"), fault(11.0, "stall", "off"), *placed(11.0)]
    nothing_sent_while_halted(ledger, [Span(10.0, 12.0)])


def test_an_order_after_its_deadline_is_seen_unless_tws_was_deaf() -> None:
    wish = Wish("k", 5, "AAPL", MarketOrder("BUY", 5), deadline=10.0)
    assert nothing_sent_late(placed(10.5), [wish]) == 1
    assert nothing_sent_late(placed(99.0, quantity=6), [wish]) == 0
    assert nothing_sent_late(placed(20.0), [wish], [Span(9.0, 20.0)]) == 1
    assert nothing_sent_late([fault(9.0, "wedge", "on"), *placed(20.0)], [wish]) == 1
    with pytest.raises(AssertionError, match="after its deadline"):
        nothing_sent_late(placed(14.0), [wish])
    with pytest.raises(AssertionError, match="after its deadline"):
        nothing_sent_late([fault(3.0, "wedge", "on"), fault(4.0, "wedge", "off"), *placed(14.0)], [wish])
