from __future__ import annotations

from tests.twssim.fault_rig import FaultRig
from tests.twssim.official import names, order, stock
from twssim.answers import CurrentTime, OpenOrder
from twssim.tampering import Tampering, frozen


def test_without_filters_all_passes() -> None:
    rig, answer = FaultRig(), CurrentTime(1.0)
    assert list(Tampering().sent(rig.client.session, answer)) == [answer]


def test_filters_follow_each_other_in_both_directions() -> None:
    rig = FaultRig()
    tampering = rig.tws.tampering
    tampering.answers["double"] = lambda session, answer: [answer, answer]
    tampering.answers["again"] = lambda session, answer: [answer, answer]
    rig.client.reqCurrentTime()
    assert names(rig.client.take()) == ["currentTime"] * 4
    later = []
    tampering.requests["first"] = lambda session, request, proceed: later.append(proceed)
    tampering.requests["second"] = lambda session, request, proceed: (proceed(), proceed()) and None
    rig.client.reqCurrentTime()
    assert rig.client.take() == []
    later[0]()
    assert names(rig.client.take()) == ["currentTime"] * 8


def test_a_frozen_answer_keeps_the_state_of_its_moment() -> None:
    rig = FaultRig()
    rig.client.placeOrder(1, stock(), order("LMT", "BUY", 1, limit=1.0))
    known = rig.tws.orders.find(1, 1)
    assert known is not None
    kept = frozen(OpenOrder(known))
    known.status = "Filled"
    assert isinstance(kept, OpenOrder) and kept.order.status == "PendingSubmit"
