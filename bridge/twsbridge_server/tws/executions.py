"""Executions and commissions as the protocol's models."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

import ibapi.commission_and_fees_report
import ibapi.contract
import ibapi.execution

from twsbridge.protocol.models import Commission, Execution
from twsbridge_server.tws.contracts import contract_from_tws
from twsbridge_server.tws.times import execution_time
from twsbridge_server.tws.unset import integer, known_id, money, number, size, text


class ReadExecution(NamedTuple):
    """An execution, and what is doubtful about its time: empty when nothing is."""

    execution: Execution
    doubt: str


def execution_from_tws(contract: ibapi.contract.Contract, said: ibapi.execution.Execution) -> ReadExecution:
    """One fill. ValueError without an exec_id: then it could neither be told from others nor corrected."""
    if not said.execId:
        raise ValueError("an execution without exec_id")
    time_us, doubt = execution_time(said.time)
    execution = Execution(
        exec_id=text(said.execId),
        revision=revision(said.execId),
        order_id=known_id(said.orderId),
        perm_id=known_id(said.permId),
        client_id=integer(said.clientId),
        account=text(said.acctNumber).strip(),
        contract=contract_from_tws(contract),
        side=text(said.side),
        shares=size(said.shares) or Decimal(0),
        price=number(said.price) or 0.0,
        time_us=time_us,
        exchange=text(said.exchange),
        cum_qty=size(said.cumQty) or Decimal(0),
        avg_price=number(said.avgPrice) or 0.0,
        liquidation=bool(integer(said.liquidation)),
        last_liquidity=integer(said.lastLiquidity) or 0,
    )
    return ReadExecution(execution, f"time {said.time!r}: {doubt}" if doubt else "")


def commission_from_tws(said: ibapi.commission_and_fees_report.CommissionAndFeesReport, has_pnl: bool) -> Commission:
    """Commission of one execution; `has_pnl` False when the message did not contain a realised P&L."""
    amount = money(said.commissionAndFees)
    if not said.execId or amount is None:
        raise ValueError("a commission without exec_id or amount")
    return Commission(
        exec_id=text(said.execId),
        commission=amount,
        currency=text(said.currency),
        realized_pnl=money(said.realizedPNL) if has_pnl else None,
    )


def revision(exec_id: str) -> int:
    """The number after the last dot, which a correction raises; 1 where there is none."""
    last = exec_id.rpartition(".")[2]
    return int(last) if last.isascii() and last.isdigit() and last != exec_id else 1
