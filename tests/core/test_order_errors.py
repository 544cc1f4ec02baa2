from __future__ import annotations

from decimal import Decimal

import pytest

from tests.core.rig import BUY, OrderRig, fill, of, published
from twsbridge.protocol import commands
from twsbridge_server.core import effects as fx
from twsbridge_server.core.inputs import TwsErrorReceived
from twsbridge_server.core.notices import Kind, said_of_order
from twsbridge_server.core.order_errors import OrderErrors
from twsbridge_server.core.order_waiters import PATIENCE_US
from twsbridge_server.core.reconcile import SOON_US


def error(rig: OrderRig, code: int, text: str = "because", order_id: int = 1) -> list[fx.Effect]:
    errors = OrderErrors(rig.orders, rig.commands.waiters, rig.reconcile)
    effects = errors.received(TwsErrorReceived(order_id, code, text), rig.now)
    assert effects is not None
    return effects


def working() -> OrderRig:
    rig = OrderRig()
    rig.place()
    rig.open_order()
    return rig


def codes(effects: list[fx.Effect]) -> list[str]:
    return [reply.error.code for reply in of(fx.SendReply, effects)]


def test_an_error_of_no_order_is_left_to_others() -> None:
    rig = OrderRig()
    errors = OrderErrors(rig.orders, rig.commands.waiters, rig.reconcile)
    assert errors.received(TwsErrorReceived(1, 201, "x"), 0) is None


SAID = {
    Kind.NOTICE: (202, 399, 404, 481, 2109, 2147, 2161, 2163, 2168, 10167, 10349),
    Kind.CANCEL: (135, 161, 10147, 10148),
    Kind.ORDER: (
        *(103, 106, 107, 109, 110, 133, 163, 200, 201, 203, 320, 321, 322, 355, 383, 387, 388, 407, 413, 434, 435, 438),
        *(
            451,
            452,
            460,
            461,
            463,
            464,
            478,
            2146,
            10006,
            10051,
            10052,
            10119,
            10130,
            10149,
            10250,
            10268,
            10289,
            10293,
        ),
    ),
    Kind.CHANGE: (104, 105, 134, 329, 422, 440, 462, 2102),
    Kind.UNKNOWN: (99999,),
}
"""What each code says of an order that TWS has not acknowledged; UNKNOWN ends nothing."""


@pytest.mark.parametrize(("kind", "code"), [(kind, code) for kind, several in SAID.items() for code in several])
def test_what_each_code_does_to_an_order(kind: Kind, code: int) -> None:
    assert said_of_order(code) is kind
    new, old, changing = OrderRig(), working(), working()
    new.place()
    changing.do(commands.ModifyOrder(order_id=1, order=BUY.model_copy(update={"limit_price": 191.0})))
    for rig in (new, old, changing):
        error(rig, code)
    ends = {Kind.ORDER: "Rejected"}.get(kind, "PendingSubmit")
    assert new.status() == ("Cancelled" if code == 202 else ends)
    assert old.status() == ("Cancelled" if code == 202 else "Submitted")
    assert changing.status() == "Submitted", "an error while a change is under way is about the change"


def test_the_operator_knows_better() -> None:
    more = {201: Kind.NOTICE, 99999: Kind.ORDER, 399: Kind.CANCEL}
    for code, kind in more.items():
        rig = OrderRig()
        rig.place()
        OrderErrors(rig.orders, rig.commands.waiters, rig.reconcile).received(
            TwsErrorReceived(1, code, "x", meant=kind), 0
        )
        assert rig.status() == ("Rejected" if kind is Kind.ORDER else "PendingSubmit")


@pytest.mark.parametrize("code", [399, 404, 2109, 2161, 10349])
def test_notices_do_not_end_a_new_order(code: int) -> None:
    """ib_async#191, #217: 10349 and its like were taken for a cancel."""
    rig = OrderRig()
    rig.place(wait="acknowledged")
    effects = error(rig, code)
    assert rig.status() == "PendingSubmit" and codes(effects) == []
    assert of(fx.PublishEvent, effects)[0].body["reason"]["tws_code"] == code


