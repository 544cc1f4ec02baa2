from __future__ import annotations

import pytest

from tests.core.rig import ACCOUNT, SETTINGS, of, published
from twsbridge_server.core import calls
from twsbridge_server.core import effects as fx
from twsbridge_server.core.inputs import (
    ManagedAccounts,
    NextValidId,
    TwsConnected,
)
from twsbridge_server.core.permits import shown
from twsbridge_server.core.sequencer import Sequencer
from twsbridge_server.core.session import TRANSITIONS, Session

SECOND = 1_000_000


def make(**settings: object) -> Session:
    replaced = type(SETTINGS)(**{**{f: getattr(SETTINGS, f) for f in SETTINGS.__slots__}, **settings})
    return Session(replaced, Sequencer("e" * 16, {}))


def started(session: Session, account: str = ACCOUNT, now: int = 0) -> list[fx.Effect]:
    session.connect(now)
    return [
        *session.connected(TwsConnected(200, "20261122 10:00:00 EST"), now),
        *session.managed_accounts(ManagedAccounts((account,)), now),
        *session.next_valid_id(NextValidId(5), now),
    ]


def test_the_way_to_ready() -> None:
    session = make()
    effects = started(session)
    assert of(fx.CallTws, effects) == [fx.CallTws(calls.StartApi(1))]
    assert session.state == "RECONCILING" and session.mode == "paper"
    session.reconciled(True, 0)
    assert session.state == "READY"


@pytest.mark.parametrize("event", TRANSITIONS)
def test_an_event_that_the_table_lacks_changes_nothing(event: str) -> None:
    for state in ("DISCONNECTED", "CONNECTING", "STARTING", "RECONCILING", "READY", "LINK_DOWN", "REFUSED"):
        session = make()
        session.state = state
        session._move(event, "because", 0)
        assert session.state == TRANSITIONS[event].get(state, state)


def test_a_connection_that_was_given_up_before_its_handshake_was_told_delays_nothing() -> None:
    session = make()
    session.connect(0, soon=True)
    again = session.next_due()
    assert session.connected(TwsConnected(200, "20261122 10:00:00 EST"), 0) == []
    assert (session.state, session.next_due()) == ("DISCONNECTED", again)


def test_nothing_is_ready_before_both_accounts_and_order_id_are_there() -> None:
    session = make()
    session.connect(0)
    session.connected(TwsConnected(200, ""), 0)
    session.next_valid_id(NextValidId(5), 0)
    assert session.state == "STARTING"
    session.managed_accounts(ManagedAccounts((ACCOUNT,)), 0)
    assert session.state == "RECONCILING"


def test_a_live_account_is_refused_unless_it_is_allowed_by_name() -> None:
    session = make()
    effects = started(session, "U1234567")
    assert of(fx.DisconnectTws, effects) and session.state == "REFUSED"
    assert session.lost("closed", 0) == []
    allowed = make(live_accounts=frozenset({"U1234567"}))
    said = started(allowed, "U1234567")
    assert allowed.state == "RECONCILING" and allowed.mode == "live"
    assert fx.Log("warning", "this login is LIVE: U1234567") in said


def test_while_the_same_login_is_refused_it_is_said_once() -> None:
    session = make(reconnect_us=(SECOND,))
    said = started(session, "U1234567")
    for again in range(1, 4):
        session.due(again * SECOND)
        assert session.state == "CONNECTING" and session.refused is not None
        assert shown(session)[0] == "REFUSED" and "U1234567" in shown(session)[1]
        assert not of(fx.PublishEvent, started(session, "U1234567", again * SECOND))
    assert [e.body["state"] for e in of(fx.PublishEvent, said) if e.type == "session"][-1] == "REFUSED"
    session.due(4 * SECOND)
    session.lost("nothing listens", 4 * SECOND)
    assert shown(session) == ("DISCONNECTED", "nothing listens")
    session.due(5 * SECOND)
    started(session, ACCOUNT, 5 * SECOND)
    assert (session.state, session.refused) == ("RECONCILING", None)


