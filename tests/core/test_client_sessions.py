from __future__ import annotations

import pytest

from tests.core.rig import ACCOUNT, of
from tests.core.test_bridge import Driver, place
from twsbridge.protocol import commands, topics
from twsbridge_server.core import effects as fx
from twsbridge_server.core import inputs


def replay(driver: Driver, **wanted: object) -> list[fx.Effect]:
    command = commands.GetReplay(**{"stream": "sys|", "epoch": "e" * 16, "from_seq": 1, **wanted})
    return driver(inputs.CommandReceived(inputs.Client(b"r", "a"), "q", command, sid="run1"))


def test_a_replay_is_read_from_the_journal() -> None:
    driver = Driver()
    driver.ready()
    (effect,) = of(fx.SendReplay, replay(driver, limit=7))
    assert (effect.stream, effect.from_seq, effect.limit) == ("sys|", 1, 7)


def test_a_replay_from_the_head_is_empty_not_wrong() -> None:
    driver = Driver()
    driver.ready()
    assert of(fx.SendReplay, replay(driver, stream=topics.orders(ACCOUNT)))


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"stream": "md|1@SMART|"}, "stream.unknown"),
        ({"epoch": "other"}, "stream.epoch"),
        ({"from_seq": 10_000}, "stream.range"),
    ],
)
def test_a_replay_that_cannot_be(wanted: dict[str, object], code: str) -> None:
    driver = Driver()
    driver.ready()
    (reply,) = of(fx.SendReply, replay(driver, **wanted))
    assert reply.error.code == code


def test_ping_and_bye_are_answered() -> None:
    driver = Driver()
    driver.ready()
    assert driver.ask(commands.Ping(), sid="").body.server_ts_us == driver.now
    assert driver.ask(commands.Bye()).body is not None


def test_executions_come_from_the_journal() -> None:
    driver = Driver()
    asked = inputs.CommandReceived(inputs.Client(b"r", "a"), "q", commands.ListExecutions(), sid="run1")
    (effect,) = of(fx.SendExecutions, driver(asked))
    assert effect.request_id == "q"


def test_an_observer_may_look_but_not_touch() -> None:
    driver = Driver()
    driver.ready()
    observer = inputs.Client(b"r", "eve", "observer")
    assert driver.ask(commands.ListOrders(), client=observer).body.rows == []
    assert driver.ask(place(), client=observer).error.code == "auth.role"
    assert driver.ask(commands.CancelAll(), client=observer).error.code == "auth.role"
