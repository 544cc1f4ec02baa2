"""The commands `history.bars` and `history.cancel`: one series, asked step by step, for all who want the same bars."""

from __future__ import annotations

from functools import partial
from typing import Any

from twsbridge.protocol.commands import CancelBars, GetBars
from twsbridge.protocol.errors import WireError, make_error
from twsbridge.protocol.models import ContractDetails
from twsbridge.protocol.replies import Bars, Done
from twsbridge_server.core import tws_errors
from twsbridge_server.core.answers import answer, fail
from twsbridge_server.core.calls import ReqHistoricalData, TwsCall
from twsbridge_server.core.contracts import Contracts
from twsbridge_server.core.effects import DropBars, Effect, LoadBars, Log, StoreBars
from twsbridge_server.core.history import bar_sizes
from twsbridge_server.core.history.answers import bars_of, progress_of, too_late
from twsbridge_server.core.history.blocks import SeriesKey
from twsbridge_server.core.history.kinds import bars_kind, has_outage, is_too_long
from twsbridge_server.core.history.queue import HistoryQueue
from twsbridge_server.core.history.scale import Scale
from twsbridge_server.core.history.series import Series
from twsbridge_server.core.history.spans import Span
from twsbridge_server.core.history.steps import Step
from twsbridge_server.core.history.wants import Want, want_of
from twsbridge_server.core.inputs import BarsLoaded, CommandReceived
from twsbridge_server.core.queries.questions import HistoricalTicks
from twsbridge_server.core.session import Session
from twsbridge_server.core.settings import CoreSettings

MAX_SERIES = 256


