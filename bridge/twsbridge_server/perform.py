"""Doing what the core wants done: the journal first, then everything else in its order."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from twsbridge.protocol.errors import make_error
from twsbridge.protocol.events import REPLAYED
from twsbridge_server.alarm import Alarm
from twsbridge_server.bar_cache import BarCache
from twsbridge_server.core import effects as fx
from twsbridge_server.core.calls import TwsCall
from twsbridge_server.core.inputs import CallMissed, Input, TwsInput, TwsLost
from twsbridge_server.errors import JournalFailed
from twsbridge_server.journal_checks import Corrupt
from twsbridge_server.journal_file import Journal
from twsbridge_server.mq.long_replies import ReplyTo
from twsbridge_server.mq.sockets import Sockets

log = logging.getLogger(__name__)
core_log = logging.getLogger("twsbridge_server.core")

MAX_REPLAYED = 1_000
"""Events in one reply: a client asks again for the rest, and meanwhile the others get their turn."""


class TwsLink(Protocol):
    """The shell towards TWS as the loop uses it. Every call may return what it made happen."""

    deadline: float | None

    @property
    def wants_write(self) -> bool:
        """True when `flush` is to be called as soon as the descriptor is writable."""

    @property
    def has_backlog(self) -> bool:
        """True when `receive` has something to deliver without waiting."""

    def fileno(self) -> int | None:
        """The descriptor to wait for, if any."""

    def connect(self, now_s: float) -> list[TwsInput]:
        """Begin a new session."""

    def receive(self, max_messages: int) -> list[TwsInput]:
        """What TWS says."""

    def flush(self) -> list[TwsInput]:
        """Send what waits."""

    def expire(self, now_s: float) -> list[TwsInput]:
        """The deadline may have passed."""

    def call(self, call: TwsCall) -> list[TwsInput]:
        """Send one request."""

    def close(self) -> None:
        """End the session."""


class Watch(Protocol):
    """Something of the operator's that may change."""

    def look(self) -> Sequence[Input]:
        """What the core has to hear of it by now."""


@dataclass(frozen=True, slots=True)
class Shells:
    """Everything around the core; `watched` is looked at each turn, before the clients' commands."""

    sockets: Sockets
    tws: TwsLink
    journal: Journal
    bars: BarCache
    watched: tuple[Watch, ...] = ()


class Performer:
    """Performs effects; what that makes happen is collected for the core. `has_stopped` once all is said."""

    def __init__(self, shells: Shells, alarm: Alarm, now_us: Callable[[], int]) -> None:
        self.has_stopped = False
        self._now_us = now_us
        self._sockets = shells.sockets
        self._tws = shells.tws
        self._journal = shells.journal
        self._happened: list[TwsInput] = []
        self._doers: dict[type[fx.Effect], Callable[[Any], None]] = {
            fx.ConnectTws: lambda effect: self._hear(self._tws.connect(time.monotonic())),
            fx.DisconnectTws: lambda effect: self._disconnect(effect.reason),
            fx.CallTws: self._call,
            fx.SendReply: self._reply,
            fx.SendReplay: self._replay,
            fx.SendExecutions: self._executions,
            fx.PublishEvent: shells.sockets.evt.publish,
            fx.PublishTicks: shells.sockets.md.publish,
            fx.AppendJournal: lambda effect: None,
            fx.LoadBars: shells.bars.wish,
            fx.StoreBars: shells.bars.wish,
            fx.DropBars: shells.bars.wish,
            fx.WakeAt: lambda effect: alarm.set(effect.at_us),
            fx.Log: lambda effect: core_log.log(_LEVELS[effect.level], effect.text),
            fx.Stop: self._stop,
        }

    def perform(self, effects: list[fx.Effect]) -> list[TwsInput]:
        """Write all rows in one transaction, then do the rest; returns what happened on the way.

        Raises JournalFailed before anything else was done. A defect in one effect is logged and does not stop the rest.
        """
        for effect in effects:
            if type(effect) is fx.AppendJournal:
                self._journal.append(effect.row)
        self._journal.commit()
        for effect in effects:
            self._do(effect)
        happened, self._happened = self._happened, []
        return happened

    def publish_ticks(self, ticks: fx.PublishTicks) -> None:
        """Ticks wait for nothing."""
        self._do(ticks)

    def _do(self, effect: fx.Effect) -> None:
        try:
            self._doers[type(effect)](effect)
        except Exception:
            log.exception("A defect in the bridge: %s could not be performed.", type(effect).__name__)

    def _call(self, effect: fx.CallTws) -> None:
        """A request that broke on its way may have left in part: only a new session makes the state certain.

        The disk, or a process that was stopped, may have taken so long that nobody wants it any more.
        """
        if effect.expires_us is not None and effect.expires_us <= self._now_us():
            self._hear([CallMissed(effect.call)])
            return
        try:
            self._hear(self._tws.call(effect.call))
        except Exception:
            log.exception("A defect in the bridge: %s could not be sent to TWS.", type(effect.call).__name__)
            self._disconnect("A request could not be sent because of a defect in the bridge")

    def _disconnect(self, reason: str) -> None:
        self._tws.close()
        self._hear([TwsLost(reason)])

    def _hear(self, inputs: list[TwsInput]) -> None:
        self._happened += inputs

    def _reply(self, effect: fx.SendReply) -> None:
        to = ReplyTo(effect.route, effect.request_id, effect.command, effect.is_json)
        if effect.error:
            self._sockets.cmd.refuse(to, effect.error)
        else:
            self._sockets.cmd.answer(to, effect.body.wire() if effect.body else {}, effect.part, effect.more)

    def _replay(self, effect: fx.SendReplay) -> None:
        to = ReplyTo(effect.route, effect.request_id, "replay", effect.is_json)

        def body() -> dict[str, Any]:
            found = self._journal.events(effect.stream, effect.from_seq, min(effect.limit, MAX_REPLAYED))
            return {
                "stream": effect.stream,
                "epoch": self._journal.epoch,
                "events": [(seq, type_, ts_us, flags | REPLAYED, body) for seq, type_, ts_us, flags, body in found],
                "next": found[-1][0] + 1 if found else effect.from_seq,
                "head": self._journal.head(effect.stream)[1],
            }

        self._answer_from_journal(to, body)

    def _executions(self, effect: fx.SendExecutions) -> None:
        to = ReplyTo(effect.route, effect.request_id, "executions.list", effect.is_json)

        def body() -> dict[str, Any]:
            found = self._journal.executions(effect.account, effect.since_us)
            return {"rows": [row for row in found if effect.rights.reaches(row["account"])]}

        self._answer_from_journal(to, body)

    def _answer_from_journal(self, to: ReplyTo, read: Callable[[], dict[str, Any]]) -> None:
        try:
            body = read()
        except (Corrupt, JournalFailed) as error:
            log.exception("The journal cannot be read.")
            self._sockets.cmd.refuse(to, make_error("br.journal", f"The journal cannot be read: {error}"))
        else:
            self._sockets.cmd.answer(to, body)

    def _stop(self, effect: fx.Stop) -> None:
        self.has_stopped = True


_LEVELS = {name.lower(): number for name, number in logging.getLevelNamesMapping().items()}
