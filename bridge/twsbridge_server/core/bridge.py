"""The whole bridge as a function with memory: `handle(input, now)` returns what is to be done, in order.

This module only dispatches; what anything means is decided in the objects it gives it to.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twsbridge.protocol import commands, topics
from twsbridge.protocol.errors import WireError, make_error
from twsbridge_server.core import inputs
from twsbridge_server.core.answers import fail
from twsbridge_server.core.drain import Drain
from twsbridge_server.core.effects import CallTws, Effect, SendReply, WakeAt
from twsbridge_server.core.inputs import CommandReceived, Input, SubscriptionOpened
from twsbridge_server.core.leases import Leases
from twsbridge_server.core.limits.switch import Halts
from twsbridge_server.core.parts import Parts, build
from twsbridge_server.core.permits import restart_ends_us
from twsbridge_server.core.queries.table import QUERIES
from twsbridge_server.core.restored import Restored
from twsbridge_server.core.settings import CoreSettings
from twsbridge_server.core.stream_inputs import StreamRows, Ticks
from twsbridge_server.core.tws_events import TwsEvents

CommandHandler = Callable[[CommandReceived, Any, int], list[Effect]]
InputHandler = Callable[[Any, int], list[Effect]]

NOT_RUNNING = "The bridge was not running"


class Bridge:
    """Feed it inputs with the time in microseconds UTC; perform the effects it returns, in their order.

    `leases`, `halts`: of the memory before this one, when only the journal's failure ended it.
    """

    def __init__(
        self, settings: CoreSettings, restored: Restored, leases: Leases | None = None, halts: Halts | None = None
    ) -> None:
        self._settings = settings
        self.leases = leases or Leases()
        self.halts = halts or Halts(restored.halts)
        self._parts = build(settings, restored, self.leases, self.halts)
        self._replaced, self._told_us = restored.replaced, restored.told_us
        self._tws = TwsEvents(self._parts, settings.meanings)
        self._drain = Drain(self._parts, settings.drain_us)
        self._commands = command_table(self._parts, self._drain)
        self._inputs: dict[type, InputHandler] = {
            inputs.Started: self._started,
            inputs.CommandReceived: self._command,
            inputs.CommandRefused: lambda refused, now: [],
            inputs.SubscriptionOpened: self._subscribed,
            inputs.SubscriptionClosed: self._unsubscribed,
            inputs.ClientsChanged: self._parts.known_clients.changed,
            inputs.ClientsBanned: lambda said, now: self._parts.session.conditions.banned(said.clients, now),
            inputs.TimePassed: lambda passed, now: [],
            inputs.DrainAsked: self._drain.asked,
            inputs.DiskSpace: self._parts.storage.space,
            inputs.HaltAsked: self._parts.halting.asked,
            inputs.LimitsChanged: self._parts.limits.changed,
            inputs.BarsLoaded: self._parts.history.loaded,
            inputs.CallMissed: self._parts.placements.missed,
            **self._tws.table(),
        }
        self._next_beat_us = 0
        self._wake_us: int | None = None

    def handle(self, happened: Input, now: int) -> list[Effect]:
        """Everything that follows from this input at this instant; a defect leaves no hole in any sequence."""
        self.leases.look(now)
        if isinstance(happened, Ticks | StreamRows):
            self._parts.session.alive.heard(now)
            told = self._parts.lines.ticks(happened, now)
            return [*told, *self._wake()] if self._parts.paces else told
        heads = self._parts.sequencer.marks()
        try:
            effects = [*self._carried_out(happened, now), *self._parts.audit.unasked(None, self._due(now), now)]
            effects += self._parts.audit.finished(effects, now)
        except Exception:
            self._parts.sequencer.back_to(heads)
            raise
        return [*self._paced(effects, now), *self._wake()]

    @property
    def started_us(self) -> int:
        """When the process began."""
        return self._parts.overview.started_us

    @property
    def subscriptions(self) -> list[SubscriptionOpened]:
        """The streams of `md` that somebody is subscribed to."""
        return [*self._parts.lines.subscriptions(), *self._parts.book_streams.subscriptions()]

    def go_down_after(self, before: Bridge) -> None:
        """Go on going down, if the memory before this one was."""
        if before._drain.wish is not None:
            self._drain.go_on(before._drain.wish)

    def given_up(self, reason: str, now: int) -> list[Effect]:
        """This memory is forgotten: whoever waits for an answer gets the one there is."""
        parts = self._parts
        effects = [
            effect
            for part in (parts.order_commands, parts.halting, *parts.waiting)
            for effect in part.lost(reason, now)
        ]
        effects += parts.order_commands.waiters.give_up()
        return [effect for effect in effects if isinstance(effect, SendReply)]

    def interrupted(self, since: int, reason: str, now: int) -> list[Effect]:
        """Tell subscribers that events may be missing since then, until everything is compared with TWS."""
        return self._parts.session.gap(reason, since, now)

    def _started(self, started: inputs.Started, now: int) -> list[Effect]:
        self._parts.overview.started_us = now if started.after is None else started.after
        said = self._first_words(now) if started.after is None else []
        begun = self._parts.session.connect(now, soon=started.after is not None)
        return [
            *said,
            *self._parts.halting.switch.keep(),
            *self._parts.placements.restarted(now),
            *self._parts.dead_man.restarted(now),
            *begun,
        ]

    def _carried_out(self, happened: Input, now: int) -> list[Effect]:
        """What follows from an input, with the rows of the audit: a command has its own."""
        effects = self._inputs[type(happened)](happened, now)
        if isinstance(happened, CommandReceived):
            return effects
        return self._parts.audit.unasked(happened, effects, now)

    def _first_words(self, now: int) -> list[Effect]:
        """Since the last word of the run before, nobody has listened to TWS."""
        said = self._parts.storage.begun(self._replaced, now)
        if self._told_us is None:
            return said
        self._tws.data_lost = True
        return [*said, *self._parts.session.gap(NOT_RUNNING, self._told_us, now)]

    def _command(self, asked: CommandReceived, now: int) -> list[Effect]:
        heard = self._parts.dead_man.heard(asked.client, now)
        return [*heard, *self._parts.audit.command(asked, self._decided(asked, now), now)]

    def _decided(self, asked: CommandReceived, now: int) -> list[Effect]:
        if error := self._parts.clients.refusal(asked, now):
            return [fail(asked, error)]
        return self._commands[type(asked.command)](asked, asked.command, now)

    def _subscribed(self, opened: SubscriptionOpened, now: int) -> list[Effect]:
        if opened.topic.startswith(topics.SYNC):
            return [self._parts.clients.synced(opened, now)]
        of_books = self._parts.book_streams.opened(opened, now)
        return self._parts.lines.opened(opened, now) if of_books is None else of_books

    def _unsubscribed(self, gone: inputs.SubscriptionClosed, now: int) -> list[Effect]:
        of_books = self._parts.book_streams.closed(gone, now)
        return self._parts.lines.closed(gone, now) if of_books is None else of_books

    def _due(self, now: int) -> list[Effect]:
        effects = self._parts.placements.unsent(self._parts.pacing.expired(now), _too_late(), now)
        for part in self._parts.timed:
            due = part.next_due()
            if due is not None and due <= now:
                effects += part.due(now)
        effects += self._tws.settled(now)
        if self._next_beat_us <= now:
            self._next_beat_us = now + self._settings.beat_us
            session = self._parts.session
            is_restarting = restart_ends_us(session, now) is not None
            effects += session.conditions.watch(is_restarting, self._parts.lines.has_competitor, now)
            effects += self._parts.line_watch.look(now)
            effects.append(self._parts.clients.heartbeat(now))
        return [*effects, *self._drain.due(now)]

    def _paced(self, effects: list[Effect], now: int) -> list[Effect]:
        """Requests to TWS that are over its limit leave the list and come back when there is room."""
        wanted = [effect for effect in effects if type(effect) is CallTws]
        admitted = self._parts.pacing.admit(wanted, now)
        for effect in admitted:
            self._parts.placements.sent(effect.call, now)
            self._parts.history.sent(effect.call, now)
            self._parts.lines.gates.sent(effect.call, now)
        if admitted == wanted:
            return effects
        return [*(effect for effect in effects if type(effect) is not CallTws), *admitted]

    def _wake(self) -> list[Effect]:
        """Ask for the next timer when it is not the one already asked for."""
        dues = [part.next_due() for part in self._parts.timed]
        dues += [self._parts.pacing.next_due(), self._drain.next_due()]
        wake = min([self._next_beat_us, *(due for due in dues if due is not None)])
        if wake == self._wake_us:
            return []
        self._wake_us = wake
        return [WakeAt(wake)]


def _too_late() -> WireError:
    text = "The deadline passed while TWS's limit on messages held it back"
    return make_error("req.expired", text, now="It was never sent to TWS and will not be.")


def command_table(parts: Parts, drain: Drain) -> dict[type[commands.Command], CommandHandler]:
    """Which object carries out which command."""
    return {
        commands.Hello: parts.clients.hello,
        commands.Ping: parts.clients.ping,
        commands.Bye: parts.clients.bye,
        commands.GetReplay: parts.clients.replay,
        commands.ListExecutions: parts.clients.executions,
        commands.GetStatus: parts.overview.status,
        commands.GetSnapshot: parts.overview.snapshot,
        commands.PlaceOrder: parts.order_commands.place,
        commands.PlaceGroup: parts.order_groups.place,
        commands.ResendOrder: parts.order_resends.resend,
        commands.WhatIf: parts.previews.what_if,
        commands.ModifyOrder: parts.order_commands.modify,
        commands.CancelOrder: parts.order_commands.cancel,
        commands.CancelAll: parts.order_commands.cancel_all,
        commands.GiveOrder: parts.ownership.give,
        commands.TakeOrder: parts.ownership.take,
        commands.Halt: parts.halting.halt,
        commands.Resume: parts.halting.resume,
        commands.Drain: drain.drain,
        commands.GetOrder: parts.order_commands.get,
        commands.ListOrders: parts.order_commands.list_orders,
        commands.GetAccountSummary: parts.accounts.summary,
        commands.ListPositions: parts.accounts.list_positions,
        commands.ListBooks: parts.book_streams.books.list_books,
        commands.GetContractDetails: parts.contracts.details,
        commands.OpenQuote: parts.contracts.open_quote,
        commands.GetBars: parts.history.bars,
        **dict.fromkeys(QUERIES, parts.queries.carry_out),
        commands.CancelBars: parts.history.cancel,
    }