@pytest.mark.parametrize("code", [103, 110, 200, 201, 321, 460, 10289])
def test_a_new_order_that_tws_refuses_is_rejected(code: int) -> None:
    rig = OrderRig()
    rig.place(wait="acknowledged")
    assert codes(error(rig, code)) == ["tws.rejected"]
    assert rig.status() == "Rejected"


@pytest.mark.parametrize("code", [110, 201, 321, 104, 2102])
def test_an_error_alone_never_ends_a_working_order(code: int) -> None:
    rig = working()
    error(rig, code)
    assert rig.status() == "Submitted"


@pytest.mark.parametrize("code", [110, 201, 105, 2102, 329])
def test_a_refused_change_leaves_the_order_as_it_was(code: int) -> None:
    rig = working()
    bigger = BUY.model_copy(update={"quantity": Decimal(9)})
    rig.do(commands.ModifyOrder(order_id=1, order=bigger))
    assert codes(error(rig, code)) == ["tws.modify_rejected"]
    record = rig.orders.by_order_id(1)
    assert record is not None
    assert (rig.status(), record.state.order.quantity, record.change) == ("Submitted", 5, None)


@pytest.mark.parametrize("code", [135, 161, 10147, 10148])
def test_a_refused_cancel_ends_the_wait_and_asks_for_a_sweep(code: int) -> None:
    """Lean.IB PR #248: 10147 and 10148 came at once and were taken for a time-out."""
    rig = working()
    rig.do(commands.CancelOrder(order_id=1))
    assert codes(error(rig, code)) == ["tws.cancel_rejected"]
    assert rig.status() == "Submitted" and rig.reconcile.next_due() is not None


def test_202_alone_means_cancelled() -> None:
    rig = working()
    assert published(error(rig, 202, "Order Canceled - reason:")) == ["order Cancelled"]


def test_202_does_not_undo_a_fill() -> None:
    rig = working()
    rig.order_status(status="Filled", filled=Decimal(5), remaining=Decimal(0))
    error(rig, 202)
    assert rig.status() == "Filled"


def test_201_after_inactive_is_a_rejection() -> None:
    rig = OrderRig()
    rig.place()
    rig.open_order(status="Inactive")
    error(rig, 201, "Order rejected - reason:")
    assert rig.status() == "Rejected"


def test_202_while_a_change_is_under_way_is_a_doubt_that_a_list_of_open_orders_settles() -> None:
    rig = working()
    rig.do(commands.ModifyOrder(order_id=1, order=BUY.model_copy(update={"quantity": Decimal(9)})))
    error(rig, 202)
    assert rig.status() == "Submitted"
    rig.now += 1
    rig.reconcile.start(rig.now)
    rig.reconcile.ended("open orders", rig.now)
    rig.reconcile.due(rig.now + 60_000_000)
    assert rig.status() == "Cancelled"


def test_a_change_refused_because_the_order_is_filled_leaves_it_filled() -> None:
    rig = working()
    rig.do(commands.ModifyOrder(order_id=1, order=BUY.model_copy(update={"quantity": Decimal(9)})))
    record = rig.orders.by_order_id(1)
    assert record is not None
    rig.orders.execution(record, fill(), rig.now, 0)
    error(rig, 104)
    assert rig.status() == "Filled"


def stale_change(rig: OrderRig) -> None:
    """A change that nobody waits for any more, without an answer of TWS."""
    command = commands.ModifyOrder(order_id=1, order=BUY.model_copy(update={"limit_price": 191.0}))
    rig.do(command)
    rig.now += PATIENCE_US
    (late,) = of(fx.SendReply, rig.commands.due(rig.now))
    assert late.error.code == "tws.timeout"


