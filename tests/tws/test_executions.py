from __future__ import annotations

from decimal import Decimal

import ibapi.commission_and_fees_report
import ibapi.contract
import ibapi.execution
import pytest
from ibapi.const import UNSET_DOUBLE, UNSET_INTEGER, UNSET_LONG

from twsbridge.protocol.models import Commission, Contract, Execution
from twsbridge_server.tws.executions import commission_from_tws, execution_from_tws, revision


def fill() -> ibapi.execution.Execution:
    said = ibapi.execution.Execution()
    said.execId, said.time = "0000e0d5.69dd7411.01.02", "20260413 15:27:04 US/Eastern"
    said.acctNumber, said.exchange, said.side = "DU1234567", "ISLAND", "BOT"
    said.shares, said.price = Decimal("0.5"), 190.25
    said.permId, said.clientId, said.orderId = 1234567890, 1, 7
    said.cumQty, said.avgPrice, said.lastLiquidity = Decimal("10.5"), 190.1, 2
    return said


def test_a_fill() -> None:
    contract = ibapi.contract.Contract()
    contract.conId = 265598
    assert execution_from_tws(contract, fill()) == (
        Execution(
            exec_id="0000e0d5.69dd7411.01.02",
            revision=2,
            order_id=7,
            perm_id=1234567890,
            client_id=1,
            account="DU1234567",
            contract=Contract(con_id=265598),
            side="BOT",
            shares=Decimal("0.5"),
            price=190.25,
            time_us=1_776_108_424_000_000,
            exchange="ISLAND",
            cum_qty=Decimal("10.5"),
            avg_price=190.1,
            last_liquidity=2,
        ),
        "",
    )


def test_marks_for_not_set_never_lose_a_fill() -> None:
    said = ibapi.execution.Execution()
    said.execId = "x"
    said.orderId, said.permId, said.clientId = UNSET_INTEGER, UNSET_LONG, UNSET_INTEGER
    said.price = said.avgPrice = UNSET_DOUBLE
    said.lastLiquidity = said.liquidation = UNSET_INTEGER
    execution, doubt = execution_from_tws(ibapi.contract.Contract(), said)
    assert execution == Execution(exec_id="x")
    assert "time ''" in doubt


def test_an_order_placed_by_hand_has_no_order_id() -> None:
    said = fill()
    said.orderId, said.permId, said.clientId = 0, 0, 0
    execution, _ = execution_from_tws(ibapi.contract.Contract(), said)
    assert (execution.order_id, execution.perm_id, execution.client_id) == (None, None, 0)


def test_an_execution_without_identity_is_refused() -> None:
    with pytest.raises(ValueError, match="exec_id"):
        execution_from_tws(ibapi.contract.Contract(), ibapi.execution.Execution())


@pytest.mark.parametrize(
    ("exec_id", "number"),
    [
        ("0000e0d5.69dd7411.01.01", 1),
        ("0000e0d5.69dd7411.01.12", 12),
        ("00025b49.6abe16db.01.01.03", 3),
        ("F-1234", 1),
        ("1234", 1),
        ("a.b", 1),
        ("a.", 1),
    ],
)
def test_the_revision_is_the_number_after_the_last_dot(exec_id: str, number: int) -> None:
    assert revision(exec_id) == number


def report() -> ibapi.commission_and_fees_report.CommissionAndFeesReport:
    said = ibapi.commission_and_fees_report.CommissionAndFeesReport()
    said.execId, said.commissionAndFees, said.currency = "0000e0d5.69dd7411.01.01", 1.05, "USD"
    return said


@pytest.mark.parametrize(
    ("pnl", "has_pnl", "told"),
    [(UNSET_DOUBLE, True, None), (0.0, True, Decimal(0)), (0.0, False, None), (-12.5, True, Decimal("-12.5"))],
)
def test_a_commission(pnl: float, has_pnl: bool, told: Decimal | None) -> None:
    said = report()
    said.realizedPNL = pnl
    assert commission_from_tws(said, has_pnl) == Commission(
        exec_id="0000e0d5.69dd7411.01.01", commission=Decimal("1.05"), currency="USD", realized_pnl=told
    )


def test_a_commission_without_amount_is_refused() -> None:
    said = report()
    said.commissionAndFees = UNSET_DOUBLE
    with pytest.raises(ValueError, match="amount"):
        commission_from_tws(said, True)


def test_blanks_around_an_account_do_not_make_it_another_one() -> None:
    said = fill()
    said.acctNumber = " DU1234567 "
    assert execution_from_tws(ibapi.contract.Contract(), said).execution.account == "DU1234567"
