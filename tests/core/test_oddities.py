from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.core.rig import ACCOUNT, CONTRACT, fill
from tests.core.test_bridge import Driver, place, tws_calls
from tests.core.test_tws_events import open_order
from twsbridge.protocol.models import Commission
from twsbridge_server.core import calls, inputs
from twsbridge_server.core.inputs import Input

EXEC_ID = "0000e0d5.69dd7411.01.01"
BAG = CONTRACT.model_copy(update={"sec_type": "BAG", "con_id": 28812380})


def status(order_id: int = 7, perm_id: int = 907, **more: Any) -> inputs.OrderStatus:
    said: dict[str, Any] = {"status": "Submitted", "filled": Decimal(0), "remaining": Decimal(5), "client_id": 1}
    nothing = {"avg_fill_price": None, "parent_id": None, "last_fill_price": None, "why_held": ""}
    return inputs.OrderStatus(order_id=order_id, perm_id=perm_id, **{**said, **nothing, **more})


def execution(req_id: int = -1, order_ref: str = "", **more: Any) -> inputs.ExecutionReceived:
    said = {"order_id": 7, "perm_id": 907, **more}
    return inputs.ExecutionReceived(req_id, fill(said.pop("exec_id", EXEC_ID), **said), order_ref)


def commission(exec_id: str = EXEC_ID) -> inputs.CommissionReceived:
    return inputs.CommissionReceived(Commission(exec_id=exec_id, commission="1.00", currency="USD"))


def position(size: int) -> inputs.PositionRow:
    return inputs.PositionRow(ACCOUNT, CONTRACT, Decimal(size), 190.0)


def completed(filled: int) -> inputs.CompletedOrder:
    said = open_order(0)
    return inputs.CompletedOrder(4711, CONTRACT, said.order, "", "Filled", Decimal(filled), "Filled Size: 5")


class Desk(Driver):
    """A bridge that is ready, with order 7 working at TWS and positions that are known."""

    def __init__(self) -> None:
        super().__init__()
        self.ready()
        self(inputs.PositionEnd())
        self.ask(place())
        self(open_order(7))

    def sweeps(self, seconds: float) -> int:
        """So many sweeps begin; TWS answers them with nothing more than is open."""
        began = 0
        for _ in range(round(seconds * 10)):
            asked = [call for call in tws_calls(self.wait(0.1)) if isinstance(call, calls.ReqExecutions)]
            for call in asked:
                self(open_order(7), inputs.OpenOrderEnd(), inputs.CompletedOrdersEnd())
                self(inputs.ExecutionsEnd(call.req_id), inputs.CurrentTime(0))
            self(inputs.CurrentTime(0))
            began += len(asked)
        return began


CANCELLED = status(status="Cancelled")

SIGNS: dict[str, tuple[Input, ...]] = {
    "a holding moves and no fill tells why": (position(5),),
    "the status of an order that nobody knows": (status(0, perm_id=5555, client_id=0),),
    "an order that nobody knows": (open_order(3, client_id=4),),
    "a second order under the reference of ours": (open_order(7, perm_id=5555),),
    "a status with another perm id": (status(perm_id=5555),),
    "more is filled than all fills make": (status(filled=Decimal(2)),),
    "more is filled than all fills make, as an order": (open_order(7, filled=Decimal(2)),),
    "a fill tells of fills before it": (execution(shares=Decimal(1), cum_qty=Decimal(3)), commission()),
    "a fill of an order that nobody knows": (execution(order_id=3, perm_id=5555, client_id=4), commission()),
    "a fill of a cancelled order": (CANCELLED, execution(shares=Decimal(1), cum_qty=Decimal(1)), commission()),
    "a sign of life of a cancelled order, as a status": (CANCELLED, status()),
    "a sign of life of a cancelled order, as an order": (CANCELLED, open_order(7)),
    "a commission without its fill": (commission(),),
    "a completed order whose fills are not known": (completed(5),),
    "an error of an order that nobody knows": (inputs.TwsErrorReceived(99, 201, "rejected"),),
    "an unknown error of a working order": (inputs.TwsErrorReceived(7, 99999, "what?"),),
    "a refusal of a working order": (inputs.TwsErrorReceived(7, 201, "rejected"),),
    "a cancel without its status": (inputs.TwsErrorReceived(7, 202, "cancelled"),),
    "a cancel that is refused": (inputs.TwsErrorReceived(7, 10147, "not found"),),
    "a message about orders that cannot be read": (inputs.TwsPoison(5, "x"),),
    "a message of which nothing can be read": (inputs.TwsPoison(None, "x"),),
}


