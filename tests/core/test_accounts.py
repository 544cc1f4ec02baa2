from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.core.rig import SETTINGS, asked, of
from twsbridge.protocol.commands import GetAccountSummary, ListPositions
from twsbridge.protocol.models import AccountValue, Contract, Position
from twsbridge.protocol.replies import AccountValues, Positions
from twsbridge_server.core.accounts import TAGS, Accounts
from twsbridge_server.core.answers import FIRST_REQUEST_ID, RequestIds
from twsbridge_server.core.calls import ReqAccountSummary, ReqPositions
from twsbridge_server.core.effects import CallTws, Effect, EventRow, Log, PublishEvent, SendReply
from twsbridge_server.core.inputs import (
    AccountSummaryEnd,
    AccountSummaryRow,
    PositionEnd,
    PositionRow,
    TwsErrorReceived,
)
from twsbridge_server.core.sequencer import Sequencer

ID = FIRST_REQUEST_ID
PAPER, OTHER = "DU1234567", "DU7654321"
AAPL = Contract(con_id=265598, symbol="AAPL")


def value(tag: str = "NetLiquidation", text: str = "1000.00", account: str = PAPER) -> AccountSummaryRow:
    return AccountSummaryRow(ID, account, tag, text, "GBP")


def holding(size: int, account: str = PAPER, cost: float = 190.0) -> PositionRow:
    return PositionRow(account, AAPL, Decimal(size), cost)


def ready(*accounts: str) -> Accounts:
    made = Accounts(SETTINGS, RequestIds(), Sequencer("e" * 16, {}))
    made.managed(accounts or (PAPER,))
    made.ready(0)
    return made


def events(effects: list[Effect]) -> list[tuple[str, int, str, dict[str, Any]]]:
    return [(e.topic, e.seq, e.type, e.body) for e in of(PublishEvent, effects)]


def summary(accounts: Accounts, now: int = 0, **more: Any) -> list[Any]:
    command = GetAccountSummary(**more)
    return of(SendReply, accounts.summary(asked(command), command, now))


def positions(accounts: Accounts, now: int = 0, **more: Any) -> list[Any]:
    command = ListPositions(**more)
    return of(SendReply, accounts.list_positions(asked(command), command, now))


def test_a_session_begins_with_one_subscription_of_each_and_the_id_stays() -> None:
    accounts = Accounts(SETTINGS, RequestIds(), Sequencer("e" * 16, {}))
    values = ReqAccountSummary(ID, "All", ",".join(TAGS))
    wanted = [CallTws(values), CallTws(ReqAccountSummary(ID + 1, "All", "$LEDGER:ALL")), CallTws(ReqPositions())]
    assert accounts.ready(0) == wanted
    accounts.lost("gone", 1)
    assert accounts.ready(2) == wanted
    assert {"AvailableFunds", "BuyingPower", "NetLiquidation", "TotalCashValue"} < set(TAGS)
    assert len(TAGS) == 29


def test_a_value_is_published_when_it_changes() -> None:
    accounts = ready()
    body = {"account": PAPER, "tag": "NetLiquidation", "value": "1000.00", "currency": "GBP"}
    first = accounts.summary_row(value(), 1)
    assert events(first) == [(f"acct|{PAPER}|", 1, "account_value", body)]
    assert [effect.row for effect in first if hasattr(effect, "row")] == [
        EventRow(f"acct|{PAPER}|", 1, "account_value", 1, 0, body)
    ]
    assert accounts.summary_row(value(), 2) == []
    assert events(accounts.summary_row(value(text="1001.00"), 3))[0][1] == 2
    assert accounts.values(PAPER) == [
        AccountValue(account=PAPER, tag="NetLiquidation", value="1001.00", currency="GBP")
    ]


def test_rows_of_another_request_are_ignored() -> None:
    accounts = ready()
    assert accounts.summary_row(AccountSummaryRow(ID + 1, PAPER, "SMA", "1", ""), 1) == []
    assert accounts.summary_end(AccountSummaryEnd(ID + 1), 1) == []
    assert summary(accounts) == []


def test_the_summary_waits_for_its_first_image_which_may_come_twice() -> None:
    accounts = ready()
    assert summary(accounts) == []
    accounts.summary_row(value(), 1)
    accounts.summary_row(value("SMA", "5"), 1)
    (reply,) = of(SendReply, accounts.summary_end(AccountSummaryEnd(ID), 2))
    assert isinstance(reply.body, AccountValues)
    assert [row.tag for row in reply.body.rows] == ["NetLiquidation", "SMA"]
    assert accounts.summary_row(value(), 3) == accounts.summary_end(AccountSummaryEnd(ID), 3) == []
    (reply,) = summary(accounts)
    assert len(reply.body.rows) == 2


