"""Stopping and resuming: by command, by the operator's file, by signal. What waits to be sent is taken back.

A cancel that was asked for is answered when TWS has been asked what is left, not when the cancels were sent.
"""

from __future__ import annotations

from dataclasses import dataclass

from twsbridge.protocol.commands import Halt as HaltCommand
from twsbridge.protocol.commands import Resume
from twsbridge.protocol.errors import WireError
from twsbridge.protocol.models import DONE, Halt, OrderState
from twsbridge.protocol.replies import HaltReply
from twsbridge_server.core import access, calls
from twsbridge_server.core.answers import answer, fail, refuse
from twsbridge_server.core.effects import CallTws, Effect
from twsbridge_server.core.flattening import Flattening, Reach
from twsbridge_server.core.inputs import CommandReceived, HaltAsked
from twsbridge_server.core.limits.switch import ACTIVE, HALTED, KillSwitch, refusal
from twsbridge_server.core.older_copy import OlderCopy
from twsbridge_server.core.order_record import OrderRecord
from twsbridge_server.core.permits import refusal_of_cancels

VERIFY_US = 8_000_000
"""So long a halt waits for a sweep that shows none of the orders any more."""

FLATTEN_US = 30_000_000
"""So long it waits for positions to be closed; what is left then goes on being closed."""

LOOK_US = 100_000
SETTLE_US = 300_000
"""TWS gets so long to carry the cancels out before it is asked."""


@dataclass(frozen=True, slots=True)
class _Verifying:
    asked: CommandReceived
    records: tuple[OrderRecord, ...]
    cancelled: list[int]
    since_us: int
    flatten: Halt | None = None

    @property
    def ends_us(self) -> int:
        """When it is answered with what is left."""
        return self.since_us + (FLATTEN_US if self.flatten else VERIFY_US)

    @property
    def is_clear(self) -> bool:
        """True when all that was cancelled is over."""
        return all(record.state.status in DONE for record in self.records if record.number in self.cancelled)