@pytest.mark.parametrize("code", [201, 110, 104, 99999])
@pytest.mark.parametrize("error_first", [True, False])
def test_a_change_refused_after_its_caller_has_gone_does_not_end_the_order(code: int, error_first: bool) -> None:
    """ib_insync#502, late: TWS kept its answers back while the link was down."""
    rig = working()
    stale_change(rig)
    if error_first:
        error(rig, code)
    rig.order_status(status="Cancelled")
    if not error_first:
        error(rig, code)
    assert rig.status() == "Submitted"
    assert rig.reconcile.next_due() == rig.now + SOON_US


@pytest.mark.parametrize("code", [201, 110, 321])
def test_a_held_order_whose_change_was_refused_late_is_not_rejected(code: int) -> None:
    rig = working()
    stale_change(rig)
    rig.order_status(status="Inactive")
    error(rig, code)
    assert rig.status() == "Inactive"


@pytest.mark.parametrize("code", [201, 320, 321, 322, 323])
def test_the_refusal_of_a_cancel_is_not_taken_for_that_of_the_order(code: int) -> None:
    """TWS went read-only between the two: it has the order, which it has not shown yet."""
    rig = OrderRig()
    rig.place()
    rig.do(commands.CancelOrder(order_id=1))
    error(rig, code)
    assert rig.status() == "PendingSubmit" and rig.reconcile.next_due() is not None


@pytest.mark.parametrize("code", [103, 201, 321])
def test_an_error_is_no_verdict_on_an_order_in_doubt(code: int) -> None:
    """It was sent before the connection broke, and whatever this belongs to: two sweeps say whether TWS has it."""
    rig = OrderRig()
    rig.place(wait="acknowledged")
    rig.commands.lost("gone", rig.now)
    assert codes(error(rig, code)) == []
    assert rig.status() == "UNKNOWN" and rig.reconcile.next_due() is not None


@pytest.mark.parametrize("code", [103, 110, 201, 321])
@pytest.mark.parametrize("sign", ["open", "status", "fill", "part"])
def test_a_sign_of_life_undoes_what_an_error_alone_has_ended(code: int, sign: str) -> None:
    rig = OrderRig()
    rig.place()
    error(rig, code)
    assert rig.status() == "Rejected" and rig.reconcile.next_due() is not None
    record = rig.orders.by_order_id(1)
    assert record is not None
    part = fill(shares=Decimal(2), cum_qty=Decimal(2))
    happened = {
        "open": rig.open_order,
        "status": rig.order_status,
        "fill": lambda: rig.orders.execution(record, fill(), rig.now, 0),
        "part": lambda: rig.orders.execution(record, part, rig.now, 0),
    }
    assert published(happened[sign]()) == ["order Filled" if sign == "fill" else "order Submitted"]


def test_202_without_its_status_is_undone_by_a_sign_of_life_and_one_with_it_is_not() -> None:
    for with_status, status in ((False, "Submitted"), (True, "Cancelled")):
        rig = working()
        if with_status:
            rig.order_status(status="Cancelled")
        error(rig, 202)
        assert rig.status() == "Cancelled" and (rig.reconcile.next_due() is None) is with_status
        rig.open_order()
        assert rig.status() == status


def test_202_for_a_fate_that_was_decided_is_no_end_while_a_change_is_in_doubt() -> None:
    rig = working()
    stale_change(rig)
    record = rig.orders.by_order_id(1)
    assert record is not None
    record.fate = "watched"
    error(rig, 202)
    assert rig.status() == "Submitted" and record.doubtful_cancel


def test_an_unknown_code_during_a_change_answers_nobody() -> None:
    """10349 was such a one before anybody knew it: a notice, taken for a refusal while the change was made."""
    rig = working()
    bigger = BUY.model_copy(update={"quantity": Decimal(9)})
    rig.do(commands.ModifyOrder(order_id=1, order=bigger))
    assert codes(error(rig, 99999)) == []
    (reply,) = of(fx.SendReply, rig.open_order(order=bigger))
    assert reply.error is None and reply.body.order.order.quantity == 9


@pytest.mark.parametrize("code", [201, 104, 99999])
def test_an_error_on_a_working_order_is_looked_into(code: int) -> None:
    rig = working()
    error(rig, code)
    assert rig.reconcile.next_due() == rig.now + SOON_US
