"""What the official client is told of its orders when TWS reports late, twice, in another order, or not."""

from __future__ import annotations

import pytest
from ibapi.execution import ExecutionFilter

from tests.twssim.fault_rig import FaultRig
from tests.twssim.official import names, of, order, stock, story


def placed(rig: FaultRig, quantity: int = 1, seconds: float = 5.0) -> list[str]:
    """Buy at the market; what the client is told."""
    rig.client.placeOrder(rig.tws.orders.next_valid_id(1), stock(), order("MKT", "BUY", quantity))
    return story(rig.client.after(seconds))


def test_status_never_and_often() -> None:
    rig = FaultRig()
    rig.faults.apply("order_status")
    assert not [line for line in placed(rig) if line.startswith("status")]
    rig.faults.apply("order_status", copies=3, status="Filled")
    lines = placed(rig)
    assert lines.count("status Filled 1/0") == 6
    assert lines.count("status PreSubmitted 0/1") == 2
    rig.faults.clear()
    assert placed(rig).count("status Filled 1/0") == 2


def test_an_open_order_never_and_often() -> None:
    rig = FaultRig()
    rig.faults.apply("open_order")
    lines = placed(rig)
    assert not [line for line in lines if line.startswith("open")] and "exec 1" in lines
    once = placed(FaultRig()).count("open Filled")
    rig.faults.apply("open_order", copies=2)
    assert placed(rig).count("open Filled") == 2 * once > 0


def test_reports_come_in_any_order_and_all_of_them() -> None:
    whole = placed(FaultRig())
    rig = FaultRig()
    rig.faults.apply("disorder", late=3.0)
    mixed = [placed(rig, seconds=10.0) for _ in range(3)]
    assert all(sorted(lines) == sorted(whole) for lines in mixed)
    assert any(lines != whole for lines in mixed)


def test_a_perm_id_comes_with_the_fill() -> None:
    rig = FaultRig()
    rig.faults.apply("perm_id_later")
    rig.client.placeOrder(rig.tws.orders.next_valid_id(1), stock(), order("MKT", "BUY", 1))
    perm_ids = [args[5] for args in of(rig.client.after(5.0), "orderStatus")]
    assert perm_ids[0] == 0 and perm_ids[-1] > 0 and perm_ids == sorted(perm_ids)


def test_muted_orders_are_filled_all_the_same() -> None:
    rig = FaultRig()
    rig.faults.apply("mute_orders")
    assert placed(rig) == []
    assert rig.tws.ledger.of("execution")
    rig.client.reqExecutions(7, ExecutionFilter())
    assert names(rig.client.after(1.0)) == ["execDetails", "execDetailsEnd"]


def test_the_fill_comes_first() -> None:
    rig = FaultRig()
    rig.faults.apply("fill_before_acknowledgement")
    lines = placed(rig)
    assert lines[:3] == ["exec 1", "open PreSubmitted", "status PreSubmitted 0/1"]
    assert lines[-1] == "commission"


@pytest.mark.parametrize(("mode", "count"), [("missing", 0), ("duplicate", 2), ("late", 1)])
def test_commissions(mode: str, count: int) -> None:
    rig = FaultRig()
    rig.faults.apply("commission", mode=mode, delay=10.0)
    early = placed(rig).count("commission")
    late = story(rig.client.after(20.0)).count("commission")
    assert (early, late) == ((0, count) if mode == "late" else (count, 0))


@pytest.mark.parametrize(
    ("mode", "heard"),
    [
        ("empty", ["execDetailsEnd"]),
        ("endless", ["execDetails", "commissionAndFeesReport"]),
        ("silent", []),
    ],
)
def test_executions_are_not_told_as_they_should(mode: str, heard: list[str]) -> None:
    rig = FaultRig()
    placed(rig)
    rig.faults.apply("executions", mode=mode)
    rig.client.reqExecutions(7, ExecutionFilter())
    assert names(rig.client.after(30.0)) == heard
    rig.faults.clear()
    rig.client.reqExecutions(8, ExecutionFilter())
    assert of(rig.client.after(1.0), "execDetailsEnd") == [(8,)]