class History:
    """Who waits for which bars. `queue` is the way of every request for history to TWS."""

    def __init__(self, settings: CoreSettings, contracts: Contracts, queue: HistoryQueue, session: Session) -> None:
        self._timeout_us = settings.history_timeout_us
        self._contracts = contracts
        self._queue = queue
        self._session = session
        self._series: dict[SeriesKey, Series] = {}

    def bars(self, asked: CommandReceived, command: GetBars, now: int) -> list[Effect]:
        """Bars of the one contract that is meant; no bars is an answer, not an error."""
        if error := bar_sizes.refusal(command, now):
            return [fail(asked, error)]
        return self._contracts.resolve(command.contract, partial(self._resolved, asked, command), now)

    def cancel(self, asked: CommandReceived, command: CancelBars, now: int) -> list[Effect]:
        """The caller does not wait any more; what is fetched stays in the cache."""
        effects: list[Effect] = [answer(asked, Done())]
        for series, want in self._wants():
            if (want.asked.client.route, want.asked.request_id) == (asked.client.route, command.request_id):
                effects.append(fail(want.asked, make_error("req.cancelled", "It was cancelled by its caller")))
                effects += self._dropped(series, want, now)
        return effects

    def sent(self, call: TwsCall, now: int) -> None:
        """Whatever leaves for TWS, of which some is paced by the time at which it leaves."""
        if isinstance(call, ReqHistoricalData | HistoricalTicks):
            self._queue.pacing.sent(call, now)

    def loaded(self, said: BarsLoaded, now: int) -> list[Effect]:
        """What the cache has of a span."""
        series = self._series.get(said.key)
        if series is None or series.under_way != said.span:
            return []
        series.under_way = None
        for block in said.blocks:
            series.held.add(block)
        return self._go_on(series, now)

    def lost(self, reason: str, now: int) -> list[Effect]:
        """The session is gone: nobody will get an answer. What has come is kept in the cache."""
        self._queue.lost()
        gone, self._series = list(self._series.values()), {}
        is_new = self._session.server_version is None
        error = tws_errors.disconnected(reason) if is_new else tws_errors.lost(reason)
        return [fail(want.asked, error) for series in gone for want in series.wants]

    def due(self, now: int) -> list[Effect]:
        """Ask what may be asked now; tell those whose deadline has come."""
        effects = self._queue.due(now)
        for series, want in self._wants():
            if want.asked.expires_us is not None and want.asked.expires_us <= now:
                effects.append(fail(want.asked, too_late(series, want, now)))
                effects += self._dropped(series, want, now)
        return effects

    def next_due(self) -> int | None:
        """When `due` has something to do."""
        dues = [want.asked.expires_us for _, want in self._wants()] + [self._queue.next_due()]
        return min((due for due in dues if due is not None), default=None)

    def _resolved(
        self, asked: CommandReceived, command: GetBars, match: ContractDetails | WireError, now: int
    ) -> list[Effect]:
        if isinstance(match, WireError):
            return [fail(asked, match)]
        contract = match.contract
        key = SeriesKey(contract.con_id, contract.exchange, command.bar_size, command.what_to_show, command.use_rth)
        series = self._series.get(key)
        if series is None:
            self._make_room()
            series = self._series[key] = Series(key, contract, match.time_zone_id)
        series.wants.append(want_of(asked, command, series.scale, match.time_zone_id, now))
        return self._go_on(series, now)

    def _go_on(self, series: Series, now: int) -> list[Effect]:
        """Answer who can be answered; then look into the cache, or ask TWS, for who comes first of the others."""
        effects: list[Effect] = []
        bodies: dict[tuple[Span, bool], Bars] = {}
        for want in list(series.wants):
            if span := series.found(want):
                series.wants.remove(want)
                same = span, series.tail_for(want) is None
                body = bodies[same] = bodies.get(same) or bars_of(series, want, span)
                effects.append(answer(want.asked, body, part=want.parts))
        if not series.wants:
            series.rest()
            return effects
        if series.under_way is not None:
            return effects
        want = min(series.wants, key=lambda each: each.turn.is_bulk)
        if span := series.to_load(want, now):
            want.is_loaded, series.under_way = True, span
            return [*effects, LoadBars(series.key, span)]
        return [*effects, *self._ask(series, want, now)]

    def _ask(self, series: Series, want: Want, now: int) -> list[Effect]:
        step = series.under_way = series.next_step(want, now)
        scale = Scale("1 day", want.tz) if step.is_probe else series.scale
        kind = bars_kind(scale, self._timeout_us, lambda: self._session.farms)
        for each in series.wants:
            each.requests += 1
        then = partial(self._answered, series, step)
        return self._queue.ask(want.turn, kind, step.call(series.key, series.contract), then, now)

    def _answered(self, series: Series, step: Step, outcome: Any, now: int) -> list[Effect]:
        if series.under_way is not step or self._series.get(series.key) is not series:
            return []
        series.under_way = None
        if isinstance(outcome, WireError):
            return self._refused(series, step, outcome, now)
        kept = series.take(step, outcome, self._session.server_version or 0, now)
        series.is_doubtful = series.is_doubtful or has_outage(self._session.farms)
        effects: list[Effect] = _forgotten(series) if series.is_restated else []
        effects += [] if series.is_doubtful else [StoreBars(series.key, block) for block in kept]
        effects += self._go_on(series, now)
        return [*effects, *(part for want in series.wants for part in progress_of(series, want, now))]

    def _refused(self, series: Series, step: Step, error: WireError, now: int) -> list[Effect]:
        """Later, or less at once, where that helps; else it is the answer for all whom it concerns."""
        if error.code == "tws.pacing":
            self._queue.violated(now)
            return self._go_on(series, now)
        if is_too_long(error) and not step.exact and series.steps.halve():
            return self._go_on(series, now)
        failed = [want for want in series.wants if not step.exact or want.exact == step.exact]
        series.looks_for = None
        series.wants = [want for want in series.wants if want not in failed]
        return [*(fail(want.asked, error) for want in failed), *self._go_on(series, now)]

    def _dropped(self, series: Series, want: Want, now: int) -> list[Effect]:
        """One want less; a request that only it needed and that has not left is not made."""
        series.wants.remove(want)
        step = series.under_way
        if not series.wants and isinstance(step, Step):
            if self._queue.withdraw(step.call(series.key, series.contract)):
                series.under_way = None
        return self._go_on(series, now)

    def _wants(self) -> list[tuple[Series, Want]]:
        return [(series, want) for series in self._series.values() for want in series.wants]

    def _make_room(self) -> None:
        if len(self._series) >= MAX_SERIES:
            idle = next((key for key, each in self._series.items() if not each.wants and each.under_way is None), None)
            if idle is not None:
                del self._series[idle]


def _forgotten(series: Series) -> list[Effect]:
    key = series.key
    what = f"{series.contract.symbol} ({key.con_id}), {key.bar_size} {key.what_to_show}"
    text = f"TWS tells other prices than before for bars of {what}, as after a split: all are fetched anew."
    return [DropBars(key), Log("warning", text)]
