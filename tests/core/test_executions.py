from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tests.core.rig import ACCOUNT, OrderRig, fill, of, published, rows
from twsbridge.protocol.events import RECONCILED
from twsbridge.protocol.models import Commission, Contract, Execution
from twsbridge_server.core import effects as fx
from twsbridge_server.core.inputs import CommissionReceived, ExecutionReceived
from twsbridge_server.core.restored import Restored

FIRST = "0000e0d5.69dd7411.01.01"
SECOND = "0000e0d5.69dd7411.01.02"


def report(rig: OrderRig, execution: Execution, req_id: int = -1, ref: str = "") -> list[fx.Effect]:
    return rig.executions.received(ExecutionReceived(req_id, execution, ref), rig.now)


def commission(rig: OrderRig, exec_id: str = FIRST, amount: str = "1") -> list[fx.Effect]:
    paid = Commission(exec_id=exec_id, commission=Decimal(amount), currency="USD")
    return rig.executions.commission(CommissionReceived(paid), rig.now)


def test_a_fill_is_journaled_published_and_named_after_its_order() -> None:
    rig = OrderRig()
    rig.place()
    effects = report(rig, fill())
    assert published(effects) == ["execution", "order Filled"]
    body = of(fx.PublishEvent, effects)[0].body
    assert (body["owner"], body["client_order_id"]) == ("alice", "k1")
    assert isinstance(effects[0], fx.AppendJournal)


def test_a_fill_is_published_once_live_or_asked_for() -> None:
    rig = OrderRig()
    report(rig, fill())
    assert report(rig, fill()) == [] and report(rig, fill(), req_id=2_000_000_000) == []


def test_a_fill_is_known_after_a_restart() -> None:
    (row,) = rows(report(OrderRig(), fill()), fx.ExecutionRow)
    again = OrderRig(Restored(epoch="e" * 16, executions={row.exec_id: row.body}))
    assert report(again, fill()) == []


def test_a_fill_learnt_by_a_sweep_is_marked() -> None:
    event = of(fx.PublishEvent, report(OrderRig(), fill(), req_id=2_000_000_000))[0]
    assert event.flags == RECONCILED


def test_a_fill_without_a_readable_time_happened_now() -> None:
    rig = OrderRig()
    assert of(fx.PublishEvent, report(rig, fill(time_us=0)))[0].body["time_us"] == rig.now
    assert of(fx.PublishEvent, report(rig, fill("E", time_us=7)))[0].body["time_us"] == 7


def test_a_foreign_fill_is_published_without_an_owner() -> None:
    body = of(fx.PublishEvent, report(OrderRig(), fill(perm_id=5, client_id=0)))[0].body
    assert body["owner"] is None


def test_the_commission_of_a_foreign_fill_is_published_with_it() -> None:
    """backtrader2#53: it names no order, and the handler knew orders of its own only."""
    rig = OrderRig()
    report(rig, fill(perm_id=5, client_id=0, order_id=0))
    assert published(commission(rig)) == ["commission"]


def test_the_order_reference_finds_the_order_when_the_order_id_does_not() -> None:
    rig = OrderRig()
    rig.place()
    record = rig.orders.by_order_id(1)
    assert record is not None
    effects = report(rig, fill(order_id=None, perm_id=None, client_id=None), ref=record.order_ref)
    assert of(fx.PublishEvent, effects)[0].body["client_order_id"] == "k1"


def test_a_correction_takes_the_place_of_the_first() -> None:
    """ib_insync#364: .02 was added to the position as if it were a second fill."""
    rig = OrderRig()
    rig.place()
    report(rig, fill(FIRST))
    effects = report(rig, fill(SECOND, price=189.0))
    assert published(effects) == ["correction"]
    assert of(fx.PublishEvent, effects)[0].body["replaces"] == FIRST


def test_an_execution_behind_its_own_correction_is_not_a_second_fill() -> None:
    rig = OrderRig()
    report(rig, fill(SECOND))
    assert published(report(rig, fill(FIRST))) == []


def test_ids_that_are_not_of_ibs_form_have_no_revisions() -> None:
    rig = OrderRig()
    assert published(report(rig, fill("E.1", perm_id=5))) == ["execution"]
    assert published(report(rig, fill("E.2", perm_id=5))) == ["execution"]


def test_the_legs_of_a_combo_are_executions_of_their_own() -> None:
    rig = OrderRig()
    for exec_id in ("00025b49.6abe16db.01.01", "00025b49.6abe16db.01.01.01", "00025b49.6abe16db.01.02.01"):
        assert "execution" in published(report(rig, fill(exec_id, perm_id=5)))


def test_a_leg_of_a_combo_does_not_fill_its_order() -> None:
    """Two shares of a leg for each combo: five shares are two combos and a half."""
    rig = OrderRig()
    rig.place()
    record = rig.orders.by_order_id(1)
    assert record is not None
    bag = record.state.contract.model_copy(update={"sec_type": "BAG", "con_id": 28812380})
    rig.open_order(contract=bag)
    assert published(report(rig, fill("00025b49.6abe16db.01.02.01"))) == ["execution"]
    assert published(report(rig, fill("00025b49.6abe16db.01.01", contract=bag)))[-1] == "order Filled"


def test_a_commission_is_published_once_on_the_stream_of_its_fill() -> None:
    rig = OrderRig()
    report(rig, fill())
    (event,) = of(fx.PublishEvent, commission(rig))
    assert (event.topic, event.type) == (f"ord|{ACCOUNT}|", "commission")
    assert commission(rig) == []


def test_a_commission_ahead_of_its_fill_waits_for_it() -> None:
    rig = OrderRig()
    assert commission(rig) == []
    assert published(report(rig, fill(perm_id=5))) == ["execution", "commission"]


@given(st.lists(st.tuples(st.integers(1, 6), st.booleans()), max_size=40))
def test_each_fill_and_each_commission_once_whatever_the_order(said: list[tuple[int, bool]]) -> None:
    rig = OrderRig()
    out: list[str] = []
    for number, is_fill in said:
        exec_id = f"0000e0d5.{number:08x}.01.01"
        effects = report(rig, fill(exec_id, perm_id=5)) if is_fill else commission(rig, exec_id)
        out += [f"{e.type}:{e.body['exec_id']}" for e in of(fx.PublishEvent, effects)]
    filled = {n for n, is_fill in said if is_fill}
    paid = {n for n, is_fill in said if not is_fill} & filled
    assert sorted(out) == sorted(
        [f"execution:0000e0d5.{n:08x}.01.01" for n in filled] + [f"commission:0000e0d5.{n:08x}.01.01" for n in paid]
    )


def test_a_later_number_on_another_contract_is_no_correction() -> None:
    rig = OrderRig()
    report(rig, fill(FIRST))
    other = fill(SECOND, contract=Contract(con_id=4815747, symbol="NVDA", sec_type="STK"), order_id=9, perm_id=99)
    assert published(report(rig, other)) == ["execution"]
