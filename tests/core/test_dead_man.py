from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.core.rig import ACCOUNT, BUY, CONTRACT, SETTINGS, of
from tests.core.simulated_world import Disk
from tests.core.test_bridge import Driver, tws_calls
from twsbridge.protocol import commands
from twsbridge.protocol.models import OrderState
from twsbridge.protocol.replies import OrderReply, OrderRows, OwnerStatus, Status
from twsbridge_server.core import calls, inputs
from twsbridge_server.core import effects as fx
from twsbridge_server.core.bridge import Bridge
from twsbridge_server.core.degraded import DegradingBridge, JournalFails, JournalWorks
from twsbridge_server.core.leases import MOST

ALICE = inputs.Client(b"a", "alice")
SELL = BUY.model_copy(update={"action": "SELL"})


class Watched(Driver):
    """A bridge with a disk, and alice, who places orders with a dead-man switch."""

    def __init__(self, on_death: str = "cancel", grace_ms: int = 3000) -> None:
        super().__init__()
        self.disk = Disk()
        self.greeting = {"protocol": [1, 1], "lease": "L", "on_death": on_death, "grace_ms": grace_ms}
        self.connect_and_compare()
        self.hello()

    def __call__(self, *happened: Any) -> list[fx.Effect]:
        effects = super().__call__(*happened)
        for append in of(fx.AppendJournal, effects):
            self.disk.write(append.row)
        return effects

    def connect_and_compare(self, *orders: inputs.OpenOrder, position: int = 0) -> None:
        self.connect()
        self(*orders)
        (*_, query) = [call for call in tws_calls(self.done) if isinstance(call, calls.ReqExecutions)]
        self(inputs.OpenOrderEnd(), inputs.CompletedOrdersEnd(), inputs.ExecutionsEnd(query.req_id))
        self.position(position)
        self(inputs.PositionEnd())

    def position(self, size: int) -> None:
        self(inputs.PositionRow(ACCOUNT, CONTRACT, Decimal(size), 190.0))

    def hello(self, **more: Any) -> None:
        self.ask(commands.Hello(**{**self.greeting, **more}), client=ALICE, sid="")

    def place(self, key: str = "k1", order: Any = BUY) -> int:
        command = commands.PlaceOrder(client_order_id=key, contract=CONTRACT, order=order)
        body = self.ask(command, client=ALICE).body
        assert isinstance(body, OrderReply)
        assert body.order.order_id is not None
        self.opened(body.order)
        return body.order.order_id

    def opened(self, order: OrderState, status: str = "Submitted") -> list[fx.Effect]:
        return self(self.as_open(order, status))

    def as_open(self, order: OrderState, status: str = "Submitted") -> inputs.OpenOrder:
        record = self.parts.orders.by_order_id(order.order_id or 0)
        assert record is not None
        number = order.order_id or 0
        return inputs.OpenOrder(
            order_id=number, perm_id=900 + number, client_id=1, contract=CONTRACT, order=order.order,
            order_ref=record.order_ref, status=status, parent_id=None,
        )  # fmt: skip

    def cancelled(self, order_id: int) -> list[fx.Effect]:
        said = inputs.OrderStatus(
            order_id, "Cancelled", Decimal(0), Decimal(5), None, 900 + order_id, None, None, 1, ""
        )
        return self(said, inputs.TwsErrorReceived(order_id, 202, "Order Canceled - reason:", ""))

    @property
    def parts(self) -> Any:
        bridge = self.bridge._bridge if isinstance(self.bridge, DegradingBridge) else self.bridge
        return bridge._parts

    def order(self, order_id: int) -> OrderState:
        body = self.ask(commands.ListOrders(live=False), client=inputs.Client(b"x", "eve")).body
        assert isinstance(body, OrderRows)
        (row,) = [row for row in body.rows if row.order_id == order_id]
        return row

    def restart(self) -> None:
        self.bridge = Bridge(SETTINGS, self.disk.restored())
        self.done.clear()

    def owners(self, **asked: Any) -> list[OwnerStatus]:
        body = self.ask(commands.GetStatus(), **{"client": inputs.Client(b"x", "eve"), **asked}).body
        assert isinstance(body, Status)
        return body.owners