def test_pauses_between_attempts_grow_and_start_again_after_success() -> None:
    session, now, pauses = make(), 0, []
    session.connect(now)
    for _ in range(7):
        session.lost("refused", now)
        pauses.append((session.next_due() - now) // SECOND)
        now = session.next_due()
        assert of(fx.ConnectTws, session.due(now))
    assert pauses == [1, 2, 5, 10, 30, 30, 30]
    session.connected(TwsConnected(200, ""), now)
    session.managed_accounts(ManagedAccounts((ACCOUNT,)), now)
    session.next_valid_id(NextValidId(5), now)
    session.reconciled(True, now)
    session.lost("gone", now)
    assert session.next_due() - now == SECOND


def test_a_tws_that_never_starts_the_session_is_given_up() -> None:
    session = make()
    session.connect(0)
    session.connected(TwsConnected(200, ""), 0)
    (effect,) = session.due(session.next_due())
    assert isinstance(effect, fx.DisconnectTws) and "dialog" in effect.reason


def test_a_silent_tws_is_asked_and_then_left() -> None:
    session = make()
    started(session)
    session.reconciled(True, 0)
    assert session.due(5 * SECOND) == [fx.CallTws(calls.ReqCurrentTime())]
    assert session.due(6 * SECOND) == []
    (effect,) = of(fx.DisconnectTws, session.due(20 * SECOND))
    assert "silent" in effect.reason
    assert [condition.code for condition in session.conditions.rows()] == ["unresponsive"]
    assert session.due(20 * SECOND + 1) == []


def test_an_answer_keeps_the_session() -> None:
    session = make()
    started(session)
    session.reconciled(True, 0)
    session.due(5 * SECOND)
    session.alive.answered(6 * SECOND)
    assert session.due(10 * SECOND) == [] and session.next_due() == 11 * SECOND


def test_subscribers_are_told_of_a_gap_and_of_its_end_once() -> None:
    session = make()
    started(session)
    session.reconciled(True, 0)
    assert published(session.link_lost("1100", 1)) == ["gap", "gap", "gap", "session"]
    assert published(session.link_lost("1100", 2)) == []
    session.link_back("1102", 3)
    session.reconciled(True, 4)
    event, *others = of(fx.PublishEvent, session.resumed(True, 4))
    assert event.body == {"stream": "sys|", "since_us": 1, "data_lost": True} and len(others) == 2
    assert session.resumed(True, 5) == []


def test_why_tws_is_about_to_end_the_session_is_in_the_reason() -> None:
    """'The connection was closed' alone would not tell the operator that another program uses the client id."""
    for code, says in ((326, "--client-id"), (1300, "--tws"), (10141, "disclaimer"), (100, "limit")):
        session = make()
        session.connect(0)
        session.connected(TwsConnected(200, ""), 0)
        session.trouble(code, "TWS's own words.", 0)
        session.lost("the connection is gone", 0)
        assert says in session.reason and "TWS's own words." in session.reason, session.reason
        session.connect(1)
        session.lost("nothing listens", 1)
        assert session.reason == "nothing listens"


def test_a_refused_login_is_looked_at_again_after_a_while() -> None:
    """The operator may log in to the paper account instead; the bridge needs no restart."""
    session = make(reconnect_us=(SECOND, 30 * SECOND))
    started(session, "U1234567")
    assert session.state == "REFUSED" and session.next_due() == SECOND
    session.due(SECOND)
    assert session.state == "CONNECTING"
    started(session, "U1234567", SECOND)
    assert session.next_due() == 31 * SECOND


def test_no_connection_to_ib_is_known_even_when_tws_says_so_before_it_is_ready() -> None:
    session = make()
    session.connect(0)
    session.connected(TwsConnected(200, ""), 0)
    session.link_lost("Connectivity between IB and TWS has been lost.", 0)
    session.managed_accounts(ManagedAccounts((ACCOUNT,)), 0)
    session.next_valid_id(NextValidId(5), 0)
    assert session.state == "LINK_DOWN"


def test_read_only_lasts_no_longer_than_the_session() -> None:
    """The operator clears the box and TWS restarts: orders are taken again."""
    session = make()
    started(session)
    session.read_only = True
    session.lost("closed", 0)
    started(session)
    assert not session.read_only
