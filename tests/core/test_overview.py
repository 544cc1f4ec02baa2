from __future__ import annotations

from tests.core.rig import ACCOUNT
from tests.core.test_bridge import Driver, place
from twsbridge.protocol import commands, topics
from twsbridge.protocol.models import Break
from twsbridge_server.core import inputs
from twsbridge_server.core.rights import Rights


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


def test_status_shows_nothing_of_accounts_that_the_key_does_not_reach() -> None:
    driver = Driver()
    driver.ready()
    driver.ask(place())
    driver(inputs.SubscriptionOpened("md|1@SMART|", "alice"))
    driver(inputs.TwsErrorReceived(-1, 2100, f"Something about {ACCOUNT}"))
    found = Break(subject="fills", account=ACCOUNT, text="odd")
    driver.bridge._parts.recount._breaks.found("b", found, driver.now)
    own = driver.ask(commands.GetStatus()).body
    far = inputs.Client(b"f", "far", rights=Rights(accounts=("DU9",)))
    other = driver.ask(commands.GetStatus(), client=far).body
    assert [len(part) for part in (own.accounts, own.lines, own.notices, own.breaks)] == [1, 1, 1, 1]
    assert (other.accounts, other.lines, other.notices, other.breaks, other.working_orders) == ([], [], [], [], 0)
    assert other.lines_in_use == 1
    assert ACCOUNT not in other.model_dump_json()
