from __future__ import annotations

from typing import Any

import pytest

from tests.core.rig import calm
from twsbridge.protocol import queries as c
from twsbridge.protocol import query_replies as r
from twsbridge.protocol.command import Command
from twsbridge.protocol.models import Contract, ContractDetails
from twsbridge_server.core.answers import RequestIds
from twsbridge_server.core.contract_cache import DAY_US
from twsbridge_server.core.contracts import Contracts
from twsbridge_server.core.effects import CallTws, Effect, SendReply
from twsbridge_server.core.history.pacing import HistoryPacing
from twsbridge_server.core.inputs import (
    Client,
    CommandReceived,
    ContractDetailsEnd,
    ContractDetailsRow,
    TwsErrorReceived,
)
from twsbridge_server.core.queries import questions as q
from twsbridge_server.core.queries.answers import AnswerEnd, AnswerPart, IdlessAnswer
from twsbridge_server.core.queries.queries import Queries
from twsbridge_server.core.requests import Requests
from twsbridge_server.core.rights import Rights
from twsbridge_server.core.settings import CoreSettings

SECOND = 1_000_000
NOW = 1_000 * SECOND
AAPL = Contract(con_id=265598, symbol="AAPL", sec_type="STK", exchange="SMART", currency="USD")
DETAILS = ContractDetails(contract=AAPL, time_zone_id="US/Eastern")
ASKED_FOR = Contract(symbol="AAPL")


class World:
    """The queries of one session; `calls` is what TWS was asked, `replies` what clients got."""

    def __init__(self) -> None:
        settings = CoreSettings(sid="s", version="0", tws_endpoint="x")
        self.requests = Requests(RequestIds())
        self.queries = Queries(settings, Contracts(settings, self.requests, calm()), self.requests, HistoryPacing())
        self.calls: list[Any] = []
        self.replies: list[Any] = []
        self.requests.ready(0)
        self.queries.ready(0)

    def ask(self, command: Command, now: int = NOW, rights: Rights | None = None) -> None:
        asked = CommandReceived(Client(b"r", "alice", rights=rights or Rights()), "1", command)
        self.note(self.queries.carry_out(asked, command, now))

    def note(self, effects: list[Effect]) -> None:
        self.calls += [effect.call for effect in effects if isinstance(effect, CallTws)]
        self.replies += [effect.body or effect.error for effect in effects if isinstance(effect, SendReply)]

    def resolve(self) -> None:
        req_id = self.calls[-1].req_id
        self.requests.row(ContractDetailsRow(req_id, DETAILS), NOW)
        self.note(self.requests.end(ContractDetailsEnd(req_id), NOW))

    def answer(self, *parts: Any, req_id: int | None = None) -> None:
        req_id = self.calls[-1].req_id if req_id is None else req_id
        self.requests.row(AnswerPart(req_id, parts), NOW)
        self.note(self.requests.end(AnswerEnd(req_id), NOW))


@pytest.fixture
def world() -> World:
    return World()


def test_a_contract_is_resolved_and_told_in_the_reply(world: World) -> None:
    world.ask(c.GetSchedule(contract=ASKED_FOR))
    world.resolve()
    assert world.calls[-1] == q.HistoricalSchedule(world.calls[-1].req_id, AAPL, "", "1 M", True)
    world.answer(r.Schedule(tz="US/Eastern", sessions=[]))
    assert world.replies == [r.Schedule(contract=AAPL, tz="US/Eastern", sessions=[])]


def test_a_contract_that_is_none_is_an_error_and_no_question(world: World) -> None:
    world.ask(c.GetHeadTimestamp(contract=ASKED_FOR))
    world.note(world.requests.error(TwsErrorReceived(world.calls[0].req_id, 200, "No security definition"), NOW) or [])
    assert [reply.code for reply in world.replies] == ["tws.not_found"] and len(world.calls) == 1


def test_equal_questions_are_one_request_and_static_answers_are_kept(world: World) -> None:
    for _ in range(3):
        world.ask(c.GetSmartComponents(bbo_exchange="a6"))
    row = r.SmartComponent(bit_number=0, exchange="IEX", exchange_letter="V")
    world.answer(row)
    world.ask(c.GetSmartComponents(bbo_exchange="a6"))
    assert len(world.calls) == 1 and world.replies == [r.SmartComponents(rows=[row])] * 4
    world.queries.ready(NOW)
    world.ask(c.GetSmartComponents(bbo_exchange="a6"))
    assert len(world.calls) == 2


def test_static_answers_are_kept_for_the_day_and_only_when_there_are_any(world: World) -> None:
    world.ask(c.SearchContracts(pattern="aa"))
    world.answer()
    world.ask(c.SearchContracts(pattern="aa"), NOW + SECOND)
    assert len(world.calls) == 2
    world.answer(r.SymbolMatch(contract=AAPL, derivative_sec_types=[]))
    world.ask(c.SearchContracts(pattern="aa"), DAY_US - 1)
    assert len(world.calls) == 2
    world.ask(c.SearchContracts(pattern="aa"), DAY_US)
    assert len(world.calls) == 3


