from __future__ import annotations

from typing import Any

from tests.core.rig import ACCOUNT, SETTINGS, of
from tests.core.test_bridge import Driver, place, tws_calls
from twsbridge.protocol import commands
from twsbridge_server.core import calls, inputs
from twsbridge_server.core import effects as fx
from twsbridge_server.core.degraded import DegradingBridge, JournalFails, JournalWorks
from twsbridge_server.core.restored import Restored

EMPTY = Restored(epoch="e" * 16)
REASON = "The journal cannot be written: no space left"


class Degrading(Driver):
    """A driver of a bridge whose journal may fail."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.bridge = DegradingBridge(SETTINGS, EMPTY)  # type: ignore[assignment]

    def fail(self, *turn: Any, restored: Restored = EMPTY) -> list[fx.Effect]:
        """The turn with these inputs cannot be written."""
        undone = tuple(effect for each in turn for effect in self.bridge.handle(each, self.now))
        return self(JournalFails(REASON, restored, turn, undone))  # type: ignore[arg-type]

    def again(self) -> list[fx.Effect]:
        """The pause is over and TWS is back."""
        effects = self.wait(1.0)
        assert of(fx.ConnectTws, effects)
        self(inputs.TwsConnected(200, ""), inputs.ManagedAccounts((ACCOUNT,)), inputs.NextValidId(7))
        (*_, query) = [c for c in tws_calls(self.done) if isinstance(c, calls.ReqExecutions)]
        ends = (inputs.OpenOrderEnd(), inputs.CompletedOrdersEnd(), inputs.ExecutionsEnd(query.req_id))
        return self(*ends)


def published(effects: list[fx.Effect], kind: str) -> list[fx.PublishEvent]:
    return [event for event in of(fx.PublishEvent, effects) if event.type == kind]


def command(body: commands.Command, request_id: str = "q") -> inputs.CommandReceived:
    return inputs.CommandReceived(inputs.Client(b"r", "alice"), request_id, body, sid="run1")


def failed(**more: Any) -> Degrading:
    driver = Degrading()
    driver.ready()
    driver.fail(**more)
    return driver


def test_the_order_of_a_turn_that_was_not_written_is_refused_and_forgotten() -> None:
    driver = Degrading()
    driver.ready()
    effects = driver.fail(command(place()))
    (reply,) = of(fx.SendReply, effects)
    assert (reply.error.code, reply.error.outcome, reply.error.retry) == ("br.journal", "rejected", "after:5000")
    assert REASON in reply.error.msg
    assert not [c for c in of(fx.CallTws, effects) if isinstance(c.call, calls.PlaceOrder)]
    assert driver.ask(commands.ListOrders()).body.rows == []


def test_every_command_of_the_turn_is_answered_once() -> None:
    driver = Degrading()
    driver.ready()
    turn = [command(place(wait="filled"), "1"), command(commands.Ping(), "2"), command(commands.GetStatus(), "3")]
    replies = of(fx.SendReply, driver.fail(*turn))
    assert sorted(reply.request_id for reply in replies) == ["1", "2", "3"]


def test_who_waited_for_something_else_is_answered() -> None:
    driver = Degrading()
    driver.ready()
    driver(command(place(wait="filled"), "before"))
    (reply,) = of(fx.SendReply, driver.fail())
    assert (reply.request_id, reply.error.outcome) == ("before", "unknown")


def test_nothing_that_has_to_be_on_the_disk_first_goes_out() -> None:
    driver = failed()
    effects = [*driver.wait(0.5), *driver.again(), *driver.wait(3)]
    assert not of(fx.AppendJournal, effects)
    assert not [event for event in of(fx.PublishEvent, effects) if event.seq]
    assert of(fx.PublishEvent, effects)[-1].body["state"] == "DEGRADED"


def test_it_says_so_and_says_how_tws_is() -> None:
    driver = failed()
    driver.again()
    status = driver.ask(commands.GetStatus()).body
    assert status.state == "DEGRADED"
    assert status.reason == f"{REASON}. TWS: READY, ready"
    assert (status.journal.state, status.journal.reason) == ("failed", REASON)
    assert status.uptime_s == 1


def test_a_cancel_passes_and_a_change_does_not() -> None:
    driver = Degrading()
    driver.ready()
    placed = driver(command(place()))
    rows = {row.row_key: row.body for e in of(fx.AppendJournal, placed) if isinstance(row := e.row, fx.OrderRow)}
    driver.fail(restored=Restored(epoch="e" * 16, next_order_id=8, orders=rows))
    driver.again()
    (sent,) = of(fx.CallTws, driver(command(commands.CancelOrder(order_id=7))))
    assert sent.call == calls.CancelOrder(7)
    assert driver.ask(commands.ModifyOrder(order_id=7, order=place().order)).error.code == "br.journal"


def test_market_data_stays_subscribed() -> None:
    driver = Degrading()
    driver.ready()
    driver(inputs.SubscriptionOpened("md|1@SMART|"))
    driver.fail()
    before = len(driver.done)
    driver.again()
    assert [call for call in tws_calls(driver.done[before:]) if isinstance(call, calls.ReqMarketData)]


def test_when_it_works_again_subscribers_hear_of_the_gap_and_everything_is_compared() -> None:
    driver = failed()
    since = driver.now
    driver.wait(3)
    effects = driver(JournalWorks(EMPTY))  # type: ignore[arg-type]
    (gap,) = published(effects, "gap")
    assert (gap.seq, gap.body["since_us"]) == (1, since)
    assert REASON in gap.body["reason"]
    (resumed,) = published(driver.again(), "resumed")
    assert resumed.body["since_us"] == since
    assert driver.ask(place()).body.order.order_id == 7
    assert driver.ask(commands.GetStatus()).body.journal.state == "works"


def test_a_disk_that_fails_again_at_once_keeps_the_beginning_of_the_gap() -> None:
    driver = failed()
    since = driver.now
    driver.wait(2)
    driver.fail(JournalWorks(EMPTY))
    driver.wait(2)
    (gap,) = published(driver(JournalWorks(EMPTY)), "gap")  # type: ignore[arg-type]
    assert gap.body["since_us"] == since


def test_it_can_be_stopped_meanwhile() -> None:
    assert of(fx.Stop, failed()(inputs.DrainAsked()))


def test_what_an_admin_said_of_going_down_outlives_the_memory_that_heard_it() -> None:
    driver = Degrading()
    driver.ready()
    driver(command(place(wait="filled")))
    admin = inputs.Client(b"a", "root", "admin")
    driver(inputs.CommandReceived(admin, "d", commands.Drain(window_ms=60_000, expect_back_s=9), sid="run1"))
    effects = driver.fail(inputs.TwsErrorReceived(-1, 2104, "OK:usfarm"))
    assert of(fx.Stop, effects)


def test_a_journal_that_fails_while_it_goes_down_does_not_keep_it_up() -> None:
    driver = Degrading()
    driver.ready()
    driver(command(place(wait="filled")))
    assert not of(fx.Stop, driver(inputs.DrainAsked()))
    effects = driver.fail(inputs.TwsErrorReceived(-1, 2104, "OK:usfarm"))
    assert of(fx.Stop, effects) and of(fx.SendReply, effects)