def cancels(effects: list[fx.Effect]) -> list[int]:
    return [call.order_id for call in tws_calls(effects) if isinstance(call, calls.CancelOrder)]


def owner_events(effects: list[fx.Effect]) -> list[tuple[str, int]]:
    return [(e.body["state"], e.body["orders"]) for e in of(fx.PublishEvent, effects) if e.type == "owner"]


def test_silence_cancels_and_life_signs_prevent_it() -> None:
    driver = Watched()
    order_id = driver.place()
    for _ in range(10):
        assert cancels(driver.wait(2.0)) == []
        driver.ask(commands.Ping(), client=ALICE, sid="")
    assert cancels(driver.wait(2.9)) == []
    effects = driver.wait(0.2)
    assert cancels(effects) == [order_id]
    assert owner_events(effects) == [("gone", 1)]
    reason = driver.order(order_id).reason
    assert reason is not None
    assert "alice has been silent for 3 s: it is cancelled" in reason.text
    assert owner_events([*driver.cancelled(order_id), *driver.wait(0.1)]) == [("done", 0)]
    after = driver.order(order_id)
    assert (after.status, after.on_death, after.reason) == ("Cancelled", "cancel", reason)


def test_another_process_with_the_same_key_is_no_life_sign() -> None:
    driver = Watched()
    order_id = driver.place()
    effects = []
    for _ in range(4):
        driver.ask(commands.Ping(), client=inputs.Client(b"other", "alice"), sid="")
        effects += driver.wait(1.0)
    assert cancels(effects) == [order_id]


def test_orders_of_sessions_that_chose_nothing_stay() -> None:
    driver = Watched("keep")
    driver.place()
    assert cancels(driver.wait(600)) == []
    assert driver.owners() == []


def test_a_cancel_is_sent_again_until_tws_has_answered() -> None:
    driver = Watched()
    order_id = driver.place()
    assert cancels(driver.wait(19.0)) == [order_id] * 4
    driver.opened(driver.order(order_id), "PendingCancel")
    assert cancels(driver.wait(60.0)) == []
    driver.cancelled(order_id)
    assert cancels(driver.wait(60.0)) == []


def test_an_outage_of_tws_only_delays_it() -> None:
    driver = Watched()
    order_id = driver.place()
    driver(inputs.TwsLost("gone"))
    assert cancels(driver.wait(60.0)) == []
    assert driver.owners()[0].state == "gone"
    driver.done.clear()
    open_order = driver.as_open(driver.order(order_id))
    driver.connect_and_compare(open_order)
    assert cancels(driver.done) == [order_id]


def test_a_restart_begins_the_grace_anew() -> None:
    driver = Watched()
    order_id = driver.place()
    driver.wait(2.0)
    open_order = driver.as_open(driver.order(order_id))
    driver.restart()
    driver.connect_and_compare(open_order)
    assert cancels(driver.wait(2.9)) == []
    assert cancels(driver.wait(0.2)) == [order_id]


def test_who_comes_back_after_a_restart_keeps_its_orders() -> None:
    driver = Watched()
    order_id = driver.place()
    open_order = driver.as_open(driver.order(order_id))
    driver.restart()
    driver.connect_and_compare(open_order)
    driver.hello()
    for _ in range(5):
        driver.ask(commands.Ping(), client=ALICE, sid="")
        assert cancels(driver.wait(2.0)) == []


def test_what_was_decided_outlives_a_restart_and_the_return_of_the_owner() -> None:
    driver = Watched()
    order_id = driver.place()
    driver(inputs.TwsLost("gone"))
    driver.wait(4.0)
    open_order = driver.as_open(driver.order(order_id))
    driver.restart()
    driver.hello()
    driver.connect_and_compare(open_order)
    assert cancels(driver.done) == [order_id]


def test_orders_that_only_reduce_stay_and_are_watched() -> None:
    driver = Watched("reduce_only")
    entry, exit_ = driver.place("in", BUY), driver.place("out", SELL)
    driver.position(5)
    assert cancels(driver.wait(3.1)) == [entry]
    driver.cancelled(entry)
    assert cancels(driver.wait(60.0)) == []
    reason = driver.order(exit_).reason
    assert reason is not None
    assert "stays while it only reduces" in reason.text
    driver.position(2)
    assert cancels(driver.wait(5.0)) == [exit_]


