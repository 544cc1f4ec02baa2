from __future__ import annotations

from decimal import Decimal

import pytest

from twsbridge_server.core.limits.terms import DEFAULT, GLOBAL, Limits, LimitTable, Scope, check


def test_the_narrowest_limits_come_first() -> None:
    own, account = Limits(max_open_orders=1), Limits(max_open_orders=2)
    table = LimitTable(accounts={"DU1": account})
    assert [*table.of("bob", own, "DU1")] == [
        (Scope("client", "bob"), own),
        (Scope("account", "DU1"), account),
        (GLOBAL, DEFAULT),
    ]
    assert [scope.kind for scope, _ in table.of("bob", own, "DU2")] == ["client", "global"]


@pytest.mark.parametrize(
    ("limits", "complaint"),
    [
        (Limits(max_quantity=Decimal(-1)), "max_quantity must not be negative"),
        (Limits(orders_per_second=-1), "orders_per_second"),
        (Limits(allow_order_types=("LIMIT",)), "'LIMIT' is none of MKT"),
        (Limits(hours="always"), "hours: write"),
    ],
)
def test_limits_that_make_no_sense(limits: Limits, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        check(limits)


def test_limits_that_do() -> None:
    assert check(DEFAULT) is DEFAULT
    assert str(Scope("client", "bob")) == "client bob" and str(GLOBAL) == "the whole bridge"
