"""Fills: each one once, by its exec_id; corrections by its last part; commissions whenever they come."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from twsbridge.protocol import topics
from twsbridge.protocol.events import (
    RECONCILED,
    CommissionReported,
    ExecutionCorrected,
    ExecutionReported,
)
from twsbridge.protocol.models import Commission, Execution
from twsbridge_server.core.effects import AppendJournal, CommissionRow, Effect, ExecutionRow, Log
from twsbridge_server.core.inputs import CommissionReceived, ExecutionReceived
from twsbridge_server.core.orders import Orders
from twsbridge_server.core.restored import Restored
from twsbridge_server.core.sequencer import Sequencer
from twsbridge_server.core.tally import Tally, is_leg_of

_IB_FORM = re.compile(r"[0-9a-fA-F]+\.[0-9a-fA-F]+(\.[0-9]{2}){2,3}")
"""0000e0d5.69dd7411.01.01, with one more part for the leg of a combo; the last part is the revision."""

LIVE = -1
"""The request id of fills that were not asked for."""


class Executions:
    """Which executions were published, and where a commission belongs. `on_...`: who else hears of each."""

    def __init__(self, orders: Orders, sequencer: Sequencer, restored: Restored) -> None:
        self._orders = orders
        self._sequencer = sequencer
        self.tally = Tally(restored.executions)
        self._accounts = _accounts(restored.executions)
        self._latest: dict[tuple[str, int], tuple[int, str]] = {}
        for exec_id, body in restored.executions.items():
            self._remember(exec_id, body.get("contract", {}).get("con_id", 0))
        self._commissioned = set(restored.commissions)
        self._early: dict[str, Commission] = {}
        self.on_fill: list[Callable[[Execution, int], None]] = []
        self.on_commission: list[Callable[[Commission], None]] = []

    def received(self, said: ExecutionReceived, now: int) -> list[Effect]:
        """A fill or a correction: journaled and published once, then its order is brought up to date."""
        fill = said.execution
        if fill.exec_id in self._accounts:
            return []
        if self._is_outdated(fill):
            return [Log("warning", f"Execution {fill.exec_id} came after its own correction")]
        flags = 0 if said.req_id == LIVE else RECONCILED
        effects = self._orders.raise_floor((fill.order_id or 0) + 1)
        record = self._orders.find(
            client_id=fill.client_id,
            order_id=fill.order_id,
            perm_id=fill.perm_id,
            order_ref=said.order_ref,
        )
        replaces = self._replaced_by(fill)
        self._accounts[fill.exec_id] = fill.account
        self._remember(fill.exec_id, fill.contract.con_id)
        fill = fill.model_copy(
            update={
                "time_us": fill.time_us or now,
                "replaces": replaces,
                "owner": record.state.owner if record else None,
                "client_order_id": record.state.client_order_id if record else None,
                "strategy": record.state.strategy if record else "",
            }
        )
        self.tally.add(fill, record.state.contract.sec_type if record else "")
        for hear in self.on_fill:
            hear(fill, now)
        effects += self._publish(fill, now, flags)
        is_leg = record is not None and is_leg_of(record.state.contract.sec_type, fill)
        if record is not None and replaces is None and not is_leg:
            effects += self._orders.execution(record, fill, now, flags)
        early = self._early.pop(fill.exec_id, None)
        return [*effects, *(self._commission(early, now) if early else [])]

    def knows(self, exec_id: str) -> bool:
        """True when this fill was published."""
        return exec_id in self._accounts

    def is_paid(self, exec_id: str) -> bool:
        """True when its commission was published."""
        return exec_id in self._commissioned

    def commission(self, said: CommissionReceived, now: int) -> list[Effect]:
        """Commission of a fill: published once; kept for a moment when it is here before its fill."""
        if said.commission.exec_id not in self._accounts:
            self._early[said.commission.exec_id] = said.commission
            return []
        return self._commission(said.commission, now)

    def _commission(self, commission: Commission, now: int) -> list[Effect]:
        if commission.exec_id in self._commissioned:
            return []
        self._commissioned.add(commission.exec_id)
        for hear in self.on_commission:
            hear(commission)
        stream = topics.orders(self._accounts[commission.exec_id])
        body = CommissionReported.model_validate(commission.model_dump())
        return [
            AppendJournal(CommissionRow(commission.exec_id, body.wire())),
            *self._sequencer.event(stream, body, now),
        ]

    def _publish(self, fill: Execution, now: int, flags: int) -> list[Effect]:
        model = ExecutionCorrected if fill.replaces else ExecutionReported
        body = model.model_validate(fill.model_dump())
        row = ExecutionRow(fill.exec_id, fill.revision, fill.account, fill.time_us, body.wire())
        return [
            AppendJournal(row),
            *self._sequencer.event(topics.orders(fill.account), body, now, flags),
        ]

    def _replaced_by(self, fill: Execution) -> str | None:
        """The exec_id that this one takes the place of: the same up to the last part, a lower revision."""
        known = self._latest.get(_identity(fill.exec_id, fill.contract.con_id))
        return known[1] if known else None

    def _is_outdated(self, fill: Execution) -> bool:
        known = self._latest.get(_identity(fill.exec_id, fill.contract.con_id))
        return known is not None and known[0] > _revision(fill.exec_id)

    def _remember(self, exec_id: str, con_id: int) -> None:
        identity, revision = _identity(exec_id, con_id), _revision(exec_id)
        known = self._latest.get(identity)
        if known is None or known[0] < revision:
            self._latest[identity] = (revision, exec_id)


def _identity(exec_id: str, con_id: int) -> tuple[str, int]:
    """What all revisions of an execution share. Only IB's own form has revisions: any other id is its own.

    No correction changes the contract; taking the fill of another one for a correction would lose it.
    """
    return exec_id.rpartition(".")[0] if _IB_FORM.fullmatch(exec_id) else exec_id, con_id


def _revision(exec_id: str) -> int:
    return int(exec_id.rpartition(".")[2]) if _IB_FORM.fullmatch(exec_id) else 1


def _accounts(executions: Mapping[str, dict[str, Any]]) -> dict[str, str]:
    return {exec_id: body["account"] for exec_id, body in executions.items()}
