from __future__ import annotations

import pytest

from tests.campaign import oracles
from tests.campaign.traders import ACCEPTED, OPEN, REFUSED, Wish
from twsbridge import MarketOrder
from twssim.ledger import Record


def taken(mark: int, *statuses: str) -> list[Record]:
    """What the ledger has of an order that TWS took."""
    order = {"record": "order", "event": "accepted", "client_id": 1, "perm_id": 900 + mark, "order_ref": f"r{mark}"}
    rows: list[Record] = [{**order, "terms": {"total_quantity": str(mark), "parent_id": 0}}]
    return rows + [{"record": "status", "perm_id": 900 + mark, "status": status} for status in statuses]


def wish(mark: int, outcome: str) -> Wish:
    return Wish(f"k{mark}", mark, "NVDA", MarketOrder("BUY", mark), outcome=outcome)


def test_what_became_of_an_order_is_its_last_status() -> None:
    ledger = [*taken(1), *taken(2, "Submitted", "Filled"), *taken(3, "Cancelled"), *taken(4, "Submitted", "Inactive")]
    assert oracles.standing(ledger) == {1: "working", 2: "Filled", 3: "Cancelled", 4: "Rejected"}


@pytest.mark.parametrize(
    ("outcome", "statuses", "told", "is_right"),
    [
        (ACCEPTED, ("Submitted",), "Submitted", True),
        (ACCEPTED, ("Submitted",), "Rejected", False),
        (ACCEPTED, ("Inactive",), "Rejected", True),
        (ACCEPTED, ("Inactive",), "Submitted", False),
        (ACCEPTED, None, "NOT_FOUND", True),
        (ACCEPTED, None, "Submitted", False),
        (REFUSED, None, "", True),
        (REFUSED, ("Inactive",), "Rejected", True),
        (REFUSED, ("Submitted",), "Submitted", False),
        (OPEN, ("Submitted",), "", True),
    ],
)
def test_an_accepted_order_works_at_tws_unless_the_bridge_says_not(
    outcome: str, statuses: tuple[str, ...] | None, told: str, is_right: bool
) -> None:
    """TWS takes an order and rejects it a moment later: at most twenty work per contract and side."""
    ledger = [] if statuses is None else taken(1, *statuses)
    if is_right:
        oracles.no_order_lost(ledger, [wish(1, outcome)], {"k1": told})
        return
    with pytest.raises(AssertionError):
        oracles.no_order_lost(ledger, [wish(1, outcome)], {"k1": told})