def test_what_changes_is_asked_again_and_errors_are_not_kept(world: World) -> None:
    world.ask(c.ListDisplayGroups())
    world.answer(r.DisplayGroups(groups=[1]))
    world.ask(c.ListDisplayGroups())
    world.ask(c.GetUserInfo())
    world.note(world.requests.error(TwsErrorReceived(world.calls[-1].req_id, 321, "no"), NOW) or [])
    world.ask(c.GetUserInfo())
    assert [type(call) for call in world.calls] == [q.DisplayGroups, q.DisplayGroups, q.UserInfo, q.UserInfo]


def test_searches_are_a_second_apart(world: World) -> None:
    world.ask(c.SearchContracts(pattern="aa"))
    world.ask(c.SearchContracts(pattern="bb"))
    assert [call.pattern for call in world.calls] == ["aa"]
    world.note(world.requests.due(NOW + SECOND))
    assert [call.pattern for call in world.calls] == ["aa", "bb"]


def test_ticks_of_the_past_are_paced_like_the_smallest_bars(world: World) -> None:
    world.ask(c.GetHistoricalTicks(contract=ASKED_FOR, end_us=NOW))
    world.resolve()
    for count in range(1, 8):
        world.ask(c.GetHistoricalTicks(contract=ASKED_FOR, end_us=NOW, count=count))
    assert sum(isinstance(call, q.HistoricalTicks) for call in world.calls) == 5


def test_what_nobody_answers_is_taken_back(world: World) -> None:
    world.ask(c.GetWshMetadata())
    world.note(world.requests.due(NOW + 15 * SECOND))
    assert world.calls[-1] == q.CancelQuestion(world.calls[0].req_id, q.WshMetadata)
    assert world.replies[-1].code == "tws.timeout"


def test_events_are_asked_for_after_their_metadata_once_a_session(world: World) -> None:
    world.ask(c.GetWshEvents(con_id=1))
    assert isinstance(world.calls[-1], q.WshMetadata)
    world.answer(r.WshDocument(json_text="{}"))
    assert isinstance(world.calls[-1], q.WshEvents)
    world.answer(r.WshDocument(json_text="[]"))
    world.ask(c.GetWshEvents(con_id=2))
    world.ask(c.GetWshMetadata())
    assert [type(call) for call in world.calls] == [q.WshMetadata, q.WshEvents, q.WshEvents]
    assert [reply.json_text for reply in world.replies] == ["[]", "{}"]


def test_events_without_a_permission_for_their_metadata(world: World) -> None:
    world.ask(c.GetWshEvents(con_id=1))
    world.note(world.requests.error(TwsErrorReceived(world.calls[0].req_id, 10276, "not allowed"), NOW) or [])
    assert [reply.code for reply in world.replies] == ["tws.permission"] and len(world.calls) == 1


def test_families_of_other_accounts_are_not_told(world: World) -> None:
    world.ask(c.ListFamilyCodes(), rights=Rights(accounts=("DU1",)))
    rows = tuple(r.FamilyCode(account=name, family_code="F") for name in ("DU1", "DU2"))
    world.note(world.queries.idless.answered(IdlessAnswer(q.FamilyCodes().subject, rows), NOW))
    assert [row.account for row in world.replies[0].rows] == ["DU1"]


def test_pieces_of_a_document_are_joined(world: World) -> None:
    world.ask(c.ReplaceAdvisorDocument(document="aliases", xml=["<List", "OfAccountAliases/>"]))
    assert world.calls == [q.ReplaceFa(world.calls[0].req_id, 3, "<ListOfAccountAliases/>")]


def test_the_end_of_the_session_is_the_end_of_what_waits(world: World) -> None:
    world.ask(c.GetTwsTime())
    world.note(world.queries.lost("gone", NOW))
    assert [reply.code for reply in world.replies] == ["tws.lost"]
    assert world.queries.next_due() is None and world.queries.due(NOW) == []
    assert world.queries.error(TwsErrorReceived(5, 200, ""), NOW) is None


def test_wall_street_horizon_is_asked_for_one_list_of_events_at_a_time(world: World) -> None:
    world.ask(c.GetWshEvents(con_id=1))
    world.answer(r.WshDocument(json_text="{}"))
    for con_id in (2, 3, 4):
        world.ask(c.GetWshEvents(con_id=con_id))
    asked = [world.calls[-1].command.con_id]
    for _ in range(2):
        world.answer(r.WshDocument(json_text="[]"))
        asked.append(world.calls[-1].command.con_id)
    assert asked == [1, 2, 3] and len(world.calls) == 4
    world.note(world.requests.due(NOW + 3_600 * SECOND))
    assert len(world.replies) == 4 and world.requests.next_due() is None
    assert [call.command.con_id for call in world.calls if isinstance(call, q.WshEvents)] == [1, 2, 3]
