"""Going down: what is refused, what is taken back, who is answered, and how long it may take."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.rig import ACCOUNT, BUY, CONTRACT, SETTINGS, of, published
from tests.core.test_bridge import Driver, place, tws_calls
from twsbridge.protocol import commands
from twsbridge_server.core import calls, inputs
from twsbridge_server.core import effects as fx

WORKING = inputs.OpenOrder(7, 900, 1, CONTRACT, BUY.model_copy(update={"account": ACCOUNT}), "", "Submitted")


def asked(command: commands.Command, request_id: str = "q") -> inputs.CommandReceived:
    return inputs.CommandReceived(inputs.Client(b"r", "alice"), request_id, command, sid="run1")


def ready(**settings: Any) -> Driver:
    driver = Driver(**settings)
    driver.ready()
    return driver


def test_a_bridge_that_has_nothing_to_do_stops_at_once_and_says_where_every_stream_ends() -> None:
    driver = ready()
    effects = driver(inputs.DrainAsked())
    assert published(effects) == ["session", "bye", "heartbeat"] and of(fx.Stop, effects)
    bye = next(e for e in of(fx.PublishEvent, effects) if e.type == "bye")
    assert bye.body["heads"]["sys|"]["next"] == bye.seq + 1


def test_new_orders_and_changes_are_refused_while_cancels_and_status_pass() -> None:
    driver = ready()
    driver.ask(place())
    driver(WORKING, inputs.DrainAsked())
    assert not of(fx.Stop, driver(asked(place(wait="filled")), inputs.TimePassed()))
    driver = ready()
    driver(asked(place(wait="filled")), WORKING)
    assert not of(fx.Stop, driver(inputs.DrainAsked()))
    new = commands.PlaceOrder(client_order_id="k2", contract=CONTRACT, order=BUY)
    assert driver.ask(new).error.code == "br.draining"
    assert driver.ask(commands.ModifyOrder(order_id=7, order=BUY)).error.code == "br.draining"
    assert driver.ask(commands.GetStatus()).body.state == "DRAINING"
    sent = tws_calls(driver(asked(commands.CancelOrder(order_id=7), "c")))
    assert sent == [calls.CancelOrder(7)]


def test_orders_that_wait_for_their_turn_are_never_sent_and_known_not_to_exist() -> None:
    driver = ready(messages_per_second=5)
    effects: list[fx.Effect] = []
    for number in range(12):
        order = commands.PlaceOrder(client_order_id=f"k{number}", contract=CONTRACT, order=BUY, wait="acknowledged")
        effects += driver(asked(order, str(number)))
    sent = {call.order_id for call in tws_calls(effects) if isinstance(call, calls.PlaceOrder)}
    drained = driver(inputs.DrainAsked())
    refused = {r.request_id: r.error.code for r in of(fx.SendReply, drained)}
    assert len(sent) + len(refused) == 12 and set(refused.values()) == {"br.draining"}
    gone = {e.body["order_id"]: e.body for e in of(fx.PublishEvent, drained) if e.type == "order"}
    assert {body["status"] for body in gone.values()} == {"NOT_FOUND"} and not sent & gone.keys()
    assert all("shutting down" in body["reason"]["text"] for body in gone.values())
    later = driver.wait(4)
    assert not any(isinstance(call, calls.PlaceOrder) for call in tws_calls(later)) and of(fx.Stop, later)


def test_who_waits_is_answered_within_the_window_or_told_that_nobody_knows() -> None:
    driver = ready()
    driver(asked(place(wait="acknowledged")))
    assert not of(fx.Stop, driver(inputs.DrainAsked()))
    effects = driver(WORKING)
    (reply,) = of(fx.SendReply, effects)
    assert reply.body.order.status == "Submitted" and of(fx.Stop, effects)

    driver = ready()
    driver(asked(place(wait="acknowledged")))
    driver(inputs.DrainAsked())
    assert not of(fx.Stop, driver.wait(2.9))
    effects = driver.wait(0.2)
    (reply,) = of(fx.SendReply, effects)
    assert (reply.error.code, reply.error.outcome) == ("br.stopped", "unknown")
    assert reply.error.details == {"order_id": 7} and len(of(fx.Stop, effects)) == 1
    assert not of(fx.Stop, driver.wait(5))


def test_a_cancel_that_nobody_waits_for_still_gets_its_time() -> None:
    driver = ready()
    driver.ask(place())
    driver(WORKING, asked(commands.CancelAll()))
    assert not of(fx.Stop, driver(inputs.DrainAsked()))
    said = inputs.TwsErrorReceived(7, 202, "Order Canceled")
    assert of(fx.Stop, driver(said))


def test_questions_are_answered_at_the_end() -> None:
    driver = ready()
    driver(asked(commands.GetContractDetails(contract=CONTRACT)))
    (reply,) = of(fx.SendReply, driver(inputs.DrainAsked()))
    assert reply.error.code == "tws.lost" and "shutting down" in reply.error.msg


def test_asked_once_more_it_waits_for_nothing() -> None:
    driver = ready()
    driver(asked(place(wait="acknowledged")))
    assert not of(fx.Stop, driver(inputs.DrainAsked()))
    effects = driver(inputs.DrainAsked())
    assert of(fx.Stop, effects) and of(fx.SendReply, effects)[0].error.code == "br.stopped"


def test_an_admins_word_is_the_same_and_is_answered_at_once() -> None:
    driver = ready()
    driver(asked(place(wait="acknowledged")))
    admin = inputs.Client(b"a", "root", "admin")
    wish = commands.Drain(reason="a new version", window_ms=60_000, expect_back_s=30)
    effects = driver(inputs.CommandReceived(admin, "d", wish, sid="run1"))
    (reply,) = of(fx.SendReply, effects)
    assert (reply.body.ends_us, reply.body.waits_for) == (driver.now + 60_000_000, 1)
    assert driver.ask(commands.ModifyOrder(order_id=7, order=BUY)).error.code == "br.draining"
    assert not of(fx.Stop, driver.wait(4))
    effects = driver(WORKING)
    assert of(fx.Stop, effects)
    assert next(e.body for e in of(fx.PublishEvent, effects) if e.type == "bye")["expect_back_s"] == 30
    said = [e.body["reason"] for e in of(fx.PublishEvent, driver.done) if e.type == "session"]
    assert said[-1] == "The bridge is shutting down: a new version"


def test_the_operator_shortens_what_an_admin_gave_and_insists_with_a_second_word() -> None:
    driver = ready()
    driver(asked(place(wait="acknowledged")))
    admin = inputs.Client(b"a", "root", "admin")
    driver(inputs.CommandReceived(admin, "d", commands.Drain(window_ms=600_000), sid="run1"))
    driver(inputs.DrainAsked())
    assert not of(fx.Stop, driver.wait(2.9)) and of(fx.Stop, driver.wait(0.2))
    driver = ready()
    driver(asked(place(wait="acknowledged")))
    assert not of(fx.Stop, driver(inputs.DrainAsked()))
    effects = driver(inputs.CommandReceived(admin, "d", commands.Drain(window_ms=0), sid="run1"))
    assert of(fx.Stop, effects) and len(of(fx.SendReply, effects)) == 2


def test_only_an_admin_may() -> None:
    driver = ready()
    assert driver.ask(commands.Drain()).error.code == "auth.role"
    assert not of(fx.Stop, driver.wait(5))


def test_without_tws_there_is_nothing_to_wait_for() -> None:
    driver = ready()
    driver(asked(place(wait="acknowledged")))
    driver(inputs.DrainAsked())
    effects = driver(inputs.TwsLost("reset"))
    assert of(fx.Stop, effects) and of(fx.SendReply, effects)[0].error.code == "br.stopped"


@pytest.mark.parametrize("window_us", [0, 4_000_000])
def test_the_window_is_as_long_as_the_operator_says(window_us: int) -> None:
    driver = ready(drain_us=window_us)
    driver(asked(place(wait="acknowledged")))
    began = driver.now
    effects = driver(inputs.DrainAsked())
    while not of(fx.Stop, effects):
        effects = driver.wait(0.1)
    assert began + window_us <= driver.now <= began + window_us + 200_000
    assert SETTINGS.drain_us == 3_000_000
