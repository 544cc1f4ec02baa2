from __future__ import annotations

from tests.core.rig import ACCOUNT
from tests.core.test_bridge import Driver, place
from twsbridge.protocol import commands, topics
from twsbridge_server.core import inputs


def test_status_is_answered_in_every_state() -> None:
    driver = Driver()
    driver(inputs.Started())
    status = driver.ask(commands.GetStatus()).body
    assert status.state == "CONNECTING" and status.tws.mode == "unknown"
    driver.ready()
    driver(inputs.TwsErrorReceived(-1, 2104, "Market data farm connection is OK:usfarm"))
    driver.ask(place())
    status = driver.ask(commands.GetStatus()).body
    assert (status.state, status.tws.mode, status.working_orders) == ("READY", "paper", 1)
    assert status.tws.next_order_id == 8 and status.tws.farms == {"usfarm": "ok"}
    assert [notice.tws_code for notice in status.notices] == [2104]


def test_a_snapshot_says_from_where_its_streams_go_on() -> None:
    driver = Driver()
    driver.ready()
    driver.ask(place())
    snapshot = driver.ask(commands.GetSnapshot(account=ACCOUNT)).body
    assert [order.client_order_id for order in snapshot.orders] == ["k1"]
    assert snapshot.as_of[topics.orders(ACCOUNT)] == 2


def test_a_snapshot_of_a_foreign_account_is_refused() -> None:
    driver = Driver()
    driver.ready()
    assert driver.ask(commands.GetSnapshot(account="DU999")).error.code == "auth.account"
