from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.core.rig import BUY, CONTRACT, SETTINGS, OrderRig, asked, of
from twsbridge.protocol.what_if import Preview, WhatIf
from twsbridge_server.core import calls
from twsbridge_server.core.effects import AppendJournal, CallTws, FloorRow, SendReply
from twsbridge_server.core.inputs import TwsErrorReceived
from twsbridge_server.core.previews import Previews
from twsbridge_server.core.queries.answers import PreviewReceived

COSTS = Preview(status="PreSubmitted", commission=Decimal(1), commission_currency="USD")
COMMAND = WhatIf(contract=CONTRACT, order=BUY)
SECOND = 1_000_000


class World(OrderRig):
    def __init__(self) -> None:
        super().__init__()
        self.previews = Previews(SETTINGS, self.orders, self.admission)

    def ask(self) -> list[Any]:
        return self.previews.what_if(asked(COMMAND), COMMAND, self.now)


@pytest.fixture
def world() -> World:
    return World()


def replies(effects: list[Any] | None) -> list[Any]:
    return [reply.body or reply.error.code for reply in of(SendReply, effects or [])]


def test_it_is_asked_under_an_order_id_of_its_own_and_is_no_order(world: World) -> None:
    first, second = world.ask(), world.ask()
    assert [call.call.order_id for call in of(CallTws, [*first, *second])] == [1, 2]
    assert [row.row for row in of(AppendJournal, [*first, *second])] == [FloorRow(2), FloorRow(3)]
    assert all(isinstance(call.call, calls.WhatIf) for call in of(CallTws, first))
    assert list(world.orders) == []
    assert world.place("k1") and world.orders.by_order_id(3) is not None


def test_the_answer_goes_to_who_asked_once(world: World) -> None:
    world.ask()
    assert replies(world.previews.told(PreviewReceived(1, 7, COSTS), 2)) == []
    assert replies(world.previews.told(PreviewReceived(1, SETTINGS.client_id, COSTS), 2)) == [COSTS]
    assert replies(world.previews.told(PreviewReceived(1, SETTINGS.client_id, COSTS), 3)) == []


def test_a_refusal_ends_it_and_a_remark_does_not(world: World) -> None:
    world.ask()
    assert world.previews.error(TwsErrorReceived(9, 201, ""), 2) is None
    assert world.previews.error(TwsErrorReceived(1, 399, "Order Message"), 2) == []
    assert replies(world.previews.error(TwsErrorReceived(1, 201, "Order rejected"), 2)) == ["tws.error"]
    assert world.previews.error(TwsErrorReceived(1, 201, ""), 2) is None


def test_what_the_order_would_be_refused_for(world: World) -> None:
    command = WhatIf(contract=CONTRACT, order=BUY.model_copy(update={"account": "U1234567"}))
    effects = world.previews.what_if(asked(command), command, world.now)
    assert len(effects) == 1 and replies(effects)[0].startswith("auth.")


def test_what_tws_does_not_answer(world: World) -> None:
    world.ask()
    due = world.previews.next_due()
    assert due == world.now + 15 * SECOND
    assert world.previews.due(due - 1) == []
    assert replies(world.previews.due(due)) == ["tws.timeout"]
    world.ask()
    assert replies(world.previews.lost("gone", due)) == ["tws.lost"]
    assert world.previews.next_due() is None and world.previews.ready(due) == []
