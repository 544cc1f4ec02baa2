"""The one loop: wait for anything, give it to the core, do what the core wants done. One thread owns everything."""

from __future__ import annotations

import logging
import time
from typing import Protocol

from twsbridge.protocol.errors import make_error
from twsbridge_server.alarm import Alarm
from twsbridge_server.clock import Clock
from twsbridge_server.core.concerns import concerns_orders
from twsbridge_server.core.degraded import JournalFails, JournalWorks
from twsbridge_server.core.effects import DisconnectTws, Effect, PublishTicks, SendReply
from twsbridge_server.core.inputs import CommandReceived, DrainAsked, Input, Started, TimePassed, TwsInput
from twsbridge_server.disk_watch import DiskWatch
from twsbridge_server.errors import CoreFailed, DiskFailed
from twsbridge_server.mq.sockets import READ, WRITE
from twsbridge_server.perform import Performer, Shells

log = logging.getLogger(__name__)

TWS_MESSAGES_A_TURN = 256
"""Decoded before the loop looks at the clients again: bounds how long a command waits in a flood of ticks."""

LONGEST_WAIT_MS = 1_000
LAST_WORDS_S = 2.0
"""So long after the end of its window the core may take to say Stop."""


class Core(Protocol):
    """The bridge as a function with memory."""

    def handle(self, happened: Input | JournalFails | JournalWorks, now: int) -> list[Effect]:
        """Everything that follows from this input at this instant."""


class StopWishes(Protocol):
    """How often the operator has asked to stop; readable when there is a new wish."""

    count: int

    def fileno(self) -> int:
        """The descriptor to wait for."""

    def clear(self) -> None:
        """Make the descriptor unreadable again."""


class Loop:
    """Runs until the core says Stop, the operator insists, or the journal cannot even be read (JournalFailed).

    CoreFailed ends it too: after a defect that touched an order, going on from memory could lose a fill.
    """

    def __init__(self, core: Core, shells: Shells, wishes: StopWishes, clock: Clock) -> None:
        self._core = core
        self._sockets = shells.sockets
        self._tws = shells.tws
        self._watched = shells.watched
        self._bars = shells.bars
        self._wishes = wishes
        self._clock = clock
        self._alarm = Alarm()
        self._performer = Performer(shells, self._alarm, clock.now_us)
        self._disk = DiskWatch(shells.journal)
        self._waiting: list[Input | JournalWorks] = []
        self._drain_s = 0.0
        self._drained_by: float | None = None
        self._wishes_told = 0

    def run(self, drain_s: float = 0.0) -> None:
        """Turn after turn. The first wish to stop gives the core `drain_s` to come to an end, a second nothing."""
        self._drain_s = drain_s
        self._take([Started()])
        while not self._performer.has_stopped:
            if self._drained_by is not None and time.monotonic() >= self._drained_by:
                log.warning("Stopped before everything was said.")
                return
            self.turn()
        while self._sockets.cmd.has_backlog:
            self._sockets.cmd.go_on()
        if self._tws.wants_write:
            self._tws.flush()

    def turn(self) -> None:
        """Wait, collect what has happened, let the core look at it, perform. The goodbye comes after all else."""
        ready = self._sockets.poll(self._descriptors(), self._wait_ms())
        inputs, self._waiting = [*self._waiting, *self._woken()], []
        inputs += [news for watch in self._watched for news in watch.look()]
        inputs += self._sockets.receive()
        if self._alarm.rings(self._clock.now_us()):
            inputs.append(TimePassed())
        inputs += self._from_tws(ready)
        inputs += self._bars.receive() if self._bars.fileno() in ready else []
        inputs += self._disk.look()
        inputs += self._from_operator(ready)
        self._take(inputs)
        self._sockets.cmd.go_on()

    def _woken(self) -> list[TwsInput]:
        """Of a session that this machine slept through nobody knows what it missed: a new one compares everything."""
        slept_s = self._clock.slept_s()
        if not slept_s or self._tws.fileno() is None:
            return []
        reason = f"This machine slept for {slept_s:.0f} s: what TWS said meanwhile may be lost"
        return self._performer.perform([DisconnectTws(reason)])

    def _take(self, inputs: list[Input | JournalWorks]) -> None:
        """All effects of one turn share one transaction of the journal; ticks do not wait for it."""
        effects: list[Effect] = []
        for happened in inputs:
            for effect in self._handled(happened):
                if type(effect) is PublishTicks:
                    self._performer.publish_ticks(effect)
                else:
                    effects.append(effect)
        if effects:
            try:
                self._waiting += self._performer.perform(effects)
            except DiskFailed as error:
                failed = self._disk.failed(error, inputs, effects)
                self._waiting += self._performer.perform(self._handled(failed))

    def _handled(self, happened: Input | JournalFails | JournalWorks) -> list[Effect]:
        try:
            return self._core.handle(happened, self._clock.now_us())
        except Exception as defect:
            log.exception("A defect in the bridge: %s could not be handled.", type(happened).__name__)
            if isinstance(happened, JournalFails | JournalWorks) or concerns_orders(happened):
                raise CoreFailed(
                    f"A defect in the bridge: {type(happened).__name__} could not be handled ({defect!r}). "
                    "What is journaled stands. Start the bridge again: it compares its orders and fills with TWS."
                ) from defect
        if not isinstance(happened, CommandReceived):
            return []
        name = happened.command.name
        error = make_error("br.internal", f"A defect in the bridge stopped {name}")
        return [SendReply(happened.client.route, happened.request_id, name, error=error, is_json=happened.is_json)]

    def _descriptors(self) -> list[tuple[int, int]]:
        descriptors = [(self._wishes.fileno(), READ), (self._bars.fileno(), READ)]
        tws = self._tws.fileno()
        if tws is not None:
            descriptors.append((tws, READ | WRITE if self._tws.wants_write else READ))
        return descriptors

    def _wait_ms(self) -> int:
        if self._waiting or self._tws.has_backlog or self._sockets.cmd.has_backlog:
            return 0
        longest = LONGEST_WAIT_MS
        for deadline in (self._tws.deadline, self._drained_by, self._disk.next_s):
            if deadline is not None:
                longest = max(0, min(longest, round((deadline - time.monotonic()) * 1000) + 1))
        return self._alarm.milliseconds_left(self._clock.now_us(), longest)

    def _from_operator(self, ready: dict[int, int]) -> list[Input]:
        if self._wishes.fileno() in ready:
            self._wishes.clear()
        told, self._wishes_told = self._wishes_told, min(self._wishes.count, 2)
        if self._wishes_told == told:
            return []
        log.info("Asked to stop%s.", " at once" if self._wishes_told > 1 else "")
        window_s = 0.0 if self._wishes_told > 1 else self._drain_s
        self._drained_by = time.monotonic() + window_s + LAST_WORDS_S
        return [DrainAsked()] * (self._wishes_told - told)

    def _from_tws(self, ready: dict[int, int]) -> list[Input]:
        tws = self._tws
        events = ready.get(tws.fileno() or -1, 0)
        inputs: list[Input] = []
        if events & WRITE and tws.wants_write:
            inputs += tws.flush()
        if events & READ or tws.has_backlog:
            inputs += tws.receive(TWS_MESSAGES_A_TURN)
        if tws.deadline is not None:
            inputs += tws.expire(time.monotonic())
        return inputs
