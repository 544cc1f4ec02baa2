from __future__ import annotations

from typing import Any

import pytest

from tests.core.rig import SETTINGS, asked, of
from twsbridge.protocol.commands import GetContractDetails, OpenQuote
from twsbridge.protocol.models import Contract, ContractDetails
from twsbridge.protocol.replies import ContractMatches, QuoteLine
from twsbridge_server.core.answers import FIRST_REQUEST_ID, RequestIds
from twsbridge_server.core.calls import ReqContractDetails
from twsbridge_server.core.calm import CALM_US, Calm
from twsbridge_server.core.contract_cache import DAY_US
from twsbridge_server.core.contracts import Contracts
from twsbridge_server.core.effects import CallTws, Effect, SendReply
from twsbridge_server.core.inputs import ContractDetailsEnd, ContractDetailsRow, TwsErrorReceived
from twsbridge_server.core.requests import Requests
from twsbridge_server.core.sequencer import Sequencer
from twsbridge_server.core.session import READY, Session

AAPL = Contract(symbol="AAPL", sec_type="STK", currency="USD")
FOUND = Contract(con_id=265598, symbol="AAPL", sec_type="STK", exchange="SMART", currency="USD")


class Rig:
    """Contracts over requests that are ready, and a TWS that answers as it is told."""

    def __init__(self) -> None:
        self.requests = Requests(RequestIds())
        self.requests.ready(0)
        self.session = Session(SETTINGS, Sequencer("epoch", {}))
        self.session.state = READY
        self.contracts = Contracts(SETTINGS, self.requests, Calm(self.session))
        self.last_id = FIRST_REQUEST_ID - 1

    def asks(self, effects: list[Effect]) -> Contract:
        """The one question that is put to TWS now."""
        (effect,) = effects
        assert isinstance(effect, CallTws) and isinstance(effect.call, ReqContractDetails)
        self.last_id = effect.call.req_id
        return effect.call.contract

    def answers(self, *matches: Contract, now: int = 0, **more: Any) -> list[SendReply]:
        for match in matches:
            self.requests.row(ContractDetailsRow(self.last_id, ContractDetails(contract=match, **more)), now)
        return of(SendReply, self.requests.end(ContractDetailsEnd(self.last_id), now))

    def open_quote(self, contract: Contract, now: int = 0) -> list[Effect]:
        command = OpenQuote(contract=contract)
        return self.contracts.open_quote(asked(command), command, now)

    def details(self, contract: Contract, now: int = 0) -> list[Effect]:
        command = GetContractDetails(contract=contract)
        return self.contracts.details(asked(command), command, now)


def exchanges(*names: str, **more: Any) -> list[Contract]:
    return [FOUND.model_copy(update={"exchange": name, **more}) for name in names]


def test_details_are_everything_that_matches() -> None:
    rig = Rig()
    assert rig.asks(rig.details(AAPL)) == AAPL
    (reply,) = rig.answers(*exchanges("SMART", "NYSE"))
    assert isinstance(reply.body, ContractMatches)
    assert [match.contract.exchange for match in reply.body.rows] == ["SMART", "NYSE"]


def test_details_and_quotes_share_what_tws_said_today() -> None:
    rig = Rig()
    rig.asks(rig.open_quote(AAPL))
    rig.answers(FOUND)
    (reply,) = of(SendReply, rig.details(AAPL, now=DAY_US - 1))
    assert isinstance(reply.body, ContractMatches)
    assert rig.asks(rig.details(AAPL, now=DAY_US)) == AAPL


def test_no_match_is_not_found_and_remembered_only_when_all_was_calm_for_long() -> None:
    rig = Rig()
    for now in (0, CALM_US, CALM_US + 1):
        effects = rig.open_quote(AAPL, now)
        if now <= CALM_US:
            rig.asks(effects)
            error = TwsErrorReceived(rig.last_id, 200, "No security definition has been found")
            effects = rig.requests.error(error, now) or []
        (reply,) = of(SendReply, effects)
        assert reply.error is not None
        assert (reply.error.code, reply.error.tws_code) == ("tws.not_found", 200)
        assert reply.error.msg == "No security definition has been found"
    rig.asks(rig.details(AAPL, now=2 * CALM_US))
    (reply,) = rig.answers(now=2 * CALM_US)
    assert reply.error is not None and reply.error.code == "tws.not_found"
    rig.asks(rig.details(AAPL, now=2 * CALM_US))


def test_a_quote_opens_on_smart_with_the_tick_of_the_contract() -> None:
    rig = Rig()
    rig.asks(rig.open_quote(AAPL))
    (reply,) = rig.answers(*exchanges("NYSE", "SMART"), min_tick=0.01)
    assert reply.body == QuoteLine(topic="md|265598@SMART|", contract=FOUND, min_tick=0.01)


@pytest.mark.parametrize(
    ("asked_exchange", "sec_type", "listed", "expected"),
    [
        ("", "STK", ["NYSE"], "SMART"),
        ("NYSE", "STK", ["NYSE"], "NYSE"),
        ("NYSE", "STK", ["SMART", "NYSE"], "NYSE"),
        ("", "FUT", ["CME"], "CME"),
        ("", "OPT", ["CBOE", "SMART"], "SMART"),
        ("", "CASH", ["IDEALPRO"], "IDEALPRO"),
    ],
)
def test_the_exchange_of_the_line(asked_exchange: str, sec_type: str, listed: list[str], expected: str) -> None:
    rig = Rig()
    rig.asks(rig.open_quote(AAPL.model_copy(update={"exchange": asked_exchange})))
    (reply,) = rig.answers(*exchanges(*listed, sec_type=sec_type))
    assert isinstance(reply.body, QuoteLine)
    assert reply.body.topic == f"md|265598@{expected}|"
    assert reply.body.contract.exchange == expected


def test_several_contracts_are_listed_and_none_is_chosen() -> None:
    rig = Rig()
    rig.asks(rig.open_quote(AAPL))
    (reply,) = rig.answers(FOUND, FOUND.model_copy(update={"con_id": 2, "currency": "EUR"}))
    assert reply.error is not None and reply.error.code == "req.ambiguous"
    assert reply.error.details is not None
    assert [row["con_id"] for row in reply.error.details["candidates"]] == [265598, 2]
    (again,) = of(SendReply, rig.open_quote(AAPL))
    assert again.error == reply.error


def test_an_exchange_that_no_topic_can_carry_is_refused() -> None:
    rig = Rig()
    rig.asks(rig.open_quote(AAPL))
    (reply,) = rig.answers(*exchanges("A|B", sec_type="FUT"))
    assert reply.error is not None and (reply.error.code, reply.error.field) == ("req.invalid", "contract")


def test_a_line_asks_for_the_whole_contract_when_it_is_known() -> None:
    rig = Rig()
    assert rig.contracts.line_contract(265598, "NYSE") == Contract(con_id=265598, exchange="NYSE")
    rig.asks(rig.open_quote(AAPL))
    rig.answers(FOUND)
    assert rig.contracts.line_contract(265598, "NYSE") == exchanges("NYSE")[0]
