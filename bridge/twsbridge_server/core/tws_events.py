"""What each of TWS's callbacks means for whom. Decisions are elsewhere; here is who has to hear of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from twsbridge.protocol.errors import WireError, make_error
from twsbridge.protocol.events import RECONCILED
from twsbridge.protocol.query_replies import TwsTime as TwsTimeTold
from twsbridge_server.core import inputs, stream_inputs
from twsbridge_server.core.answers import FIRST_REQUEST_ID
from twsbridge_server.core.effects import Effect
from twsbridge_server.core.notices import FARM_KINDS, Kind, Meanings, classify, farm_state, is_read_only
from twsbridge_server.core.oddities import Look
from twsbridge_server.core.older_copy import NOT_TOLD
from twsbridge_server.core.order_record import OrderRecord
from twsbridge_server.core.parts import Parts
from twsbridge_server.core.queries.answers import AnswerEnd, AnswerPart, IdlessAnswer, PreviewReceived
from twsbridge_server.core.queries.questions import TwsTime
from twsbridge_server.core.reconcile import COMPLETED, EXECUTIONS, OPEN_ORDERS
from twsbridge_server.core.session import LINK_DOWN, RECONCILING
from twsbridge_server.core.verdicts import PROOF_US

Handler = Callable[[Any, int], list[Effect]]
LINK_LOST = frozenset({1100, 2110})
LINK_BACK = frozenset({1101, 1102})
DATA_LOST = 1101


class TwsEvents:
    """Handlers of TWS's callbacks, one for each input type. `data_lost`: ticks were missed since the last sweep."""

    def __init__(self, parts: Parts, meanings: Meanings) -> None:
        self._parts = parts
        self._meanings = meanings
        self.data_lost = False

    def table(self) -> dict[type, Handler]:
        """Input type -> handler. Whatever TWS says also proves that it is alive."""
        parts = self._parts

        def answered(said: inputs.CurrentTime, now: int) -> list[Effect]:
            parts.session.alive.answered(now)
            told = TwsTimeTold(time_us=said.seconds * 1_000_000)
            return parts.queries.idless.answered(IdlessAnswer(TwsTime().subject, (told,)), now)

        def positions_told(said: inputs.PositionEnd, now: int) -> list[Effect]:
            """They may be told after everything else: then the sums are compared now, not at the next sweep."""
            effects = parts.accounts.position_end(said, now)
            return [*effects, *(_recounted(parts, now) if parts.reconcile.is_complete else [])]

        def bars(said: stream_inputs.HistoricalBars, now: int) -> list[Effect]:
            return parts.lines.bars(said, now) if said.req_id in parts.lines else parts.requests.row(said, now)

        handlers: dict[type, Handler] = {
            inputs.TwsConnected: parts.session.connected,
            inputs.ManagedAccounts: self._accounts,
            inputs.NextValidId: self._next_valid_id,
            inputs.CurrentTime: answered,
            inputs.TwsErrorReceived: self._error,
            inputs.TwsPoison: parts.poison.received,
            inputs.AccountSummaryRow: parts.accounts.summary_row,
            inputs.AccountSummaryEnd: parts.accounts.summary_end,
            inputs.PositionRow: parts.accounts.position_row,
            inputs.PositionEnd: positions_told,
            inputs.ContractDetailsRow: parts.requests.row,
            inputs.ContractDetailsEnd: parts.requests.end,
            stream_inputs.HistoricalBars: bars,
            stream_inputs.HistoricalUpdate: parts.lines.bars,
            stream_inputs.HistoricalEnd: parts.requests.end,
            stream_inputs.MarketDataType: parts.lines.market_data_type,
            stream_inputs.AboutLine: parts.lines.about,
            AnswerPart: parts.requests.row,
            AnswerEnd: parts.requests.end,
            IdlessAnswer: parts.queries.idless.answered,
            PreviewReceived: parts.previews.told,
            inputs.SnapshotEnd: lambda said, now: [],
            inputs.OpenOrder: self._open_order,
            inputs.OrderStatus: self._order_status,
            inputs.OpenOrderEnd: lambda said, now: parts.reconcile.ended(OPEN_ORDERS, now),
            inputs.CompletedOrder: self._completed_order,
            inputs.CompletedOrdersEnd: lambda said, now: parts.reconcile.ended(COMPLETED, now),
            inputs.ExecutionReceived: self._execution,
            inputs.ExecutionsEnd: lambda said, now: parts.reconcile.ended(EXECUTIONS, now, said.req_id),
            inputs.CommissionReceived: parts.executions.commission,
        }
        return {
            **{kind: self._heard(handler, parts.oddities.looks.get(kind)) for kind, handler in handlers.items()},
            inputs.TwsLost: self._lost,
        }

    def settled(self, now: int) -> list[Effect]:
        """When a sweep has ended: the session is ready, and a gap is over."""
        complete, self._parts.reconcile.finished = self._parts.reconcile.finished, None
        if complete is None:
            return []
        if self._parts.reconcile.unlisted and self._parts.session.state == RECONCILING:
            return self._parts.reconcile.ask_again(now)
        older_copy = self._parts.older_copy
        effects = [*_recounted(self._parts, now), *older_copy.told(now)] if complete else []
        if older_copy.is_open and self._parts.session.state == RECONCILING:
            self._parts.reconcile.soon(now)
            return self._parts.session.reconciled(complete, now, NOT_TOLD)
        effects += self._parts.session.reconciled(complete, now)
        data_lost, self.data_lost = self.data_lost, False
        return [*effects, *self._parts.session.resumed(data_lost, now)]

    def _heard(self, handler: Handler, look: Look | None) -> Handler:
        def heard(said: Any, now: int) -> list[Effect]:
            self._parts.session.alive.heard(now)
            if look is not None:
                look(said, now)
            return handler(said, now)

        return heard

    def _accounts(self, said: inputs.ManagedAccounts, now: int) -> list[Effect]:
        self._parts.accounts.managed(said.accounts)
        return self._begun(self._parts.session.managed_accounts(said, now), now)

    def _next_valid_id(self, said: inputs.NextValidId, now: int) -> list[Effect]:
        raised = self._parts.orders.raise_floor(said.order_id)
        raised += self._parts.session.conditions.order_ids(said.order_id, now)
        return [*raised, *self._begun(self._parts.session.next_valid_id(said, now), now)]

    def _begun(self, effects: list[Effect], now: int) -> list[Effect]:
        """Once the session has started, ask again for everything that lived on the old connection."""
        if not effects or not self._parts.session.is_up:
            return effects
        self._parts.contracts.troubled(now)
        self._parts.reconcile.can_ask = self._parts.session.state != LINK_DOWN
        again = [effect for part in self._parts.streams for effect in part.ready(now)]
        return [*effects, *self._parts.reconcile.start(now), *again]

    def _lost(self, said: inputs.TwsLost, now: int) -> list[Effect]:
        parts = self._parts
        was_up = parts.session.is_up
        parts.contracts.troubled(now)
        effects = parts.session.lost(said.reason, now, said.cause)
        parts.reconcile.lost()
        dropped = parts.pacing.lost()
        effects += parts.placements.unsent(dropped, _held_back(said.reason), now)
        self.data_lost = self.data_lost or was_up
        for part in (parts.order_commands, parts.halting, *parts.waiting):
            effects += part.lost(said.reason, now)
        return effects

    def _error(self, said: inputs.TwsErrorReceived, now: int) -> list[Effect]:
        is_of_order = 0 < said.id < FIRST_REQUEST_ID
        meant = (self._meanings.orders if is_of_order else self._meanings.requests).get(said.code)
        said = replace(said, meant=meant) if meant else said
        if said.id >= FIRST_REQUEST_ID:
            return self._request_error(said, now)
        if is_of_order:
            effects = self._parts.previews.error(said, now)
            effects = self._parts.order_errors.received(said, now) if effects is None else effects
            if effects is None:
                self._parts.oddities.error(said, now)
            return self._parts.notices.received(said, now) if effects is None else effects
        answered = self._parts.queries.idless.error(said, now)
        if answered is not None:
            return answered
        return [*self._session_error(said, now), *self._parts.notices.received(said, now)]

    def _request_error(self, said: inputs.TwsErrorReceived, now: int) -> list[Effect]:
        for owner in (self._parts.reconcile, *self._parts.streams):
            effects = owner.error(said, now)
            if effects is not None:
                return effects
        return []

    def _session_error(self, said: inputs.TwsErrorReceived, now: int) -> list[Effect]:
        session = self._parts.session
        return [*session.trouble(said.code, said.text, now), *self._session_state(said, now)]

    def _session_state(self, said: inputs.TwsErrorReceived, now: int) -> list[Effect]:
        session = self._parts.session
        if is_read_only(said.code, said.text):
            session.read_only = True
            return self._parts.reconcile.ended(OPEN_ORDERS, now)
        if said.code in LINK_LOST:
            self._parts.contracts.troubled(now)
            self._parts.reconcile.lost()
            effects = session.link_lost(said.text, now)
            effects += self._parts.placements.unsent(self._parts.pacing.withdraw(), _held_back(said.text), now)
            return [*effects, *self._parts.lines.outages.link_lost(said.text, now)]
        if said.code in LINK_BACK:
            return self._link_back(said, now)
        if classify(said.code) is Kind.FARM:
            farm, state = farm_state(said.code, said.text)
            if "broken" in (state, session.farms.get(farm)):
                self._parts.contracts.troubled(now)
            session.farms[farm], session.farm_kinds[farm] = state, FARM_KINDS[said.code]
            effects = session.conditions.farms(session.farms, now)
            is_its_word = state == "ok" and session.patience.farm_back(now) and session.state == LINK_DOWN
            return [*effects, *(self._link_back(said, now) if is_its_word else [])]
        return []

    def _link_back(self, said: inputs.TwsErrorReceived, now: int) -> list[Effect]:
        self._parts.contracts.troubled(now)
        effects = self._parts.session.link_back(said.text, now)
        if not effects:
            return []
        effects += self._parts.session.conditions.end(("link_down",), now)
        self._parts.reconcile.lost()
        self._parts.reconcile.can_ask = True
        effects += self._parts.reconcile.start(now)
        effects += self._parts.accounts.ask_positions(now)
        if said.code != DATA_LOST:
            return [*effects, *self._parts.lines.outages.link_back(now)]
        self.data_lost = True
        return [*effects, *self._parts.lines.outages.data_lost(said.text, now)]

    def _open_order(self, said: inputs.OpenOrder, now: int) -> list[Effect]:
        effects = self._parts.placements.shown(said.order_ref, said.perm_id)
        effects += self._parts.orders.open_order(said, now, self._flags())
        self._parts.reconcile.saw_order(self._record(said.client_id, said), said.status)
        return effects

    def _order_status(self, said: inputs.OrderStatus, now: int) -> list[Effect]:
        return self._parts.orders.order_status(said, now, self._flags())

    def _completed_order(self, said: inputs.CompletedOrder, now: int) -> list[Effect]:
        effects = self._parts.placements.shown(said.order_ref, said.perm_id)
        record = self._parts.orders.find(client_id=None, order_id=None, perm_id=said.perm_id, order_ref=said.order_ref)
        self._parts.reconcile.saw_order(record)
        return [*effects, *self._parts.orders.completed_order(said, now)]

    def _execution(self, said: inputs.ExecutionReceived, now: int) -> list[Effect]:
        effects = self._parts.placements.shown(said.order_ref, said.execution.perm_id)
        self._parts.reconcile.saw_execution(said.req_id)
        return [*effects, *self._parts.executions.received(said, now)]

    def _record(self, client_id: int, said: inputs.OpenOrder) -> OrderRecord | None:
        return self._parts.orders.find(
            client_id=client_id,
            order_id=said.order_id,
            perm_id=said.perm_id,
            order_ref=said.order_ref,
        )

    def _flags(self) -> int:
        return RECONCILED if self._parts.reconcile.is_running else 0


def _recounted(parts: Parts, now: int) -> list[Effect]:
    effects, is_doubtful = parts.recount.compare(now)
    if is_doubtful:
        parts.reconcile.soon(now, PROOF_US)
    return effects


def _held_back(reason: str) -> WireError:
    text = f"It waited for its turn when the connection broke: {reason}"
    return make_error("tws.disconnected", text, now="It was never sent to TWS and will not be.")
