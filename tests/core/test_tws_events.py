from __future__ import annotations

from decimal import Decimal

from tests.core.rig import ACCOUNT, BUY, CONTRACT, of, published
from tests.core.test_bridge import Driver, place, tws_calls
from twsbridge.protocol import commands
from twsbridge.protocol.events import RECONCILED
from twsbridge_server.core import calls, inputs, notices
from twsbridge_server.core import effects as fx


def open_order(order_id: int, order_ref: str = "", **more: object) -> inputs.OpenOrder:
    order = BUY.model_copy(update={"account": ACCOUNT})
    said: dict[str, object] = {"perm_id": 900 + order_id, "client_id": 1, "status": "Submitted", **more}
    return inputs.OpenOrder(order_id=order_id, contract=CONTRACT, order=order, order_ref=order_ref, **said)


def test_what_a_sweep_tells_is_marked() -> None:
    driver = Driver()
    driver.connect()
    event = [e for e in of(fx.PublishEvent, driver(open_order(3, client_id=4))) if e.type == "order"]
    assert event[0].flags == RECONCILED


def test_an_order_in_doubt_is_found_by_its_reference_after_a_reconnect() -> None:
    driver = Driver()
    driver.ready()
    driver.ask(place())
    (sent,) = [c for c in tws_calls(driver.done) if isinstance(c, calls.PlaceOrder)]
    driver(inputs.TwsLost("reset"))
    driver.wait(1.5)
    driver(inputs.TwsConnected(200, ""), inputs.ManagedAccounts((ACCOUNT,)), inputs.NextValidId(7))
    assert driver.ask(commands.GetOrder(client_order_id="k1")).body.order.status == "UNKNOWN"
    driver(open_order(7, sent.order_ref))
    assert driver.ask(commands.GetOrder(client_order_id="k1")).body.order.status == "Submitted"


def test_1101_opens_lines_again_under_new_ids() -> None:
    driver = Driver()
    driver.ready()
    first = tws_calls(driver(inputs.SubscriptionOpened("md|265598@SMART|")))
    driver(inputs.TwsErrorReceived(-1, 1100, "lost"))
    again = tws_calls(driver(inputs.TwsErrorReceived(-1, 1101, "restored, data lost")))
    old = [c.req_id for c in first if isinstance(c, calls.ReqMarketData)]
    new = [c.req_id for c in again if isinstance(c, calls.ReqMarketData)]
    assert len(old) == len(new) == 1 and old != new


def test_an_error_of_a_request_goes_to_its_caller_and_nobody_else() -> None:
    driver = Driver()
    driver.ready()
    ask = commands.GetContractDetails(contract=CONTRACT)
    effects = driver(inputs.CommandReceived(inputs.Client(b"r", "a"), "q", ask, sid="run1"))
    (call,) = tws_calls(effects)
    effects = driver(inputs.TwsErrorReceived(call.req_id, 200, "No security definition"))
    (reply,) = of(fx.SendReply, effects)
    assert reply.error.code == "tws.not_found" and published(effects) == []


def test_an_error_of_an_unknown_order_is_a_notice() -> None:
    driver = Driver()
    driver.ready()
    assert "notice" in published(driver(inputs.TwsErrorReceived(99, 10147, "not found")))


def test_a_status_without_an_open_order_is_enough() -> None:
    driver = Driver()
    driver.ready()
    driver.ask(place())
    status = inputs.OrderStatus(7, "Filled", Decimal(5), Decimal(0), 190.0, 907, None, 190.0, 1, "")
    assert "order Filled" in published(driver(status))


EVERY_CODE = sorted(
    {*notices.KINDS, *notices.ORDER_NOTICES, *notices.MODIFY_REFUSALS, 99999} - {*notices.CLIENT_SIDE[1:]}
)
"""All codes of the tables, one of those that ibapi makes itself, and one that nobody knows."""


def ordering(works: bool) -> Driver:
    driver = Driver()
    driver.ready()
    driver.ask(place())
    if works:
        driver(open_order(7))
    return driver


def standing(driver: Driver) -> str:
    status: str = driver.ask(commands.GetOrder(client_order_id="k1")).body.order.status
    return status


def test_what_every_code_says_of_an_order() -> None:
    """Of one that TWS was sent a moment ago only a refusal is the end; of one that works, only 202."""
    refusals = {*notices.NEW_ORDER_REFUSALS, notices.CLIENT_SIDE[0]}
    for code in EVERY_CODE:
        new, working = ordering(False), ordering(True)
        for driver in (new, working):
            driver(inputs.TwsErrorReceived(7, code, "words"))
        ends = "Cancelled" if code == 202 else "Rejected" if code in refusals else "PendingSubmit"
        assert standing(new) == ends, code
        assert standing(working) == ("Cancelled" if code == 202 else "Submitted"), code
        reason = working.ask(commands.GetOrder(client_order_id="k1")).body.order.reason
        assert reason.tws_code == code, "whatever TWS says of an order is shown with it"


def test_what_every_code_says_of_a_request_and_of_the_session() -> None:
    """A request goes on after a notice and has ended after everything else; none of both touches an order."""
    states = {1100: "LINK_DOWN", 2110: "LINK_DOWN", 1101: "RECONCILING", 1102: "RECONCILING"}
    for code in EVERY_CODE:
        driver = ordering(True)
        ask = commands.GetContractDetails(contract=CONTRACT)
        (call,) = tws_calls(driver(inputs.CommandReceived(inputs.Client(b"r", "a"), "q", ask, sid="run1")))
        replies = of(fx.SendReply, driver(inputs.TwsErrorReceived(call.req_id, code, "words")))
        assert bool(replies) is (notices.classify(code) is not notices.Kind.NOTICE), code
        driver(inputs.TwsErrorReceived(-1, code, "words:farm"))
        assert driver.ask(commands.GetStatus()).body.state == states.get(code, "READY"), code
        assert standing(driver) == "Submitted", code


def test_the_operator_says_what_codes_mean_for_orders_and_for_requests() -> None:
    """The same code may mean one thing for an order and another for a request."""
    meanings = notices.Meanings({10400: notices.Kind.ORDER}, {10400: notices.Kind.NOTICE})
    driver = Driver(meanings=meanings)
    driver.ready()
    driver.ask(place())
    ask = commands.GetContractDetails(contract=CONTRACT)
    (call,) = tws_calls(driver(inputs.CommandReceived(inputs.Client(b"r", "a"), "q", ask, sid="run1")))
    assert not of(fx.SendReply, driver(inputs.TwsErrorReceived(call.req_id, 10400, "goes on")))
    assert of(fx.SendReply, driver(inputs.TwsErrorReceived(call.req_id, 10401, "nobody knows it")))
    driver(inputs.TwsErrorReceived(7, 10400, "not this one"))
    assert standing(driver) == "Rejected"


def test_a_stream_ends_with_a_code_of_which_the_operator_says_so() -> None:
    driver = Driver(meanings=notices.Meanings(requests={10400: notices.Kind.REQUEST}))
    driver.ready()
    (call,) = tws_calls(driver(inputs.SubscriptionOpened("md|5@SMART|")))
    effects = driver(inputs.TwsErrorReceived(call.req_id, 10400, "no more"))
    assert "ended" in str([each for each in effects if not isinstance(each, fx.WakeAt)])
