from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.twssim.official import OfficialClient, names, of, story
from tests.twssim.replay.replaying import ExecutionFilter, Studio, a_day, errors, order, plain, stock, theatre
from twssim.gateway import Gateway


class Again:
    """The replayed counterpart of a Studio."""

    def __init__(self, path: Path, version: int, pace: str = "recorded", client_id: int = 1) -> None:
        self.tws, self.client = theatre(path, version, pace, client_id)

    def run(self, seconds: float) -> list[Any]:
        return [event for _ in range(round(seconds * 100)) for event in self.client.after(0.01)]


def departures(tws: Gateway) -> list[tuple[str, str]]:
    return [(each["kind"], each["name"]) for each in tws.ledger.of("departure")]


def recorded(path: Path, version: int) -> list[Any]:
    studio = Studio(path, version)
    heard = a_day(studio)
    studio.close()
    return heard


@pytest.mark.parametrize("version", [176, 200, 203, 213, 225])
def test_the_same_client_hears_the_same_in_the_same_order(tmp_path: Path, version: int) -> None:
    heard = recorded(tmp_path / "a.jsonl", version)
    again = Again(tmp_path / "a.jsonl", version)
    replayed = a_day(again)
    assert list(map(plain, replayed)) == list(map(plain, heard))
    again.client.disconnect()
    assert departures(again.tws) == []
    [end] = again.tws.ledger.of("replay")
    assert end["made"] == end["recorded"] > 10


@pytest.mark.parametrize("version", [176, 200, 203, 225])
def test_other_ids_and_another_order_of_independent_requests(tmp_path: Path, version: int) -> None:
    heard = recorded(tmp_path / "a.jsonl", version)
    again = Again(tmp_path / "a.jsonl", version, client_id=9)
    client, told = again.client, again.run(0.3)
    client.reqMktData(500, stock("NVDA"), "", False, False, [])
    client.placeOrder(71, stock(), order("MKT", "BUY", 3, orderRef="mine"))
    client.placeOrder(70, stock(), order("LMT", "BUY", 1, limit=10.0))
    told += again.run(1.0)
    client.reqPositions()
    client.reqContractDetails(501, stock())
    client.placeOrder(70, stock(), order("LMT", "BUY", 2, limit=10.0))
    told += again.run(1.0)
    client.cancel(70)
    client.cancelMktData(500)
    told += again.run(1.0)
    client.reqExecutions(502, ExecutionFilter())
    client.reqAllOpenOrders()
    told += again.run(1.0)
    assert departures(again.tws) == []
    assert sorted(names(told)) == sorted(names(heard))
    assert {each[0] for each in of(told, "tickPrice", "tickSize")} == {500}
    assert {each[0] for each in of(told, "openOrder", "orderStatus")} == {70, 71}
    assert [each[0] for each in of(told, "contractDetails", "contractDetailsEnd")] == [501, 501]
    executions = {(each[0], each[2].orderId, each[2].orderRef) for each in of(told, "execDetails")}
    assert executions == {(-1, 71, "mine"), (502, 71, "mine")}
    assert {each[2].clientId for each in of(told, "execDetails")} == {9}
    assert {(each[2].orderId, each[2].orderRef) for each in of(told, "openOrder")} == {(71, "mine"), (70, "")}
    assert {each[8] for each in of(told, "orderStatus")} == {9} == {each[2].clientId for each in of(told, "openOrder")}
    assert (70, 202) in errors(told)
    filled = [line for line in story(told) if "exec" in line or "Filled" in line]
    assert filled == [line for line in story(heard) if "exec" in line or "Filled" in line]


def test_as_fast_as_possible(tmp_path: Path) -> None:
    heard = recorded(tmp_path / "a.jsonl", 200)
    again = Again(tmp_path / "a.jsonl", 200, "fast")
    again.run = lambda seconds: again.client.after(0.0)
    told = a_day(again)
    assert again.tws.ledger.of("departure") == []
    assert sorted(map(repr, map(plain, told))) == sorted(map(repr, map(plain, heard)))


def test_where_a_client_departs_is_told(tmp_path: Path) -> None:
    recorded(tmp_path / "a.jsonl", 200)
    again = Again(tmp_path / "a.jsonl", 200)
    client = again.client
    again.run(0.5)
    client.reqContractDetails(1, stock("TSLA"))
    client.placeOrder(1, stock(), order("LMT", "BUY", 1, limit=11.0))
    client.placeOrder(9, stock("MSFT"), order("MKT", "BUY", 1))
    client.reqAccountSummary(5, "All", "BuyingPower")
    client.reqCompletedOrders(False)
    client.reqPositions()
    client.reqPositions()
    client.reqCurrentTime()
    told = again.run(0.5)
    assert {(1, 322), (9, 201), (5, 322)} <= set(errors(told))
    assert {"completedOrdersEnd", "currentTime"} <= set(names(told)) and names(told).count("positionEnd") == 2
    client.disconnect()
    texts = {each["kind"] + " " + each["name"]: each["text"] for each in again.tws.ledger.of("departure")}
    assert "limit_price was Decimal('10.0'), is Decimal('11.0')" in texts["changed PlaceOrder"]
    assert {"unrecorded RequestContractDetails", "unrecorded RequestAccountSummary", "repeated RequestPositions"} <= {
        *texts
    }
    assert {"missing CancelOrder", "missing RequestMarketData"} <= {*texts}


def test_who_asks_once_more_hears_what_has_been_said(tmp_path: Path) -> None:
    recorded(tmp_path / "a.jsonl", 200)
    again = Again(tmp_path / "a.jsonl", 200)
    client = again.client
    client.placeOrder(5, stock(), order("LMT", "BUY", 1, limit=10.0))
    client.placeOrder(6, stock(), order("MKT", "BUY", 3))
    again.run(1.5)
    for _ in range(3):
        client.reqAllOpenOrders()
        client.reqExecutions(9, ExecutionFilter())
        told = again.run(0.5)
    assert [each[0] for each in of(told, "openOrder")] == [5]
    assert sum(each[2].shares for each in of(told, "execDetails")) == 3 and of(told, "execDetailsEnd") == [(9,)]


def test_accounts_and_the_next_order_id_are_said_again(tmp_path: Path) -> None:
    recorded(tmp_path / "a.jsonl", 200)
    again = Again(tmp_path / "a.jsonl", 200)
    again.run(0.5)
    again.client.reqManagedAccts()
    again.client.reqIds(-1)
    told = again.run(0.1)
    assert names(told) == ["managedAccounts", "nextValidId"]
    assert again.tws.ledger.of("departure") == []


def test_a_stream_that_is_cancelled_early_ends(tmp_path: Path) -> None:
    recorded(tmp_path / "a.jsonl", 200)
    again = Again(tmp_path / "a.jsonl", 200)
    again.client.reqMktData(2, stock("NVDA"), "", False, False, [])
    again.run(0.2)
    again.client.cancelMktData(2)
    again.run(0.05)
    assert of(again.run(3.0), "tickPrice", "tickSize") == []


def test_a_client_too_old_for_the_recording_is_hung_up_on(tmp_path: Path) -> None:
    recorded(tmp_path / "a.jsonl", 200)
    with pytest.raises(ValueError):
        theatre(tmp_path / "a.jsonl", 176)


def test_the_only_session_is_served_once(tmp_path: Path) -> None:
    recorded(tmp_path / "a.jsonl", 200)
    again = Again(tmp_path / "a.jsonl", 200)
    assert again.tws.open_session() is None
    assert departures(again.tws) == [("connection", "connect")]
    assert isinstance(again.client, OfficialClient)
