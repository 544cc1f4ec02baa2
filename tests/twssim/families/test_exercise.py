"""Exercising options as a client meets it, and what it does to money."""

from __future__ import annotations

from decimal import Decimal

import pytest
from ibapi.contract import Contract

from tests.twssim.money import Told, check
from tests.twssim.official import OfficialClient, errors, gateway, of, order, story
from twssim.gateway import Gateway
from twssim.wire import message

EXERCISE, LAPSE = 1, 2


def option(tws: Gateway, right: str, in_the_money: bool) -> Contract:
    """The AAPL option that is furthest in or out of the money."""
    found = [each for each in tws.universe if each.sec_type == "OPT" and each.under_con_id == 265598]
    found = sorted((each for each in found if each.right == right), key=lambda each: each.strike)
    chosen = found[0 if in_the_money == (right == "C") else -1]
    made = Contract()
    made.conId, made.exchange = chosen.con_id, "SMART"
    return made


@pytest.fixture(params=[176, 180, 200, 203, 213, 225])
def client(request: pytest.FixtureRequest) -> OfficialClient:
    """A client with money at each kind of server version; what it hears is kept in `told`."""
    made = OfficialClient(gateway(cash=Decimal(1_000_000), currency="USD"), version=request.param)
    made.reqPositions()
    made.told = Told()
    heard(made, 1.0)
    return made


def heard(client: OfficialClient, seconds: float = 5.0) -> list[tuple[str, tuple[object, ...]]]:
    events = client.after(seconds)
    client.told.hear(events)
    check(client.tws, client.told)
    return events


def exercise(client: OfficialClient, number: int, contract: Contract, action: int, override: int = 0) -> None:
    if client.serverVersion_ < 184:  # the official client refuses to send its newer fields to an older server
        fields = (21, 2, number, contract.conId, *[""] * 6, "SMART", "", "", "", action, 1, "", override)
        client.session.receive(message(*fields))
    else:
        client.exerciseOptions(number, contract, action, 1, "", override, "", "", False)


@pytest.mark.parametrize("right", ["C", "P"])
def test_an_exercise_turns_the_option_into_its_underlying_at_the_strike(client: OfficialClient, right: str) -> None:
    contract = option(client.tws, right, in_the_money=True)
    client.placeOrder(1, contract, order("MKT", "BUY", 1))
    heard(client)
    exercise(client, 7, contract, EXERCISE)
    events = heard(client)
    fills = [(row[2].orderId, row[1].secType, row[2].side, row[2].shares) for row in of(events, "execDetails")]
    bought = ("BOT", Decimal(100)) if right == "C" else ("SLD", Decimal(100))
    assert fills == [(7, "OPT", "SLD", Decimal(1)), (0, "STK", *bought)]
    strike = client.tws.universe.by_con_id(contract.conId).strike
    assert [row[2].price for row in of(events, "execDetails")] == [0.0, float(strike)]
    first = [line for line in story(events) if "100" not in line]
    assert first[:5] == ["open PreSubmitted", "status PreSubmitted 0/1", "exec 1", "open Filled", "status Filled 1/0"]
    assert client.told.positions[265598] == (100 if right == "C" else -100)


def test_a_lapsed_option_is_gone_without_anything_for_it(client: OfficialClient) -> None:
    contract = option(client.tws, "C", in_the_money=False)
    client.placeOrder(1, contract, order("MKT", "BUY", 1))
    heard(client)
    exercise(client, 7, contract, LAPSE)
    events = heard(client)
    assert [(row[2].orderId, row[2].price) for row in of(events, "execDetails")] == [(7, 0.0)]
    assert 265598 not in client.told.positions


def test_against_the_market_it_needs_an_override(client: OfficialClient) -> None:
    contract = option(client.tws, "C", in_the_money=False)
    client.placeOrder(1, contract, order("MKT", "BUY", 1))
    heard(client)
    exercise(client, 7, contract, EXERCISE)
    assert errors(heard(client)) == [(7, 322)]
    exercise(client, 7, contract, EXERCISE, override=1)
    assert client.told.positions.get(265598) is None and len(of(heard(client), "execDetails")) == 2


def test_what_is_not_there_cannot_be_exercised(client: OfficialClient) -> None:
    contract = option(client.tws, "C", in_the_money=True)
    exercise(client, 7, contract, EXERCISE)
    stock = Contract()
    stock.conId, stock.exchange = 265598, "SMART"
    exercise(client, 8, stock, EXERCISE)
    exercise(client, 9, contract, 3)
    client.placeOrder(10, contract, order("LMT", "BUY", 1, limit=0.01))
    exercise(client, 10, contract, EXERCISE)
    found = errors(heard(client))
    assert sorted(found) == [(7, 322), (8, 322), (9, 322), (10, 10232)]
