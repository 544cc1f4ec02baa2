from __future__ import annotations

from decimal import Decimal

import ibapi.contract
import pytest
from ibapi.const import UNSET_DECIMAL, UNSET_DOUBLE

from twsbridge.protocol.models import Contract
from twsbridge_server.core import inputs
from twsbridge_server.tws.session_callbacks import SessionCallbacks


@pytest.fixture
def callbacks() -> SessionCallbacks:
    return SessionCallbacks()


def test_an_error(callbacks: SessionCallbacks) -> None:
    callbacks.error(7, 1775425766350, 201, "Order rejected", '{"why":1}')
    assert callbacks.said == [inputs.TwsErrorReceived(7, 201, "Order rejected", '{"why":1}')]


def test_an_absent_id_is_no_id(callbacks: SessionCallbacks) -> None:
    callbacks.error(0, 0, 2104, "farm", "")
    assert callbacks.said == [inputs.TwsErrorReceived(-1, 2104, "farm")]


@pytest.mark.parametrize(("said", "accounts"), [("DU1234567,DU7654321,", 2), ("DU1234567", 1), ("", 0)])
def test_accounts(callbacks: SessionCallbacks, said: str, accounts: int) -> None:
    callbacks.managedAccounts(said)
    assert callbacks.said == [inputs.ManagedAccounts(("DU1234567", "DU7654321")[:accounts])]


def test_order_id_and_clock(callbacks: SessionCallbacks) -> None:
    callbacks.nextValidId(5)
    callbacks.currentTime(1_700_000_000)
    assert callbacks.said == [inputs.NextValidId(5), inputs.CurrentTime(1_700_000_000)]


def test_account_summary(callbacks: SessionCallbacks) -> None:
    callbacks.accountSummary(9, "DU1234567", "NetLiquidation", "100000.00", "GBP")
    callbacks.accountSummaryEnd(9)
    row = inputs.AccountSummaryRow(9, "DU1234567", "NetLiquidation", "100000.00", "GBP")
    assert callbacks.said == [row, inputs.AccountSummaryEnd(9)]


def test_a_holding(callbacks: SessionCallbacks) -> None:
    contract = ibapi.contract.Contract()
    contract.conId = 265598
    callbacks.position("DU1234567", contract, Decimal("-110"), UNSET_DOUBLE)
    callbacks.positionEnd()
    row = inputs.PositionRow("DU1234567", Contract(con_id=265598), Decimal(-110), 0.0)
    assert callbacks.said == [row, inputs.PositionEnd()]


def test_a_holding_without_size_is_not_called_flat(callbacks: SessionCallbacks) -> None:
    with pytest.raises(ValueError, match="size"):
        callbacks.position("DU1234567", ibapi.contract.Contract(), UNSET_DECIMAL, 0.0)


def test_blanks_around_an_account_do_not_make_it_another_one(callbacks: SessionCallbacks) -> None:
    callbacks.accountSummary(9, " DU1234567", "NetLiquidation", "1", "USD")
    callbacks.position("DU1234567 ", ibapi.contract.Contract(), Decimal(1), 2.0)
    assert {row.account for row in callbacks.said} == {"DU1234567"}
