from __future__ import annotations

import pytest

from tests.core.rig import SETTINGS
from twsbridge.protocol.errors import WireError, make_error
from twsbridge.protocol.models import Contract, ContractDetails
from twsbridge_server.core import contract_cache as module
from twsbridge_server.core.calm import CALM_US, Calm
from twsbridge_server.core.contract_cache import DAY_US, ContractCache
from twsbridge_server.core.sequencer import Sequencer
from twsbridge_server.core.session import READY, RECONCILING, Session

AAPL = Contract(symbol="AAPL", sec_type="STK")
NONE = make_error("tws.not_found", "No security definition", tws_code=200)
NOW = 100 * DAY_US


def cache(state: str = READY) -> tuple[ContractCache, Calm, Session]:
    session = Session(SETTINGS, Sequencer("epoch", {}))
    session.state = state
    calm = Calm(session)
    return ContractCache(calm), calm, session


def found(con_id: int, number: int = 1) -> list[ContractDetails]:
    return [ContractDetails(contract=Contract(con_id=con_id))] * number


def test_a_match_holds_until_midnight() -> None:
    kept, _, _ = cache()
    kept.told(AAPL, found(1), NOW)
    assert kept.answer(AAPL, NOW + DAY_US - 1) == found(1)
    assert kept.answer(AAPL, NOW + DAY_US) is None
    assert kept.answer(Contract(symbol="MSFT"), NOW) is None


def test_none_holds_for_a_minute() -> None:
    kept, _, _ = cache()
    kept.told(AAPL, NONE, NOW)
    assert kept.answer(AAPL, NOW + CALM_US - 1) == NONE
    assert kept.answer(AAPL, NOW + CALM_US) is None


@pytest.mark.parametrize("before", [0, CALM_US - 1])
def test_none_is_not_kept_after_trouble(before: int) -> None:
    kept, calm, _ = cache()
    calm.troubled(NOW - before)
    kept.told(AAPL, NONE, NOW)
    assert kept.answer(AAPL, NOW) is None


def test_none_that_was_kept_before_trouble_was_known_is_not_believed() -> None:
    kept, calm, _ = cache()
    kept.told(AAPL, NONE, NOW)
    calm.troubled(NOW + 1)
    assert kept.answer(AAPL, NOW + 2) is None


def test_none_is_not_kept_by_a_session_that_is_not_ready_or_has_a_broken_farm() -> None:
    kept, _, session = cache(RECONCILING)
    kept.told(AAPL, NONE, NOW)
    session.state = READY
    assert kept.answer(AAPL, NOW) is None
    session.farms["secdefil"] = "broken"
    kept.told(AAPL, NONE, NOW + CALM_US)
    session.farms["secdefil"] = "ok"
    assert kept.answer(AAPL, NOW + CALM_US) is None


@pytest.mark.parametrize("code", ["tws.timeout", "tws.lost", "tws.error", "tws.disconnected"])
def test_no_other_error_is_kept_and_one_without_an_answer_is_trouble(code: str) -> None:
    kept, _, _ = cache()
    error: WireError = make_error(code, "x")
    kept.told(AAPL, error, NOW)
    assert kept.answer(AAPL, NOW) is None
    kept.told(AAPL, NONE, NOW)
    assert (kept.answer(AAPL, NOW) is None) == (error.outcome == "unknown")


def test_the_oldest_answers_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_KEPT", 2)
    monkeypatch.setattr(module, "MAX_ROWS", 10)
    kept, _, _ = cache()
    asked = [Contract(con_id=n) for n in range(4)]
    for each in (asked[0], asked[1], asked[0], asked[2]):
        kept.told(each, found(each.con_id), NOW)
    assert [kept.answer(each, NOW) is None for each in asked] == [False, True, False, True]
    kept.told(asked[3], found(3, 10), NOW)
    assert [kept.answer(each, NOW) is None for each in asked] == [True, True, True, False]
    kept.told(asked[3], found(3, 11), NOW)
    assert kept.answer(asked[3], NOW) is None


def test_identities_are_known_for_ever_the_oldest_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_KEPT", 2)
    kept, _, _ = cache()
    for con_id in (1, 2, 1, 3):
        kept.met(Contract(con_id=con_id, symbol="X"))
    assert [kept.contract(n) is not None for n in (1, 2, 3)] == [True, False, True]