def test_tags_and_accounts_are_chosen() -> None:
    accounts = ready(PAPER, OTHER)
    for row in (value(), value("SMA", "5"), value("SMA", "6", OTHER)):
        accounts.summary_row(row, 1)
    accounts.summary_end(AccountSummaryEnd(ID), 2)
    (reply,) = summary(accounts, tags=["SMA", "NoSuchTag"])
    assert [(row.account, row.value) for row in reply.body.rows] == [(PAPER, "5"), (OTHER, "6")]
    (reply,) = summary(accounts, account=OTHER)
    assert [row.value for row in reply.body.rows] == ["6"]


@pytest.mark.parametrize("ask", [summary, positions])
def test_an_account_that_is_not_of_this_login_is_refused(ask: Any) -> None:
    (reply,) = ask(ready(), account=OTHER)
    assert reply.error.code == "auth.account"


@pytest.mark.parametrize("ask", [summary, positions])
def test_without_a_session_there_is_nothing_to_answer_from(ask: Any) -> None:
    accounts = Accounts(SETTINGS, RequestIds(), Sequencer("e" * 16, {}))
    (reply,) = ask(accounts)
    assert reply.error.code == "tws.disconnected"
    accounts.ready(1)
    assert ask(accounts) == []
    (reply,) = of(SendReply, accounts.lost("reset by peer", 2))
    assert reply.error.code == "tws.lost"


@pytest.mark.parametrize("ask", [summary, positions])
def test_nobody_waits_longer_than_the_deadline(ask: Any) -> None:
    accounts = ready()
    ask(accounts, now=7)
    assert of(SendReply, accounts.due(6 + SETTINGS.request_timeout_us)) == []
    (reply,) = of(SendReply, accounts.due(7 + SETTINGS.request_timeout_us))
    assert reply.error.code == "tws.timeout"
    assert of(SendReply, accounts.due(8 + SETTINGS.request_timeout_us)) == []


def test_a_refused_summary_is_told_to_those_who_ask() -> None:
    accounts = ready()
    summary(accounts)
    assert accounts.error(TwsErrorReceived(ID + 2, 322, ""), 1) is None
    (log,) = accounts.error(TwsErrorReceived(ID + 1, 322, "Maximum number"), 1) or []
    assert isinstance(log, Log) and "exchange rates (322: Maximum number)" in log.text
    assert accounts.error(TwsErrorReceived(ID, 2176, ""), 1) == []
    (reply,) = of(SendReply, accounts.error(TwsErrorReceived(ID, 322, "x cause - Maximum number"), 1) or [])
    assert (reply.error.code, reply.error.msg) == ("tws.error", "Maximum number")


def test_positions_are_published_when_they_change_and_zero_removes_them() -> None:
    accounts = ready()
    ((topic, seq, kind, body),) = events(accounts.position_row(holding(5), 1))
    assert (topic, seq, kind, body["position"], body["avg_cost"]) == (f"acct|{PAPER}|", 1, "position", "5", 190.0)
    assert accounts.position_row(holding(5), 2) == []
    assert accounts.positions(PAPER) == [Position(account=PAPER, contract=AAPL, position=Decimal(5), avg_cost=190.0)]
    ((_, seq, _, body),) = events(accounts.position_row(holding(0, cost=0.0), 3))
    assert (seq, body["position"]) == (2, "0")
    assert accounts.positions() == []


def test_positions_wait_for_their_first_image() -> None:
    accounts = ready()
    assert positions(accounts) == []
    accounts.position_row(holding(5), 1)
    (reply,) = of(SendReply, accounts.position_end(PositionEnd(), 2))
    assert isinstance(reply.body, Positions)
    assert [row.position for row in reply.body.rows] == [5]


def test_a_holding_closed_while_nobody_looked_is_published_as_zero() -> None:
    accounts = ready()
    accounts.position_row(holding(5), 1)
    accounts.position_end(PositionEnd(), 1)
    accounts.lost("gone", 2)
    assert [row.position for row in accounts.positions()] == [5]
    accounts.ready(3)
    ((_, seq, _, body),) = events(accounts.position_end(PositionEnd(), 4))
    assert (seq, body["position"]) == (2, "0")
    assert accounts.positions() == []


def test_positions_that_never_came_are_asked_for_again() -> None:
    """TWS may lose the answer when its connection to IB breaks; without it nobody would ever get positions."""
    accounts = ready()
    late = SETTINGS.request_timeout_us
    assert accounts.next_due() == late and accounts.due(late - 1) == []
    assert accounts.due(late) == [CallTws(ReqPositions())]
    assert accounts.next_due() == 2 * late
    accounts.position_end(PositionEnd(), late + 1)
    assert accounts.next_due() is None and accounts.due(3 * late) == []
    assert accounts.ask_positions(3 * late) == [CallTws(ReqPositions())]
    accounts.lost("gone", 4 * late)
    assert accounts.next_due() is None