def test_the_owner_that_returns_gets_its_watched_orders_back() -> None:
    driver = Watched("reduce_only")
    exit_ = driver.place("out", SELL)
    driver.position(5)
    driver.wait(4.0)
    back = driver(inputs.CommandReceived(ALICE, "q", commands.Ping()))
    assert owner_events(back) == [("back", 0)]
    driver.position(0)
    for _ in range(6):
        assert cancels(driver.wait(2.0)) == []
        driver.ask(commands.Ping(), client=ALICE, sid="")
    assert driver.order(exit_).reason is None
    assert cancels(driver.wait(4.0)) == [exit_]


def test_positions_that_are_not_known_decide_nothing() -> None:
    driver = Watched("reduce_only")
    exit_ = driver.place("out", SELL)
    open_order = driver.as_open(driver.order(exit_))
    driver(inputs.TwsLost("gone"))
    driver.wait(10.0)
    driver.connect()
    driver(open_order)
    assert cancels(driver.wait(30.0)) == []
    driver.position(5)
    driver(inputs.PositionEnd())
    assert cancels(driver.wait(30.0)) == []


@pytest.mark.parametrize(("orders", "sent"), [("keep", []), ("cancel", [7]), ("reduce_only", [7])])
def test_a_goodbye_is_the_owners_word(orders: Any, sent: list[int]) -> None:
    driver = Watched()
    driver.place()
    assert driver.ask(commands.Bye(orders=orders), client=ALICE).error is None
    driver.wait(3.5)
    assert cancels(driver.done) == sent
    assert driver.order(7).on_death == orders


def test_a_goodbye_about_orders_needs_a_lease() -> None:
    driver = Watched("keep")
    error = driver.ask(commands.Bye(orders="cancel"), client=ALICE).error
    assert error is not None
    assert error.code == "req.invalid"


def test_who_takes_an_order_over_holds_it_from_then_on() -> None:
    driver = Watched()
    order_id = driver.place()
    driver.hello(lease="M")
    driver.ask(commands.TakeOrder(order_id=order_id), client=ALICE)
    for _ in range(5):
        assert cancels(driver.wait(2.0)) == []
        driver.ask(commands.Ping(), client=ALICE, sid="")
    assert cancels(driver.wait(3.1)) == [order_id]


def test_an_order_that_is_given_away_stays() -> None:
    driver = Watched()
    order_id = driver.place()
    driver(inputs.ClientsChanged((ALICE, inputs.Client(b"", "bob"))))
    driver.ask(commands.GiveOrder(order_id=order_id, to="bob"), client=ALICE)
    assert cancels(driver.wait(60.0)) == []
    assert driver.order(order_id).on_death == "keep"


def test_status_shows_who_holds_what() -> None:
    driver = Watched()
    driver.place()
    driver.wait(1.0)
    (row,) = driver.owners()
    assert (row.client, row.state, row.on_death, row.grace_ms, row.orders) == ("alice", "alive", "cancel", 3000, 1)
    assert 900 <= row.silent_ms <= 1100
    far = inputs.Client(b"x", "far", rights=type(ALICE.rights)(accounts=("DU7",)))
    assert driver.owners(client=far) == []


def test_a_failing_journal_forgets_no_living_process_and_no_dead_one() -> None:
    driver = Watched()
    order_id = driver.place()
    open_order = driver.as_open(driver.order(order_id))
    driver.bridge = DegradingBridge(SETTINGS, driver.disk.restored())  # type: ignore[assignment]
    driver.connect_and_compare(open_order)
    driver.hello()
    driver(JournalFails("full", driver.disk.restored()))
    for _ in range(3):
        assert cancels(driver.wait(2.0)) == []
        driver.ask(commands.Ping(), client=ALICE, sid="")
    driver(JournalWorks(driver.disk.restored()))
    driver.connect_and_compare(open_order)
    assert cancels(driver.wait(2.0)) == []
    assert cancels(driver.wait(1.5)) == [order_id]


def test_too_many_leases_end_the_longest_silent() -> None:
    driver = Watched()
    order_id = driver.place()
    for number in range(MOST):
        driver.ask(
            commands.Hello(**{**driver.greeting, "lease": f"L{number}"}), client=inputs.Client(b"%d" % number, "alice")
        )
    assert cancels(driver.done) == [order_id]
