from __future__ import annotations

from decimal import Decimal

from tests.core.rig import ACCOUNT, BUY, CONTRACT, SETTINGS, OrderRig, of
from twsbridge.protocol.models import Order
from twsbridge_server.core import calls, inputs
from twsbridge_server.core import effects as fx
from twsbridge_server.core.accounts import Accounts
from twsbridge_server.core.answers import RequestIds
from twsbridge_server.core.leases import Lease
from twsbridge_server.core.order_record import Links, OrderRecord
from twsbridge_server.core.orphans import ENDING, RETRY_US, WATCHED, Orphans

SELL = Order(action="SELL", quantity=Decimal(5), order_type="STP", stop_price=180.0)


class Bereft:
    """Orders whose owner chose `on_death`, and a position of 5."""

    def __init__(self, on_death: str, *orders: Order) -> None:
        self.rig = OrderRig()
        accounts = Accounts(SETTINGS, RequestIds(), self.rig.sequencer)
        accounts.ready(1)
        accounts.position_row(inputs.PositionRow(ACCOUNT, CONTRACT, Decimal(5), 190.0), 1)
        accounts.position_end(inputs.PositionEnd(), 1)
        self.orphans = Orphans(self.rig.orders, self.rig.session, accounts, self.rig.reconcile)
        self.rig.orders.listeners.append(self.orphans.changed)
        for number, order in enumerate(orders, 1):
            self.rig.place(f"k{number}", order)
            self.rig.open_order(number)
            record = self.record(number)
            record.lease = Lease("alice", "L", on_death, 1)  # type: ignore[arg-type]
            record.state = record.state.model_copy(update={"on_death": on_death})

    def record(self, number: int) -> OrderRecord:
        record = self.rig.orders.by_order_id(number)
        assert record is not None
        return record

    def take(self) -> list[fx.Effect]:
        return self.orphans.take(self.orphans.of(("alice", "L")), "gone", self.rig.now)

    def cancels(self) -> list[int]:
        due = self.orphans.next_due()
        assert due is not None
        self.rig.now = max(self.rig.now, due)
        return [e.call.order_id for e in of(fx.CallTws, self.orphans.due(self.rig.now))]


def test_the_decision_is_in_the_journal_with_its_reason() -> None:
    bereft = Bereft("cancel", BUY)
    effects = bereft.take()
    (row,) = [e.row for e in of(fx.AppendJournal, effects) if isinstance(e.row, fx.OrderRow)]
    kept = OrderRecord.from_body(row.row_key, row.body)
    assert (kept.fate, kept.lease) == (ENDING, bereft.record(1).lease)
    assert kept.state.reason is not None
    assert kept.state.reason.text == "gone: it is cancelled, as its owner chose"


def test_an_unanswered_cancel_is_repeated_and_the_orders_are_compared() -> None:
    bereft = Bereft("cancel", BUY)
    bereft.take()
    assert bereft.cancels() == [1]
    assert bereft.rig.reconcile.next_due() is None
    before = bereft.rig.now
    assert bereft.cancels() == [1]
    assert bereft.rig.now == before + RETRY_US
    assert bereft.rig.reconcile.next_due() is not None


def test_the_end_of_an_order_is_looked_at_at_once() -> None:
    bereft = Bereft("cancel", BUY)
    bereft.take()
    bereft.cancels()
    bereft.rig.order_status(1, "Cancelled")
    assert bereft.orphans.next_due() == bereft.rig.now
    assert bereft.cancels() == []
    assert bereft.orphans.next_due() is None


def test_what_waits_for_its_parent_is_judged_after_the_parent() -> None:
    bereft = Bereft("reduce_only", BUY, SELL, SELL)
    for child in (2, 3):
        bereft.record(child).links = Links(parent_id=1, family=(1, 2, 3))
    bereft.take()
    assert bereft.cancels() == [1]
    assert bereft.record(2).fate == WATCHED
    bereft.rig.order_status(1, "Cancelled")
    assert bereft.cancels() == [3]


def test_nothing_is_sent_while_tws_is_away() -> None:
    bereft = Bereft("cancel", BUY)
    bereft.take()
    bereft.rig.session.lost("gone", bereft.rig.now)
    assert bereft.orphans.next_due() is None


def test_the_call_is_a_cancel() -> None:
    bereft = Bereft("cancel", BUY)
    bereft.take()
    assert of(fx.CallTws, bereft.orphans.due(bereft.rig.now)) == [fx.CallTws(calls.CancelOrder(1))]
