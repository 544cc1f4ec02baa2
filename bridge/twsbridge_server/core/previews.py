"""What-if orders: asked of TWS under an order id of their own, and answered with margins instead of an order.

Nothing is remembered of them: a what-if is no order, and TWS has nothing of it either.
"""

from __future__ import annotations

from twsbridge.protocol.errors import WireError
from twsbridge.protocol.what_if import WhatIf
from twsbridge_server.core import calls, tws_errors
from twsbridge_server.core.admission import Admission, Wanted
from twsbridge_server.core.answers import answer, fail
from twsbridge_server.core.effects import CallTws, Effect
from twsbridge_server.core.inputs import CommandReceived, TwsErrorReceived
from twsbridge_server.core.notices import Kind, classify
from twsbridge_server.core.orders import Orders
from twsbridge_server.core.queries.answers import PreviewReceived
from twsbridge_server.core.settings import CoreSettings


class Previews:
    """Who waits for the answer to which what-if, and until when."""

    def __init__(self, settings: CoreSettings, orders: Orders, admission: Admission) -> None:
        self._settings = settings
        self._orders = orders
        self._admission = admission
        self._waiting: dict[int, tuple[int, CommandReceived]] = {}

    def what_if(self, asked: CommandReceived, command: WhatIf, now: int) -> list[Effect]:
        """Ask TWS what the order would do; refused like the order itself."""
        admitted = self._admission.check(asked, [Wanted("", command.contract, command.order)], now)
        if isinstance(admitted, WireError):
            return [fail(asked, admitted)]
        (wanted,) = admitted
        order_id, effects = self._orders.take_order_id()
        self._waiting[order_id] = (now + self._settings.request_timeout_us, asked)
        return [*effects, CallTws(calls.WhatIf(order_id, wanted.contract, wanted.order))]

    def told(self, said: PreviewReceived, now: int) -> list[Effect]:
        """TWS's answer; that to a question of another API client is none of ours."""
        if said.client_id != self._settings.client_id or said.order_id not in self._waiting:
            return []
        return [answer(self._waiting.pop(said.order_id)[1], said.preview)]

    def error(self, said: TwsErrorReceived, now: int) -> list[Effect] | None:
        """Why there is no answer, or None when the id is not of a what-if. What TWS only remarks ends nothing."""
        if said.id not in self._waiting:
            return None
        if classify(said.code, said.meant) is Kind.NOTICE:
            return []
        return [fail(self._waiting.pop(said.id)[1], tws_errors.refusal(said.code, said.text))]

    def ready(self, now: int) -> list[Effect]:
        """What-ifs are asked once: nothing is asked again in a new session."""
        return []

    def lost(self, reason: str, now: int) -> list[Effect]:
        """The session is gone: nothing that was asked will be answered."""
        waiting, self._waiting = self._waiting, {}
        return [fail(asked, tws_errors.lost(reason)) for _, asked in waiting.values()]

    def due(self, now: int) -> list[Effect]:
        """Give up what TWS does not answer."""
        late = [order_id for order_id, (deadline_us, _) in self._waiting.items() if deadline_us <= now]
        error = tws_errors.timed_out("a what-if order", self._settings.request_timeout_us)
        return [fail(self._waiting.pop(order_id)[1], error) for order_id in late]

    def next_due(self) -> int | None:
        """When `due` has something to do."""
        return min((deadline_us for deadline_us, _ in self._waiting.values()), default=None)
