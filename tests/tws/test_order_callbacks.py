from __future__ import annotations

import logging
from decimal import Decimal

import ibapi.commission_and_fees_report
import ibapi.contract
import ibapi.execution
import ibapi.order
import ibapi.order_state
import pytest
from ibapi.const import UNSET_DECIMAL, UNSET_DOUBLE, UNSET_INTEGER, UNSET_LONG
from ibapi.protobuf.CommissionAndFeesReport_pb2 import CommissionAndFeesReport

from twsbridge.protocol.models import Commission, Contract, Order
from twsbridge_server.core import inputs
from twsbridge_server.tws.order_callbacks import OrderCallbacks


@pytest.fixture
def callbacks() -> OrderCallbacks:
    return OrderCallbacks()


def order() -> ibapi.order.Order:
    said = ibapi.order.Order()
    said.action, said.orderType, said.tif = "BUY", "LMT", "DAY"
    said.totalQuantity, said.lmtPrice = Decimal(100), 190.0
    said.clientId, said.permId, said.parentId, said.orderRef = 1, 1234567890, 6, "B1KEY"
    return said


def state(status: str) -> ibapi.order_state.OrderState:
    said = ibapi.order_state.OrderState()
    said.status = status
    return said


AS_SENT = Order(action="BUY", quantity="100", order_type="LMT", limit_price=190.0)


def test_an_open_order(callbacks: OrderCallbacks) -> None:
    held = state("Inactive")
    held.rejectReason = "no buying power"
    callbacks.openOrder(7, ibapi.contract.Contract(), order(), held)
    callbacks.openOrderEnd()
    assert callbacks.said == [
        inputs.OpenOrder(
            7, 1234567890, 1, Contract(), AS_SENT, "B1KEY", "Inactive", parent_id=6, reject_reason="no buying power"
        ),
        inputs.OpenOrderEnd(),
    ]


def test_an_open_order_that_has_no_ids_yet(callbacks: OrderCallbacks) -> None:
    said = order()
    said.permId, said.parentId, said.clientId = 0, 0, UNSET_INTEGER
    callbacks.openOrder(UNSET_INTEGER, ibapi.contract.Contract(), said, state("PreSubmitted"))
    [opened] = callbacks.said
    assert isinstance(opened, inputs.OpenOrder)
    assert (opened.order_id, opened.perm_id, opened.parent_id, opened.client_id) == (0, None, None, 0)


def test_an_order_status(callbacks: OrderCallbacks) -> None:
    callbacks.orderStatus(7, "Submitted", Decimal(40), Decimal(60), 190.1, 1234567890, 0, 190.2, 1, "child", 0.0)
    assert callbacks.said == [
        inputs.OrderStatus(7, "Submitted", Decimal(40), Decimal(60), 190.1, 1234567890, None, 190.2, 1, "child")
    ]


def test_an_order_status_without_fills_has_no_prices(callbacks: OrderCallbacks) -> None:
    callbacks.orderStatus(7, "Submitted", Decimal(0), Decimal(100), 0.0, 0, 0, 0.0, 1, "", 0.0)
    assert callbacks.said == [
        inputs.OrderStatus(7, "Submitted", Decimal(0), Decimal(100), None, None, None, None, 1, "")
    ]


def test_an_order_status_of_marks_for_not_set(callbacks: OrderCallbacks) -> None:
    integer, double, decimal = UNSET_INTEGER, UNSET_DOUBLE, UNSET_DECIMAL
    callbacks.orderStatus(integer, "", decimal, decimal, double, UNSET_LONG, integer, double, integer, "", double)
    assert callbacks.said == [inputs.OrderStatus(0, "", Decimal(0), Decimal(0), None, None, None, None, 0, "")]


def test_a_completed_order(callbacks: OrderCallbacks) -> None:
    done, ended = order(), state("Filled")
    done.filledQuantity, ended.completedStatus = Decimal(100), "Filled Size: 100"
    callbacks.completedOrder(ibapi.contract.Contract(), done, ended)
    callbacks.completedOrdersEnd()
    assert callbacks.said == [
        inputs.CompletedOrder(1234567890, Contract(), AS_SENT, "B1KEY", "Filled", Decimal(100), "Filled Size: 100"),
        inputs.CompletedOrdersEnd(),
    ]


def test_a_fill_with_a_doubtful_time_is_told_and_logged(
    callbacks: OrderCallbacks, caplog: pytest.LogCaptureFixture
) -> None:
    said = ibapi.execution.Execution()
    said.execId, said.time, said.orderRef = "0000e0d5.69dd7411.01.01", "20260413 15:27:04 Somewhere", "B1KEY"
    said.acctNumber = "DU1234567"
    with caplog.at_level(logging.WARNING):
        callbacks.execDetails(-1, ibapi.contract.Contract(), said)
    callbacks.execDetailsEnd(3)
    fill, end = callbacks.said
    assert isinstance(fill, inputs.ExecutionReceived)
    assert (fill.req_id, fill.order_ref, fill.execution.time_us) == (-1, "B1KEY", 1_776_094_024_000_000)
    assert end == inputs.ExecutionsEnd(3)
    assert "0000e0d5.69dd7411.01.01" in caplog.text
    assert "taken as UTC" in caplog.text
    assert "DU1234567" not in caplog.text


@pytest.mark.parametrize(("pnl", "told"), [(None, None), (0.0, Decimal(0)), (5.25, Decimal("5.25"))])
def test_the_protobuf_form_knows_an_absent_pnl_from_zero(
    callbacks: OrderCallbacks, pnl: float | None, told: Decimal | None
) -> None:
    proto = CommissionAndFeesReport(execId="a.01", commissionAndFees=1.05, currency="USD", realizedPNL=pnl)
    plain = ibapi.commission_and_fees_report.CommissionAndFeesReport()
    plain.execId = "a.01"
    callbacks.commissionAndFeesReportProtoBuf(proto)
    callbacks.commissionAndFeesReport(plain)
    expected = Commission(exec_id="a.01", commission="1.05", currency="USD", realized_pnl=told)
    assert callbacks.said == [inputs.CommissionReceived(expected)]
