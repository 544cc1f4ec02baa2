"""The bridge over failures of its journal: DEGRADED, and out of it again without a restart.

What is in memory and not on the disk is not true. So when the journal fails, memory is made anew from the disk, as a
restart would; it is made anew once more when the journal works again, and the sweep of the new session finds what TWS
has reported meanwhile. In between TWS is listened to, cancels pass, prices flow, status and heartbeats go on; but no
order is taken, and nothing goes out that would have to be on the disk first.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from twsbridge_server.core.audit import BRIDGE, NOTED
from twsbridge_server.core.bridge import Bridge
from twsbridge_server.core.calls import PlaceGroup, PlaceOrder
from twsbridge_server.core.effects import AppendJournal, AuditRow, CallTws, DisconnectTws, Effect, Log, SendReply
from twsbridge_server.core.inputs import (
    ClientsChanged,
    CommandReceived,
    Input,
    LimitsChanged,
    Started,
    SubscriptionClosed,
    SubscriptionOpened,
)
from twsbridge_server.core.restored import Restored
from twsbridge_server.core.settings import CoreSettings

MOST_UNWRITTEN = 1_000
"""Rows of the audit that wait in memory for a journal that fails."""

Again = CommandReceived | SubscriptionOpened | SubscriptionClosed
"""What is looked at once more when the turn that it came in could not be written. TWS repeats the rest when asked."""


@dataclass(frozen=True, slots=True)
class JournalFails:
    """A turn could not be written: its inputs, and its effects, of which none was carried out but ticks.

    `restored` is what is on the disk.
    """

    reason: str
    restored: Restored
    turn: tuple[Input | JournalWorks, ...] = ()
    undone: tuple[Effect, ...] = ()


@dataclass(frozen=True, slots=True)
class JournalWorks:
    """The journal can be written again. `restored` is what is on the disk."""

    restored: Restored


class DegradingBridge:
    """A `Bridge` that survives its journal: the same `handle`, which also takes JournalFails and JournalWorks."""

    def __init__(self, settings: CoreSettings, restored: Restored) -> None:
        self._settings = settings
        self._bridge = Bridge(settings, restored)
        self._since_us: int | None = None
        self._fault = ""
        self._files: dict[type, ClientsChanged | LimitsChanged] = {}
        self._unwritten: list[Effect] = []
        self._uncounted = 0

    def handle(self, happened: Input | JournalFails | JournalWorks, now: int) -> list[Effect]:
        """Everything that follows from this input at this instant."""
        if isinstance(happened, JournalFails):
            return self._failed(happened, now)
        if isinstance(happened, JournalWorks):
            return self._works(happened, now)
        if isinstance(happened, ClientsChanged) or (isinstance(happened, LimitsChanged) and happened.table is not None):
            self._files[type(happened)] = happened
        effects = self._bridge.handle(happened, now)
        if not self._fault:
            return effects
        self._keep_for_later(effects)
        return [effect for effect in effects if _may_leave(effect)]

    def _keep_for_later(self, effects: list[Effect]) -> None:
        """The audit is written once the journal works: as many rows as have room, and how many had not."""
        for effect in effects:
            if isinstance(effect, AppendJournal) and isinstance(effect.row, AuditRow):
                if len(self._unwritten) < MOST_UNWRITTEN:
                    self._unwritten.append(effect)
                else:
                    self._uncounted += 1

    def _audit(self, now: int) -> list[Effect]:
        """What could not be written when it happened. It is kept until the next failure shows that it was."""
        if not self._unwritten:
            return []
        said = {"decision": NOTED, "client": BRIDGE, "rule": "journal.works", "lost": self._uncounted}
        return [*self._unwritten, AppendJournal(AuditRow(now, said))]

    def _failed(self, said: JournalFails, now: int) -> list[Effect]:
        """The last turn never was; who asked something in it is answered by what is true now."""
        again = [each for each in said.turn if isinstance(each, Again)]
        asked = {(each.client.route, each.request_id) for each in again if isinstance(each, CommandReceived)}
        self._fault = said.reason
        if self._since_us is None or not any(isinstance(each, JournalWorks) for each in said.turn):
            self._since_us = now
        if not any(isinstance(each, JournalWorks) for each in said.turn):
            self._unwritten, self._uncounted = [], 0
            self._keep_for_later([effect for effect in said.undone if _tells_of_the_bridge(effect)])
        effects: list[Effect] = [effect for effect in said.undone if isinstance(effect, Log)]
        effects += self._anew(replace(said.restored, fault=said.reason), said.reason, now)
        replies = [*(each for each in said.undone if isinstance(each, SendReply)), *effects]
        effects = [each for each in replies if not _answers(each, asked)]
        return [*effects, *(effect for each in again for effect in self.handle(each, now))]

    def _works(self, said: JournalWorks, now: int) -> list[Effect]:
        """Subscribers hear of the gap now; its end follows once everything was compared with TWS."""
        since, reason = self._since_us or now, self._fault
        self._fault = ""
        effects = self._anew(said.restored, "The journal works again: comparing with TWS", now)
        effects += self._audit(now)
        return [*effects, *self._bridge.interrupted(since, f"The journal could not be written: {reason}", now)]

    def _anew(self, restored: Restored, reason: str, now: int) -> list[Effect]:
        """Another memory and another session with TWS; whoever waits is answered, whoever is subscribed stays so."""
        before, self._bridge = self._bridge, Bridge(self._settings, restored, self._bridge.leases, self._bridge.halts)
        self._bridge.go_down_after(before)
        effects = [*before.given_up(reason, now), DisconnectTws(reason)]
        for file in self._files.values():
            effects += self.handle(file, now)
        effects += self.handle(Started(after=before.started_us), now)
        return [*effects, *(e for opened in before.subscriptions for e in self.handle(opened, now))]


def _may_leave(effect: Effect) -> bool:
    """False for what a journal that fails forbids. An order without its intent on the disk is never sent."""
    is_order = isinstance(effect, CallTws) and isinstance(effect.call, PlaceOrder | PlaceGroup)
    return not isinstance(effect, AppendJournal) and not is_order


def _tells_of_the_bridge(effect: Effect) -> bool:
    """True for an audit row that no command makes again."""
    row = effect.row if isinstance(effect, AppendJournal) else None
    return isinstance(row, AuditRow) and row.body["client"] == BRIDGE


def _answers(effect: Effect, asked: set[tuple[bytes, str]]) -> bool:
    return isinstance(effect, SendReply) and (effect.route, effect.request_id) in asked
