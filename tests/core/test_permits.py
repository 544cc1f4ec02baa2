from __future__ import annotations

import pytest

from tests.core.rig import ACCOUNT, OrderRig
from twsbridge.protocol.errors import make_error
from twsbridge_server.core import session as states
from twsbridge_server.core.permits import choose_account, refusal_of_cancels, refusal_of_orders

CODES = {
    states.DISCONNECTED: ("tws.disconnected", "tws.disconnected"),
    states.CONNECTING: ("tws.disconnected", "tws.disconnected"),
    states.STARTING: ("tws.disconnected", "tws.disconnected"),
    states.REFUSED: ("tws.live_refused", "tws.live_refused"),
    states.RECONCILING: ("br.starting", None),
    states.LINK_DOWN: ("tws.link_down", None),
    states.READY: (None, None),
}


@pytest.mark.parametrize("state", CODES)
def test_what_each_state_allows(state: str) -> None:
    session = OrderRig().session
    session.state = state
    session.refused = make_error("tws.live_refused", "U1234567") if state == states.REFUSED else None
    refusals = refusal_of_orders(session, 0), refusal_of_cancels(session)
    assert tuple(refusal and refusal.code for refusal in refusals) == CODES[state]


def test_read_only_refuses_orders_but_not_cancels() -> None:
    session = OrderRig().session
    session.read_only = True
    refusal = refusal_of_orders(session, 0)
    assert refusal is not None and refusal.code == "tws.read_only"
    assert refusal_of_cancels(session) is None


def test_choosing_an_account() -> None:
    session = OrderRig().session
    assert choose_account(session, "") == (ACCOUNT, None)
    assert choose_account(session, "DU999")[1].code == "auth.account"
    session.accounts = (ACCOUNT, "DU7654321")
    assert choose_account(session, "")[1].field == "order.account"
    assert choose_account(session, "DU7654321") == ("DU7654321", None)
