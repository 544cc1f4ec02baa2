from __future__ import annotations

from decimal import Decimal

import pytest

from tests.core.books.rig import AAPL, OTHER, BookRig
from tests.core.rig import ACCOUNT
from twsbridge.protocol.errors import WireError
from twsbridge.protocol.models import Contract
from twsbridge_server.core.rights import Rights


@pytest.fixture
def rig() -> BookRig:
    return BookRig()


def test_books_by_owner_and_the_rest_are_what_tws_holds(rig: BookRig) -> None:
    rig.all_told()
    rig.paid(rig.filled("alice", 10, strategy="pairs"), "1.05")
    rig.filled("alice", -4, 110.0, strategy="pairs")
    rig.filled("bob", -2)
    rig.filled(None, 3)
    rig.holds(57)
    told = rig.ask()
    assert [(row.owner, row.strategy, row.position) for row in told.rows] == [
        ("alice", "pairs", 6), ("bob", "", -2), (None, "", 53),
    ]  # fmt: skip
    assert sum(row.position for row in told.rows) == 57
    alice, _, rest = told.rows
    assert (alice.avg_cost, alice.realized_pnl, alice.commissions) == (100.0, 40, {"USD": Decimal("1.05")})
    assert (rest.avg_cost, rest.realized_pnl, rest.contract) == (None, None, AAPL)
    assert told.rest_known


def test_there_is_no_rest_before_tws_has_told_its_positions_and_never_one_of_currencies(rig: BookRig) -> None:
    rig.filled("alice", 10)
    assert not rig.ask().rest_known
    assert rig.rows() == [("alice", ACCOUNT, "10")]
    rig.all_told()
    assert rig.rows() == [("alice", ACCOUNT, "10"), (None, ACCOUNT, "-10")]
    rig.holds(10)
    rig.filled("alice", 5, contract=Contract(con_id=12087792, symbol="EUR", sec_type="CASH", currency="USD"))
    assert rig.rows() == [("alice", ACCOUNT, "10"), ("alice", ACCOUNT, "5")]


def test_what_was_there_before_is_the_rest_alone(rig: BookRig) -> None:
    rig.all_told()
    rig.holds(-7, OTHER)
    assert rig.rows() == [(None, OTHER, "-7")]
    assert rig.rows(account=ACCOUNT) == []


def test_a_trader_sees_its_own_books_only(rig: BookRig) -> None:
    rig.all_told()
    for owner in ("alice", "bob"):
        rig.filled(owner, 1)
    rig.holds(5)
    assert rig.rows(name="alice", role="trader") == [("alice", ACCOUNT, "1")]
    assert rig.rows(name="alice", role="trader", owner="alice") == [("alice", ACCOUNT, "1")]
    refused = rig.ask(name="alice", role="trader", owner="bob")
    assert isinstance(refused, WireError) and (refused.code, refused.field) == ("auth.role", "owner")
    assert rig.rows(name="eve", role="observer", owner="bob") == [("bob", ACCOUNT, "1")]
    assert len(rig.rows(name="eve", role="observer")) == 3


def test_nobody_sees_books_of_accounts_that_are_not_its_own(rig: BookRig) -> None:
    rig.all_told()
    rig.filled("alice", 1)
    rig.filled("alice", 2, account=OTHER)
    near = Rights(accounts=(ACCOUNT,))
    assert rig.rows(rights=near) == [("alice", ACCOUNT, "1"), (None, ACCOUNT, "-1")]


def test_what_changed_is_noted(rig: BookRig) -> None:
    key = (ACCOUNT, AAPL.con_id)
    exec_id = rig.filled("alice", 1)
    assert rig.books.changed == {key}
    for happens in (lambda: rig.paid(exec_id, "1"), lambda: rig.holds(1)):
        rig.books.changed.clear()
        happens()
        assert rig.books.changed == {key}
    rig.books.changed.clear()
    rig.paid("unknown", "1")
    assert rig.books.changed == set()
