from __future__ import annotations

from tests.core.rig import BUY, CONTRACT, OrderRig, of, published, rows
from twsbridge.protocol.errors import make_error
from twsbridge_server.core import calls
from twsbridge_server.core import effects as fx
from twsbridge_server.core.admission import Wanted
from twsbridge_server.core.inputs import CallMissed
from twsbridge_server.core.order_record import Links, OrderRecord
from twsbridge_server.core.placements import Placements, placement
from twsbridge_server.core.restored import Restored

KEY = ("alice", "k1")
LATE = make_error("req.expired", "too late")


def intended(rig: OrderRig) -> OrderRecord:
    """An order that is in the journal and waits for its turn."""
    record, _ = rig.placements.intend(KEY, b"hash", Wanted("k1", CONTRACT, BUY), Links(), rig.now)
    return record


def test_an_order_that_waits_for_its_turn_is_not_yet_awaited() -> None:
    rig = OrderRig()
    record = intended(rig)
    assert record.is_queued and rig.placements.next_due() is None
    rig.placements.sent(placement(record), rig.now + 7)
    assert not record.is_queued and record.sent_us == rig.now + 7
    assert published(rig.placements.due(rig.placements.next_due() or 0)) == ["order UNKNOWN"]


def test_a_sweep_says_nothing_of_an_order_that_was_not_sent() -> None:
    rig = OrderRig()
    record = intended(rig)
    for _ in range(3):
        rig.now += 20_000_000
        rig.reconcile.start(rig.now)
        for part in ("open orders", "executions", "completed orders"):
            rig.reconcile.ended(part, rig.now)
    assert record.state.status == "PendingSubmit"


def test_what_was_never_sent_is_known_not_to_exist_and_the_caller_hears_it() -> None:
    rig = OrderRig()
    effects = rig.place(wait="acknowledged")
    record = rig.orders.by_order_id(1)
    assert record is not None
    record.is_queued = True
    effects = rig.placements.unsent(of(fx.CallTws, effects), LATE, rig.now)
    assert published(effects) == ["order NOT_FOUND"]
    (reply,) = of(fx.SendReply, effects)
    assert reply.error == LATE and record.state.reason and record.state.reason.tws_code == 0


def test_an_order_that_missed_its_turn_is_known_not_to_exist() -> None:
    rig = OrderRig()
    (call,) = of(fx.CallTws, rig.place(wait="acknowledged"))
    rig.placements.sent(call.call, rig.now)
    effects = rig.placements.missed(CallMissed(call.call), rig.now)
    assert published(effects) == ["order NOT_FOUND"]
    (reply,) = of(fx.SendReply, effects)
    assert reply.error is not None and reply.error.code == "req.expired"
    assert rig.placements.next_due() is None


def test_a_change_that_missed_its_turn_leaves_the_order_as_it_was() -> None:
    rig = OrderRig()
    rig.place()
    rig.open_order()
    record = rig.orders.by_order_id(1)
    assert record is not None
    record.change = BUY
    rig.placements.sent(placement(record), rig.now)
    effects = rig.placements.missed(CallMissed(placement(record)), rig.now)
    assert record.change is None and record.state.status != "NOT_FOUND" and not record.is_queued
    assert all("NOT_FOUND" not in each for each in published(effects))


def test_a_change_that_was_never_sent_leaves_the_order_as_it_was() -> None:
    rig = OrderRig()
    rig.place()
    rig.open_order()
    record = rig.orders.by_order_id(1)
    assert record is not None
    record.change = BUY
    effects = rig.placements.unsent([fx.CallTws(placement(record))], LATE, rig.now)
    assert record.change is None and record.state.status == "Submitted" and not published(effects)


def test_other_requests_concern_no_order() -> None:
    rig = OrderRig()
    assert rig.placements.unsent([fx.CallTws(calls.ReqPositions())], LATE, rig.now) == []


def test_the_journal_has_key_order_id_and_floor_before_anything_is_sent() -> None:
    rig = OrderRig()
    _, effects = rig.placements.intend(KEY, b"hash", Wanted("k1", CONTRACT, BUY), Links(), rig.now)
    assert [row.order_id for row in rows(effects, fx.IntentRow)] == [1]
    assert [row.next_order_id for row in rows(effects, fx.FloorRow)] == [2]
    assert not of(fx.CallTws, effects)
    assert rig.placements.meaning_of(KEY) == b"hash"


def test_an_order_in_a_group_is_sent_with_its_ties() -> None:
    rig = OrderRig()
    links = Links(parent_id=7, oca_group="G", oca_type=2)
    record, _ = rig.placements.intend(KEY, b"hash", Wanted("k1", CONTRACT, BUY), links, rig.now)
    call = placement(record, transmit=False)
    assert (call.parent_id, call.oca_group, call.oca_type, call.transmit) == (7, "G", 2, False)
    assert record.state.parent_id == 7 and record.state.oca_group == "G"


def test_a_sign_of_life_ends_the_wait() -> None:
    rig = OrderRig()
    rig.place()
    rig.open_order()
    assert rig.placements.next_due() is None


def test_a_key_that_tws_shows_and_the_journal_does_not_know_is_not_placed() -> None:
    """The journal is an older copy, or a new one; whatever its epoch, the reference of a key is the same."""
    known = OrderRig(Restored(epoch="before"))
    known.place()
    [call] = [effect.call for effect in of(fx.CallTws, known.place("k2"))]
    rig = OrderRig(Restored(epoch="after"))
    rig.placements.shown(call.order_ref, 902)
    rig.placements.shown("somebody's own words", 903)
    effects = rig.place("k2")
    (reply,) = of(fx.SendReply, effects)
    assert effects == [reply] and reply.error is not None
    assert (reply.error.code, reply.error.outcome) == ("idem.known_to_tws", "done")
    assert reply.error.details == {"perm_id": 902, "order_ref": call.order_ref}
    assert len(of(fx.CallTws, rig.place("k1"))) == 1


def test_a_key_of_another_client_or_another_bridge_is_another_order() -> None:
    rig = OrderRig()
    references = {rig.placements.reference(key) for key in (KEY, ("bob", "k1"))}
    references.add(Placements(rig.orders, 2, Restored(epoch="e")).reference(KEY))
    assert len(references) == 3
