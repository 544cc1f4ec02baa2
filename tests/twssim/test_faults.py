from __future__ import annotations

from typing import Any

import pytest

from tests.twssim.official import gateway
from twssim.faults import ACTIONS, Faults
from twssim.stage import FaultRefused


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