class Halting:
    """Carries out `halt` and `resume`. While the operator's file is there nothing resumes."""

    def __init__(self, switch: KillSwitch, reach: Reach, flattening: Flattening, older_copy: OlderCopy) -> None:
        self.switch = switch
        self._older_copy = older_copy
        self._flattening = flattening
        self._reach = reach
        self._file = ""
        self._verifying: list[_Verifying] = []
        self._next_us = 0

    def halt(self, asked: CommandReceived, command: HaltCommand, now: int) -> list[Effect]:
        """Stop at once; with `cancel`, cancel what the client may cancel of it, and say what is left."""
        if error := access.refusal_of_halt(asked.client, command) or self._refusal_of_flatten(asked, command):
            return [fail(asked, error)]
        name = asked.client.name
        halt = Halt(scope=command.scope, of=command.of, state=command.state, reason=command.reason, by=name,
                    flatten=name if command.flatten else "")  # fmt: skip
        effects = [*self.switch.set(halt, now), *self._withdraw(now)]
        standing = self.switch.at(halt.scope, halt.of) if command.flatten else None
        if standing is not None:
            self._flattening.begin(standing, now)
        records = tuple(record for record in self._alive() if _concerns(halt, record))
        mine = [each for each in records if access.refusal_of_halt_cancel(asked.client, each) is None]
        if not (command.cancel or command.flatten) or refusal_of_cancels(self._reach.session) is not None:
            return [*effects, self._reply(asked, records, [], verified=False)]
        for record in mine:
            record.cancel_sent_us = now
            effects.append(CallTws(calls.CancelOrder(record.number)))
        self._verifying.append(_Verifying(asked, records, [each.number for each in mine], now, standing))
        self._reach.reconcile.soon(now, SETTLE_US)
        self._next_us = now + LOOK_US
        return effects

    def resume(self, asked: CommandReceived, command: Resume, now: int) -> list[Effect]:
        """Back to ACTIVE, on an admin's word."""
        if command.scope == "global" and self._file:
            text = f"The operator's file is still there: {self._file}"
            return [refuse(asked, "halt.file", text)]
        halt = Halt(scope=command.scope, of=command.of, state=ACTIVE, reason=command.reason, by=asked.client.name)
        waived = self._older_copy.waived(now) if command.scope == "global" else []
        return [*waived, *self.switch.set(halt, now), self._reply(asked, (), [], verified=False)]

    def asked(self, said: HaltAsked, now: int) -> list[Effect]:
        """The operator's file has come or gone, or a signal: everything is HALTED. Its going resumes nothing."""
        if said.by == "file":
            self._file = said.reason
        if not said.reason:
            return []
        halt = Halt(scope="global", state=HALTED, reason=said.reason, by=said.by)
        return [*self.switch.set(halt, now), *self._withdraw(now)]

    def by_rule(self, halt: Halt, now: int) -> list[Effect]:
        """A rule stops somebody; what waits to be sent is taken back."""
        return [*self.switch.set(halt, now), *self._withdraw(now)]

    def lost(self, reason: str, now: int) -> list[Effect]:
        """The connection broke: nothing can be verified now."""
        return self._finish(self._verifying, verified=False)

    def due(self, now: int) -> list[Effect]:
        """Answer those whose orders a complete sweep shows no more, and those who have waited long enough."""
        self._next_us = now + LOOK_US
        asked_us = self._reach.reconcile.complete_since_us
        over = [each for each in self._verifying if now >= each.ends_us]
        shown = [each for each in self._verifying if asked_us > each.since_us]
        clear = [each for each in shown if each.is_clear and self._is_flat(each)]
        if len(clear) < len(self._verifying) and not self._reach.reconcile.is_running:
            self._reach.reconcile.soon(now, SETTLE_US)
        effects = self._finish(clear, verified=True)
        return [*effects, *self._finish([each for each in over if each not in clear], verified=False)]

    def next_due(self) -> int | None:
        """When `due` has something to do."""
        return self._next_us if self._verifying else None

    def _finish(self, over: list[_Verifying], verified: bool) -> list[Effect]:
        self._verifying = [each for each in self._verifying if each not in over]
        return [self._reply(each.asked, each.records, each.cancelled, verified, each.flatten) for each in over]

    def _is_flat(self, verifying: _Verifying) -> bool:
        return verifying.flatten is None or self._flattening.is_over(verifying.flatten)

    def _refusal_of_flatten(self, asked: CommandReceived, command: HaltCommand) -> WireError | None:
        """An admin closes positions only in accounts that its key reaches, and when TWS is there to do it."""
        if not command.flatten:
            return None
        if error := refusal_of_cancels(self._reach.session):
            return error
        refused = (access.refusal_of_account(asked.client, each) for each in self._reach.session.accounts)
        return next(filter(None, refused), None) if command.scope == "global" else None

    def _reply(
        self,
        asked: CommandReceived,
        records: tuple[OrderRecord, ...],
        cancelled: list[int],
        verified: bool,
        flatten: Halt | None = None,
    ) -> Effect:
        reaches = asked.client.rights.reaches
        left: list[OrderState] = [
            r.state for r in records if r.state.status not in DONE and reaches(r.state.order.account)
        ]
        closing: list[OrderState] = [each.state for each in self._flattening.closing(flatten)] if flatten else []
        unclosed = self._flattening.unclosed(flatten) if flatten else []
        told = HaltReply(
            halts=self.switch.rows(),
            cancelled=cancelled,
            left=left,
            verified=verified,
            closing=closing,
            unclosed=unclosed,
        )
        return answer(asked, told)

    def _alive(self) -> list[OrderRecord]:
        return [each for each in self._reach.orders if each.is_ours and each.state.status not in DONE]

    def _withdraw(self, now: int) -> list[Effect]:
        """Orders and changes that wait for their turn and may not be sent any more."""

        def is_stopped(call: calls.TwsCall) -> bool:
            records = [self._reach.orders.by_order_id(order_id) for order_id in calls.order_ids(call)]
            return any(each is not None and self._of(each) is not None for each in records)

        effects: list[Effect] = []
        for dropped in self._reach.pacing.withdraw(is_stopped):
            record = self._reach.orders.by_order_id(calls.order_ids(dropped.call)[0])
            error = refusal(self._of(record), reduces=False) if record is not None else None
            if error is not None:
                effects += self._reach.placements.unsent([dropped], error, now)
        return effects

    def _of(self, record: OrderRecord) -> Halt | None:
        return self.switch.state(record.state.owner or "", record.state.order.account)


def _concerns(halt: Halt, record: OrderRecord) -> bool:
    if halt.scope == "client":
        return record.state.owner == halt.of
    return halt.scope == "global" or record.state.order.account == halt.of
