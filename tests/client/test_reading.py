from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.client.fake_bridge import ACCOUNT, FakeBridge
from tests.client.test_dataframe import bars as bar_columns
from tests.client.test_status import status
from twsbridge import Client, InvalidRequest, Stock
from twsbridge.protocol import commands, replies
from twsbridge.protocol.models import AccountValue, Contract, ContractDetails, Position


def last(fake: FakeBridge) -> Any:
    return fake.received[-1]


def test_the_status(fake: FakeBridge, client: Client) -> None:
    fake.answers["status"] = lambda command: status()
    found = client.status()
    assert (found.state, found.tws.next_order_id, found.notices[0].tws_code) == ("READY", 17, 2104)
    assert "READY" in repr(found)


def test_the_account(fake: FakeBridge, client: Client) -> None:
    row = AccountValue(account=ACCOUNT, tag="NetLiquidation", value="1000000", currency="GBP")
    fake.answers["account.summary"] = lambda command: replies.AccountValues(rows=[row])
    summary = client.account(tags=("NetLiquidation",))
    assert summary.value("NetLiquidation", "GBP") == 1_000_000
    assert last(fake) == commands.GetAccountSummary(tags=["NetLiquidation"])
    client.account(ACCOUNT)
    assert last(fake) == commands.GetAccountSummary(account=ACCOUNT)


def test_positions(fake: FakeBridge, client: Client) -> None:
    row = Position(account=ACCOUNT, contract=Stock("AAPL"), position="-10", avg_cost=190.0)
    fake.answers["positions.list"] = lambda command: replies.Positions(rows=[row])
    assert list(client.positions()) == [row]
    assert "AAPL" in repr(client.positions())


def test_contracts(fake: FakeBridge, client: Client) -> None:
    details = ContractDetails(contract=Contract(con_id=1, symbol="CSH2"), long_name="AMUNDI")
    fake.answers["contract.details"] = lambda command: replies.ContractMatches(rows=[details])
    assert client.contract("CSH2@LSE/GBP")[0].long_name == "AMUNDI"
    assert last(fake).contract == Stock("CSH2", "LSE", "GBP")


def test_bars_with_the_usual_options(fake: FakeBridge, client: Client) -> None:
    fake.answers["history.bars"] = lambda command: bar_columns(["2026-03-06"])
    assert len(client.bars("CSH2@LSE/GBP", "3 M", "1 day")) == 1
    command = last(fake)
    assert (command.duration, command.bar_size, command.what_to_show) == ("3 M", "1 day", "TRADES")
    assert (command.use_rth, command.end_us) == (True, None)


def test_bars_with_options_of_ones_own(fake: FakeBridge, client: Client) -> None:
    fake.answers["history.bars"] = lambda command: bar_columns([])
    end = datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    client.bars("EUR.USD", "1 D", "1 min", what_to_show="MIDPOINT", use_rth=False, end=end, timeout=3)
    command = last(fake)
    assert (command.what_to_show, command.use_rth, command.end_us) == ("MIDPOINT", False, 1_700_000_000_000_000)


def test_a_mistake_is_refused_before_it_is_sent(fake: FakeBridge, client: Client) -> None:
    with pytest.raises(InvalidRequest, match="bar_size"):
        client.bars("AAPL", "1 D", "1 minute")
    with pytest.raises(TypeError, match="rth"):
        client.bars("AAPL", "1 D", "1 min", rth=False)  # type: ignore[call-arg]  # the mistake is the point
    with pytest.raises(InvalidRequest, match="not a contract"):
        client.contract("@@")
    assert fake.names() == []
