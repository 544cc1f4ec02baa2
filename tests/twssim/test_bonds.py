"""Bonds: found by CUSIP, described in their own message, quoted in percent of par and booked at a tenth of it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from ibapi.contract import Contract

from tests.twssim.official import OfficialClient, gateway, names, of, order, story
from twssim.bonds import CORPORATE, TREASURY, bonds
from twssim.calendar import Calendar

pytestmark = pytest.mark.usefixtures("every_profile")


def bond(symbol: str = TREASURY.cusip) -> Contract:
    contract = Contract()
    contract.symbol, contract.secType, contract.exchange, contract.currency = symbol, "BOND", "SMART", "USD"
    return contract


def ready() -> OfficialClient:
    client = OfficialClient(gateway())
    client.after(1.0)
    return client


def test_a_bond_is_asked_for_by_its_cusip_and_described_as_a_bond(every_profile: int) -> None:
    client = ready()
    client.reqContractDetails(5, bond(CORPORATE.cusip))
    events = client.after(1.0)
    assert names(events) == ["bondContractDetails", "contractDetailsEnd"]
    ((req_id, told),) = of(events, "bondContractDetails")
    assert (req_id, told.contract.symbol, told.contract.secType, told.cusip) == (5, "IBM", "BOND", CORPORATE.cusip)
    assert (told.coupon, told.maturity, told.issueDate, told.callable) == (4.15, "20390515", "20190515", True)
    assert (told.bondType, told.couponType, told.ratings) == ("CORP", "FIXED", "A3/A-")
    assert (told.nextOptionDate, told.nextOptionType, told.descAppend) == ("20381115", "CALL", CORPORATE.desc_append)
    assert [(pair.tag, pair.value) for pair in told.secIdList] == [("CUSIP", CORPORATE.cusip)]
    assert told.marketRuleIds == "26" and bool(told.liquidHours) == (every_profile >= 188)


def test_the_symbol_of_an_issuer_finds_its_bond_and_its_stock() -> None:
    client = ready()
    wanted = bond("IBM")
    wanted.secType = ""
    client.reqContractDetails(5, wanted)
    assert names(client.after(1.0)) == ["contractDetails", "bondContractDetails", "contractDetailsEnd"]


def test_one_bond_costs_ten_times_its_price_and_a_dollar() -> None:
    client = ready()
    client.placeOrder(1, bond(), order("MKT", "BUY", 5))
    events = client.after(5.0)
    assert story(events)[-1] == "commission"
    ((_, _, execution),) = of(events, "execDetails")
    assert 60 < execution.price < 130
    position = client.tws.accounts["DU1234567"].positions[TREASURY_ID]
    assert (position.quantity, position.fees) == (Decimal(5), Decimal(5))
    assert position.cost == Decimal(str(execution.price)) * 50 + 5


def test_a_bond_is_quoted() -> None:
    client = ready()
    client.reqMktData(7, bond(), "", False, False, [])
    prices = {tick: price for _, tick, price, _ in of(client.after(3.0), "tickPrice")}
    assert 60 < prices[1] < prices[2] < 130


def test_they_trade_by_the_hours_of_new_york() -> None:
    assert all(Calendar("regular").trading_hours(each, 1_795_521_600.0).startswith("20261124:0400") for each in bonds())


TREASURY_ID = next(each.con_id for each in bonds() if each.bond is TREASURY)