@pytest.mark.parametrize("what", SIGNS)
def test_everything_odd_asks_for_a_sweep_a_moment_later(what: str) -> None:
    desk = Desk()
    desk(*SIGNS[what])
    assert desk.sweeps(0.8) == 0, "what explains it may be on its way"
    assert desk.sweeps(1.0) == 1


EXPLAINED: dict[str, tuple[Input, ...]] = {
    "a status before its order": (status(3, perm_id=5555, client_id=4), open_order(3, client_id=4, perm_id=5555)),
    "a status before its fill": (status(filled=Decimal(5), status="Filled"), execution(), commission()),
    "a commission before its fill": (commission(), execution()),
    "a holding before its fill": (position(5), execution(), commission()),
    "a holding after its fill": (execution(), commission(), position(5)),
    "a cancel and its reason": (CANCELLED, inputs.TwsErrorReceived(7, 202, "cancelled")),
    "repetitions": (open_order(7), status(), status(), CANCELLED, CANCELLED),
    "a completed order and its fills, later": (completed(5), execution(perm_id=4711, req_id=1), commission()),
    "notices": (inputs.TwsErrorReceived(7, 399, "held"), inputs.TwsErrorReceived(7, 2109, "ignored")),
    "a fill and its correction": (
        *(execution(), commission()),
        *(execution(exec_id="0000e0d5.69dd7411.01.02", shares=Decimal(4), cum_qty=Decimal(4), revision=2), position(4)),
    ),
}


@pytest.mark.parametrize("what", EXPLAINED)
def test_what_explains_itself_asks_for_nothing(what: str) -> None:
    desk = Desk()
    desk(*EXPLAINED[what])
    assert desk.sweeps(70) == 0


def test_the_legs_of_a_combo_are_not_its_fills() -> None:
    desk = Desk()
    desk(inputs.OpenOrder(8, 908, 1, BAG, open_order(8).order, "", "Submitted"))
    desk(execution(order_id=8, perm_id=908, exec_id="00025b49.6abe16db.01.01", contract=BAG, cum_qty=Decimal(5)))
    leg = "00025b49.6abe16db.01.01.01"
    desk(execution(order_id=8, perm_id=908, exec_id=leg, shares=Decimal(10), cum_qty=Decimal(10)), commission(leg))
    desk(position(10), status(8, perm_id=908, filled=Decimal(5), status="Filled"))
    assert desk.sweeps(70) == 1, "for an order from elsewhere, and no other reason"


def test_a_commission_that_does_not_come_within_a_minute_is_asked_for() -> None:
    desk = Desk()
    desk(execution())
    assert desk.sweeps(59) == 0
    assert desk.sweeps(2) == 1


def test_each_sign_asks_once_and_all_of_them_together_now_and_then() -> None:
    desk = Desk()
    for number in range(40):
        desk(commission(f"0000e0d5.{number:08x}.01.01"), commission())
        desk.sweeps(0.5)
    began = sum(isinstance(call, calls.ReqExecutions) for call in tws_calls(desk.done)) - 1
    assert 2 <= began <= 3, "20 seconds of oddities"
    desk.sweeps(20)
    assert desk.sweeps(60) == 0, "nothing new"


def test_without_a_session_nothing_is_asked_and_the_next_begins_with_a_sweep() -> None:
    desk = Desk()
    desk(commission(), inputs.TwsErrorReceived(-1, 1100, "lost"))
    assert desk.sweeps(5) == 0
    assert any(
        isinstance(call, calls.ReqExecutions) for call in tws_calls(desk(inputs.TwsErrorReceived(-1, 1102, "x")))
    )


def test_what_a_sweep_itself_shows_is_not_odd() -> None:
    desk = Desk()
    desk(inputs.TwsPoison(5, "x"))
    (call,) = [each for each in tws_calls(desk.wait(1.5)) if isinstance(each, calls.ReqExecutions)]
    desk(open_order(3, client_id=4), open_order(7), inputs.OpenOrderEnd(), inputs.CompletedOrdersEnd())
    desk(execution(call.req_id, order_id=0, perm_id=5555, client_id=0), commission(), position(5))
    desk(inputs.ExecutionsEnd(call.req_id))
    assert desk.sweeps(70) == 0
