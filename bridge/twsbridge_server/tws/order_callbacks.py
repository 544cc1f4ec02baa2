"""Callbacks about orders, executions and commissions."""

from __future__ import annotations

import logging
from decimal import Decimal
from typing import Any

import ibapi.commission_and_fees_report
import ibapi.contract
import ibapi.execution
import ibapi.order
import ibapi.order_state

from twsbridge_server.core.inputs import (
    CommissionReceived,
    CompletedOrder,
    CompletedOrdersEnd,
    ExecutionReceived,
    ExecutionsEnd,
    OpenOrder,
    OpenOrderEnd,
    OrderStatus,
)
from twsbridge_server.core.queries.answers import PreviewReceived
from twsbridge_server.tws.collector import Collector
from twsbridge_server.tws.contracts import contract_from_tws
from twsbridge_server.tws.executions import commission_from_tws, execution_from_tws
from twsbridge_server.tws.official import made
from twsbridge_server.tws.orders import order_from_tws
from twsbridge_server.tws.previews import preview_from_tws
from twsbridge_server.tws.unset import integer, known_id, number, size, text

_log = logging.getLogger(__name__)


class OrderCallbacks(Collector):
    """Open and completed orders, their states, fills and what they cost."""

    def openOrder(
        self,
        orderId: int,
        contract: ibapi.contract.Contract,
        order: ibapi.order.Order,
        orderState: ibapi.order_state.OrderState,
    ) -> None:
        """The full order; an order id of 0 means that it has none: placed by hand and not bound.

        That of a what-if is no order: it only tells margins.
        """
        if order.whatIf:
            preview = preview_from_tws(orderState)
            self.said.append(PreviewReceived(integer(orderId) or 0, integer(order.clientId) or 0, preview))
            return
        self.said.append(
            OpenOrder(
                order_id=integer(orderId) or 0,
                perm_id=known_id(order.permId),
                client_id=integer(order.clientId) or 0,
                contract=contract_from_tws(contract),
                order=order_from_tws(order),
                order_ref=text(order.orderRef),
                status=text(orderState.status),
                filled=size(order.filledQuantity),
                parent_id=known_id(order.parentId),
                reject_reason=text(orderState.rejectReason),
            )
        )

    def openOrderEnd(self) -> None:
        """All open orders were given."""
        self.said.append(OpenOrderEnd())

    def orderStatus(self, *args: Any) -> None:
        """The state of an order; the prices of one without fills are None instead of IB's 0."""
        order_id, status, filled, remaining, average, perm_id, parent_id, last, client_id, why_held, _ = args
        done = size(filled) or Decimal(0)
        self.said.append(
            OrderStatus(
                order_id=integer(order_id) or 0,
                status=text(status),
                filled=done,
                remaining=size(remaining) or Decimal(0),
                avg_fill_price=number(average) if done else None,
                perm_id=known_id(perm_id),
                parent_id=known_id(parent_id),
                last_fill_price=number(last) if done else None,
                client_id=integer(client_id) or 0,
                why_held=text(why_held),
            )
        )

    def completedOrder(
        self,
        contract: ibapi.contract.Contract,
        order: ibapi.order.Order,
        orderState: ibapi.order_state.OrderState,
    ) -> None:
        """An order that is done."""
        self.said.append(
            CompletedOrder(
                perm_id=known_id(order.permId),
                contract=contract_from_tws(contract),
                order=order_from_tws(order),
                order_ref=text(order.orderRef),
                status=text(orderState.status),
                filled=size(order.filledQuantity),
                completed_status=text(orderState.completedStatus),
            )
        )

    def completedOrdersEnd(self) -> None:
        """All completed orders were given."""
        self.said.append(CompletedOrdersEnd())

    def execDetails(self, reqId: int, contract: ibapi.contract.Contract, execution: ibapi.execution.Execution) -> None:
        """A fill; a doubtful time is logged and the fill goes on."""
        fill, doubt = execution_from_tws(contract, execution)
        if doubt:
            _log.warning("Execution %s, %s", fill.exec_id, doubt)
        self.said.append(ExecutionReceived(reqId, fill, text(execution.orderRef)))

    def execDetailsEnd(self, reqId: int) -> None:
        """All executions of a query were given."""
        self.said.append(ExecutionsEnd(reqId))

    def commissionAndFeesReportProtoBuf(self, commissionAndFeesReportProto: Any) -> None:
        """The form that knows an absent realised P&L from one of zero; the plain form that follows does not."""
        proto = commissionAndFeesReportProto
        report = made(ibapi.commission_and_fees_report.CommissionAndFeesReport)
        report.execId, report.currency = proto.execId, proto.currency
        report.commissionAndFees, report.realizedPNL = proto.commissionAndFees, proto.realizedPNL
        has_pnl: bool = proto.HasField("realizedPNL")
        self.said.append(CommissionReceived(commission_from_tws(report, has_pnl)))

    def commissionAndFeesReport(
        self, commissionAndFeesReport: ibapi.commission_and_fees_report.CommissionAndFeesReport
    ) -> None:
        """Commission and fees, unless the protobuf form of the same message has already told them."""
        if not self.said:
            commission = commission_from_tws(commissionAndFeesReport, has_pnl=True)
            self.said.append(CommissionReceived(commission))
