"""Tells clients and the ledger what happens to orders, in the sequences of a real TWS."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from twssim import answers as ans
from twssim.combos import BAG_CON_ID
from twssim.instrument import Instrument
from twssim.order import FILLED, Execution, Order

if TYPE_CHECKING:
    from twssim.gateway import Gateway


def execution_facts(gateway: Gateway, execution: Execution) -> dict[str, object]:
    """A fill as the ledger keeps it: with what its money depends on, so that the ledger needs no other source."""
    instrument = gateway.instrument_of(execution)
    return {**asdict(execution), "contract": _contract_facts(instrument)}


def _contract_facts(instrument: Instrument) -> dict[str, str]:
    return {name: getattr(instrument, name) for name in ("symbol", "sec_type", "currency", "multiplier")}


class OrderReports:
    """Every order event goes to the ledger, to the order's client and to the master client."""

    def __init__(self, gateway: Gateway) -> None:
        """Report for the orders of `gateway`."""
        self._gateway = gateway
        self._recorded: dict[int, tuple[object, ...]] = {}

    def _send(self, order: Order, *answers: ans.Answer) -> None:
        for session in self._gateway.listeners(order.client_id):
            for answer in answers:
                session.send(answer)

    def state(self, order: Order) -> None:
        """The usual pair: openOrder, then orderStatus."""
        self._record_status(order)
        self._send(order, ans.OpenOrder(order), ans.OrderStatus(order))

    def state_twice(self, order: Order) -> None:
        """Most changes arrive as two identical pairs."""
        self.state(order)
        if self._gateway.settings.doubled_order_status:
            self.state(order)

    def status(self, order: Order) -> None:
        """orderStatus alone, as for the final Cancelled."""
        self._record_status(order)
        self._send(order, ans.OrderStatus(order))

    def preview(self, order: Order) -> None:
        """openOrder alone, as for a what-if order; nothing of it is recorded."""
        self._send(order, ans.OpenOrder(order))

    def error(self, order: Order, code: int, text: str) -> None:
        """An error or a notice with the order's id."""
        if code in (104, 201):
            self._gateway.ledger.append(
                "rejected", client_id=order.client_id, order_id=order.order_id, code=code, text=text
            )
        self._send(order, ans.Error(order.order_id, code, text, self._gateway.now))

    def accepted(self, order: Order) -> None:
        """The ledger knows of the order before anything else happens to it."""
        self._record_order(order, "accepted")

    def bound(self, order: Order) -> None:
        """The ledger knows the id that a manual order has got."""
        self._record_order(order, "bound")

    def modified(self, order: Order) -> None:
        """The ledger knows the new terms."""
        self._record_order(order, "modified")

    def fill(self, order: Order, executions: list[Execution]) -> None:
        """execDetails of the order and of its legs, then its new state; the commissions follow a moment later.

        A real TWS was recorded to tell the state first when a limit order had been changed to a market order.
        """
        gateway = self._gateway
        for execution in executions:
            gateway.ledger.append("execution", **execution_facts(gateway, execution))
        for execution in executions:
            self.record_holdings(execution)
        if order.became_market:
            self.state(order)
        for execution in executions:
            self._send(order, ans.ExecutionDetails(-1, gateway.instrument_of(execution), execution))
        if not order.became_market:
            self.state(order)
        traded = [each for each in executions if each.con_id != BAG_CON_ID]
        for execution in traded:
            gateway.account_streams.position_changed(gateway.accounts[execution.account], execution.con_id)
        last = order.status == FILLED
        gateway.scheduler.after(gateway.settings.commission_delay, lambda: self._commissions(order, traded, last))

    def _commissions(self, order: Order, executions: list[Execution], last: bool) -> None:
        """A filled order is shown once more with its commission, then come the reports; a BAG itself has none."""
        if last:
            order.commission = order.charged
            order.commission_currency = executions[-1].commission_currency
            self.state(order)
        for execution in executions:
            self._send(order, ans.CommissionReport(execution))

    def trailed(self, order: Order) -> None:
        """The ledger knows where a trailing stop stands."""
        terms = order.terms
        stop, limit = terms.amount("trail_stop_price"), terms.limit_price
        self._gateway.ledger.append("trailed", perm_id=order.perm_id, stop_price=stop, limit_price=limit)

    def _record_status(self, order: Order) -> None:
        """Repetitions of a status are sent to clients but recorded only once."""
        known = (order.status, order.filled, order.why_held, order.triggered)
        if self._recorded.get(order.perm_id) != known:
            self._recorded[order.perm_id] = known
            self._gateway.ledger.append(
                "status",
                perm_id=order.perm_id,
                client_id=order.client_id,
                order_id=order.order_id,
                status=order.status,
                filled=order.filled,
                why_held=order.why_held,
                triggered=order.triggered,
            )

    def _record_order(self, order: Order, event: str) -> None:
        self._gateway.ledger.append(
            "order",
            event=event,
            client_id=order.client_id,
            order_id=order.order_id,
            perm_id=order.perm_id,
            account=order.account,
            con_id=order.instrument.con_id,
            exchange=order.instrument.exchange,
            contract=_contract_facts(order.instrument),
            order_ref=order.terms.order_ref,
            terms=asdict(order.terms),
        )

    def record_holdings(self, execution: Execution) -> None:
        """What the account of an execution holds after it."""
        gateway = self._gateway
        if execution.con_id == BAG_CON_ID:
            return
        account = gateway.accounts[execution.account]
        position = account.positions[execution.con_id]
        gateway.ledger.append("cash", account=account.name, amounts=dict(account.cash))
        gateway.ledger.append(
            "position",
            account=account.name,
            con_id=execution.con_id,
            quantity=position.quantity,
            average_cost=position.average_cost,
            realized_pnl=position.realized_pnl,
        )
