"""Golden sequences: the callbacks of a real TWS for the life of an order, in their order."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from ibapi.execution import ExecutionFilter

from tests.twssim.official import NOON, OfficialClient, errors, gateway, names, of, order, stock, story
from twssim.order_checks import ONLY_FOR
from twssim.order_types import ORDER_TYPES

pytestmark = pytest.mark.usefixtures("every_profile")

AAPL = 265598
BEFORE_OPENING = NOON - 3.5 * 3600
"""03:30 in New York; trading begins half an hour later, regular hours at 09:30."""
DOUBLED_PRE_SUBMITTED = ["open PreSubmitted", "status PreSubmitted 0/5"] * 2
FILLED = ["open Filled", "status Filled 5/0"]


def ready(**settings: Any) -> OfficialClient:
    client = OfficialClient(gateway(**settings))
    client.after(1.0)
    return client


def test_a_market_order_is_filled() -> None:
    client = ready()
    client.placeOrder(1, stock(), order("MKT", "BUY", 5))
    events = client.after(2.0)
    assert story(events) == [*DOUBLED_PRE_SUBMITTED, "exec 5", *FILLED, *FILLED, "commission"]
    assert [state.commissionAndFees for *_, state in of(events, "openOrder")][-2:] == [1.7976931348623157e308, 1.0]
    ((req_id, _, execution),) = of(events, "execDetails")
    ((report,),) = of(events, "commissionAndFeesReport")
    assert (req_id, report.execId) == (-1, execution.execId)


def test_a_marketable_limit_order_is_filled_at_the_quote() -> None:
    client = ready()
    ask = client.tws.market.quote(AAPL, client.tws.now).ask
    client.placeOrder(1, stock(), order("LMT", "BUY", 5, limit=float(ask + 5)))
    events = client.after(2.0)
    assert story(events) == [*DOUBLED_PRE_SUBMITTED, "exec 5", *FILLED, *FILLED, "commission"]
    ((_, _, execution),) = of(events, "execDetails")
    assert execution.price == float(client.tws.market.quote(AAPL, client.tws.orders.executions[0].time).ask)
    assert execution.lastLiquidity == 2


def test_a_resting_limit_order_is_submitted_then_cancelled() -> None:
    client = ready()
    client.placeOrder(1, stock(), order("LMT", "BUY", 5, limit=10.0))
    events = client.after(2.0)
    assert story(events) == [*DOUBLED_PRE_SUBMITTED, "open Submitted", "status Submitted 0/5"]
    client.cancel(1)
    events = client.after(1.0)
    pending = ["open PendingCancel", "status PendingCancel 0/5"]
    assert story(events) == [*pending, *pending, "status Cancelled 0/5", "error 202"]
    assert of(events, "error")[0][3] == "Order Canceled - reason:"


def test_a_modification_keeps_the_perm_id_and_comes_twice() -> None:
    client = ready()
    client.placeOrder(1, stock(), order("LMT", "BUY", 5, limit=10.0))
    before = of(client.after(1.0), "openOrder")[0][2]
    client.placeOrder(1, stock(), order("LMT", "BUY", 7, limit=11.0))
    events = client.after(1.0)
    assert story(events) == ["open Submitted", "status Submitted 0/7"] * 2
    after = of(events, "openOrder")[0][2]
    assert (after.permId, after.totalQuantity, after.lmtPrice) == (before.permId, Decimal(7), 11.0)


def test_a_limit_order_modified_to_market_is_filled() -> None:
    client = ready()
    client.placeOrder(1, stock(), order("LMT", "BUY", 5, limit=10.0))
    client.after(1.0)
    client.placeOrder(1, stock(), order("MKT", "BUY", 5))
    told = story(client.after(2.0))
    assert told == [*["open Submitted", "status Submitted 0/5"] * 2, *FILLED, "exec 5", *FILLED, "commission"]


def test_a_stop_waits_for_its_trigger_and_shows_a_passing_limit_price() -> None:
    client = ready()
    client.placeOrder(1, stock(), order("STP", "SELL", 5, stop=13.13))
    events = client.after(1.0)
    assert story(events) == DOUBLED_PRE_SUBMITTED
    assert [arguments[9] for arguments in of(events, "orderStatus")] == ["trigger", "trigger"]
    shown = [(each.lmtPrice, each.auxPrice) for _, _, each, _ in of(events, "openOrder")]
    assert shown == [(13.16, 13.13), (0.0, 13.13)]


def test_an_order_outside_hours_is_held_with_a_warning() -> None:
    client = OfficialClient(gateway(now=BEFORE_OPENING, calendar="regular"))
    client.after(1.0)
    client.placeOrder(1, stock(), order("LMT", "BUY", 5, limit=300.0, outsideRth=True))
    events = client.after(1200.0)
    assert story(events) == ["error 399", *DOUBLED_PRE_SUBMITTED]
    assert "20261124 04:00:00 US/Eastern" in of(events, "error")[0][3]
    opened = client.after(1200.0)
    assert "exec 5" in story(opened)


def test_an_order_without_transmit_is_silent_until_it_is_transmitted() -> None:
    client = ready()
    client.placeOrder(1, stock(), order("MKT", "BUY", 5, transmit=False))
    assert client.after(10.0) == []
    client.reqOpenOrders()
    assert names(client.take()) == ["openOrderEnd"]
    client.placeOrder(1, stock(), order("MKT", "BUY", 5))
    assert story(client.after(2.0))[:5] == [*DOUBLED_PRE_SUBMITTED, "exec 5"]


def test_a_bracket_is_transmitted_by_its_last_child() -> None:
    client = ready()
    ask = float(client.tws.market.quote(AAPL, client.tws.now).ask)
    client.placeOrder(1, stock(), order("LMT", "BUY", 5, limit=round(ask + 5, 2), transmit=False))
    client.placeOrder(2, stock(), order("LMT", "SELL", 5, limit=round(ask + 50, 2), parentId=1, transmit=False))
    client.placeOrder(3, stock(), order("STP", "SELL", 5, stop=round(ask - 50, 2), parentId=1))
    events = client.after(2.0)
    held = {arguments[0]: arguments[9] for arguments in of(events, "orderStatus") if arguments[9]}
    assert held[2] == "child" and held[3] in ("trigger", "child,trigger")
    groups = {oid: (each.ocaGroup, each.ocaType) for oid, _, each, _ in of(events, "openOrder")}
    parent = client.tws.orders.find(1, 1)
    assert parent is not None and groups[2] == groups[3] == (str(parent.perm_id), 3)
    states = {each.order_id: (each.status, each.why_held) for each in client.tws.orders}
    assert states == {1: ("Filled", ""), 2: ("Submitted", ""), 3: ("PreSubmitted", "trigger")}
    client.tws.market.shift(AAPL, Decimal("1.3"), client.tws.now)
    client.after(2.0)
    assert [each.status for each in client.tws.orders] == ["Filled", "Filled", "Cancelled"]


def test_cancelling_the_parent_cancels_its_children() -> None:
    client = ready()
    client.placeOrder(1, stock(), order("LMT", "BUY", 5, limit=10.0, transmit=False))
    client.placeOrder(2, stock(), order("LMT", "SELL", 5, limit=900.0, parentId=1))
    client.after(1.0)
    client.cancel(1)
    events = client.after(1.0)
    cancelled = [arguments[0] for arguments in of(events, "orderStatus") if arguments[1] == "Cancelled"]
    assert cancelled == [1, 2] and errors(events) == [(1, 202), (2, 202)]


def test_what_the_account_cannot_pay_is_rejected_and_inactive(every_profile: int) -> None:
    client = ready()
    client.placeOrder(1, stock(), order("MKT", "BUY", 100_000))
    events = client.after(2.0)
    assert story(events) == ["error 201", "open Inactive", "status Inactive 0/100000"]
    assert "LOAN VALUE [100000.00 GBP]" in of(events, "error")[0][3]
    assert client.tws.accounts["DU1234567"].positions == {}
    assert bool(of(events, "openOrder")[0][3].rejectReason) == (every_profile >= 195)


def test_a_what_if_order_is_one_open_order_and_nothing_else() -> None:
    client = ready()
    client.placeOrder(1, stock(), order("MKT", "BUY", 5, whatIf=True))
    ((name, (order_id, _, shown, state)),) = client.after(2.0)
    assert (name, order_id, shown.whatIf, state.status) == ("openOrder", 1, True, "PreSubmitted")
    change, after = float(state.initMarginChange), float(state.initMarginAfter)
    assert (float(state.equityWithLoanBefore), change) == (100_000.0, after) and change > 0
    assert (state.commissionAndFees, state.commissionAndFeesCurrency) == (1.0, "USD")
    client.reqIds(-1)
    assert client.take() == [("nextValidId", (1,))]


def test_single_pairs_can_be_chosen() -> None:
    client = ready(doubled_order_status=False)
    client.placeOrder(1, stock(), order("LMT", "BUY", 5, limit=10.0))
    assert len(of(client.after(1.0), "orderStatus")) == 2


def test_a_change_of_an_order_that_filled_meanwhile_is_refused() -> None:
    client = ready(ack_delay=(0.5, 0.5), fill_delay=(0.1, 0.1))
    client.placeOrder(1, stock(), order("MKT", "BUY", 5))
    client.after(0.55)
    client.placeOrder(1, stock(), order("MKT", "BUY", 7))
    events = client.after(2.0)
    assert (1, 104) in errors(events)
    assert client.tws.accounts["DU1234567"].positions[AAPL].quantity == 5


def test_a_limit_order_outside_hours_is_cancelled_in_the_recorded_sequence() -> None:
    client = OfficialClient(gateway(now=BEFORE_OPENING, calendar="regular"))
    client.after(1.0)
    client.placeOrder(1, stock(), order("LMT", "BUY", 5, limit=10.0))
    held = story(client.after(2.0))
    client.cancel(1)
    pending = ["open PendingCancel", "status PendingCancel 0/5"] * 2
    cancelled = [*pending, "status Cancelled 0/5", "error 202"]
    assert held + story(client.after(1.0)) == ["error 399", *DOUBLED_PRE_SUBMITTED, *cancelled]


@pytest.mark.parametrize(
    ("tif", "ending"),
    [
        ("IOC", [*["open PendingCancel", "status PendingCancel 0/5"] * 2, "status Cancelled 0/5", "error 202"]),
        ("FOK", ["open Inactive", "status Inactive 0/5"]),
    ],
)
def test_what_cannot_be_filled_at_once_ends_in_the_recorded_sequence(tif: str, ending: list[str]) -> None:
    client = ready()
    client.placeOrder(1, stock(), order("LMT", "BUY", 5, limit=10.0, tif=tif))
    assert story(client.after(2.0)) == [*DOUBLED_PRE_SUBMITTED, *ending]


def test_a_bracket_outside_hours_is_told_parent_first_and_cancelled_parent_first() -> None:
    client = OfficialClient(gateway(now=BEFORE_OPENING, calendar="regular", ack_delay=(0.02, 0.02)))
    client.after(1.0)
    client.placeOrder(1, stock(), order("LMT", "BUY", 5, limit=100.0, transmit=False))
    client.placeOrder(2, stock(), order("LMT", "SELL", 5, limit=900.0, parentId=1, transmit=False))
    client.placeOrder(3, stock(), order("STP", "SELL", 5, stop=50.0, parentId=1))
    events = client.after(1.0)
    told = [(arguments[0], arguments[9]) for arguments in of(events, "orderStatus")]
    assert told == [(1, "")] * 2 + [(2, "child")] * 2 + [(3, "child,trigger")] * 2
    client.cancel(1)
    ended = [line for line in story(client.after(1.0)) if line.startswith(("status", "error"))]
    assert ended == ["status PendingCancel 0/5"] * 2 + ["status Cancelled 0/5", "error 202"] * 3


def test_replayed_executions_are_each_followed_by_their_commission() -> None:
    client = ready()
    for order_id in (1, 2):
        client.placeOrder(order_id, stock(), order("MKT", "BUY", 5))
    client.after(2.0)
    client.reqExecutions(9, ExecutionFilter())
    assert names(client.after(1.0)) == ["execDetails", "commissionAndFeesReport"] * 2 + ["execDetailsEnd"]


OF_TYPE: dict[str, dict[str, Any]] = {
    "TRAIL": {"trailingPercent": 2.0},
    "TRAIL LIMIT": {"stop": 1.0, "lmtPriceOffset": 0.5},
    "REL": {"stop": 0.01, "limit": 400.0},
    "PEG BENCH": {"startingPrice": 100.0, "referenceContractId": AAPL, "referenceExchange": "NASDAQ"},
}


@pytest.mark.parametrize("kind", sorted(set(ORDER_TYPES) - set(ONLY_FOR)))
def test_every_order_type_is_taken_and_shown_under_its_name(kind: str) -> None:
    client = ready()
    usual = {"limit_price": {"limit": 100.0}, "aux_price": {"stop": 100.0}}
    fields = {name: value for need in ORDER_TYPES[kind].needs for name, value in usual[need].items()}
    client.placeOrder(1, stock(), order(kind, "BUY", 5, **(OF_TYPE.get(kind) or fields)))
    events = client.after(30.0)
    assert {shown.orderType for _, _, shown, _ in of(events, "openOrder")} == {kind} and not errors(events)
    assert {status for _, status, *_ in of(events, "orderStatus")} <= {"PreSubmitted", "Submitted", "Filled"}
