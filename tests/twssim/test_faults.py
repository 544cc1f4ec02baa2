from __future__ import annotations

from inspect import signature
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.twssim.fault_rig import FaultRig
from tests.twssim.official import gateway
from twssim.faults import ACTIONS, Faults
from twssim.stage import FaultRefused
from twssim.transport_faults import ACTIONS as NETWORK

ONCE = {"burst", "notice", "socket_port", "malformed", "manual_order", "reset_order_ids", "correction", "bust"}
LASTING = ACTIONS.keys() - NETWORK.keys() - ONCE


@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_says_what_it_does(action: str) -> None:
    assert ACTIONS[action].__doc__


@pytest.mark.parametrize(
    ("action", "arguments", "complaint"),
    [
        ("earthquake", {}, "there is no fault 'earthquake': choose from cut, "),
        ("cut", {"where": 1}, "cut has no argument 'where': it takes direction, after"),
        ("cut", {"after": "1"}, "cut: after must be int, not '1'"),
        ("cut", {"after": True}, "cut: after must be int, not True"),
        ("cut", {"client_id": 1.5}, "client_id must be int | None"),
        ("cut", {"seconds": -1}, "seconds must be"),
        ("cut", {}, "sockets"),
    ],
)
def test_a_mistake_is_named_and_changes_nothing(action: str, arguments: dict[str, Any], complaint: str) -> None:
    tws = gateway()
    faults = Faults(tws)
    with pytest.raises(FaultRefused) as refused:
        faults.apply(action, **arguments)
    assert complaint in str(refused.value)
    assert not tws.ledger.of("fault") and not faults.active


def test_a_fault_ends_by_itself_or_is_replaced_and_the_ledger_tells() -> None:
    rig = FaultRig()
    rig.faults.apply("lose_orders", seconds=5.0)
    rig.faults.apply("lose_orders", seconds=20.0)
    rig.client.after(10.0)
    assert rig.faults.active == ("lose_orders",)
    rig.client.after(15.0)
    rig.faults.apply("burst")
    rig.faults.clear("lose_orders")
    told = [(record["action"], record["state"]) for record in rig.tws.ledger.of("fault")]
    assert told == [("lose_orders", state) for state in ("on", "off", "on", "off")] + [("burst", "done")]


@given(st.permutations(sorted(LASTING)))
def test_all_faults_together_leave_nothing_behind(order_of_actions: list[str]) -> None:
    rig = FaultRig()
    for action in order_of_actions:
        rig.faults.apply(action)
    rig.faults.clear()
    tampering = rig.tws.tampering
    assert not (tampering.answers or tampering.requests or tampering.busy or rig.tws.ledger.watchers)
    assert tampering.held is None and not rig.faults.active and not rig.tws.settings.read_only


@pytest.mark.parametrize("action", ACTIONS)
def test_no_argument_is_taken_by_the_call_itself(action: str) -> None:
    assert not {"action", "seconds"} & signature(ACTIONS[action]).parameters.keys()
