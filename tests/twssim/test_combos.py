"""Combinations: quoted and filled as one, booked leg by leg, as a real TWS reports them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from ibapi.contract import ComboLeg, Contract
from ibapi.execution import ExecutionFilter
from ibapi.order import OrderComboLeg

from tests.twssim.official import OfficialClient, errors, gateway, of, order, stock, story
from tests.twssim.test_recompute import agree, lines
from twssim.combos import BAG_CON_ID, combo_quote, legs_of
from twssim.contracts import ContractQuery
from twssim.faults import Faults
from twssim.flood import flood_block
from twssim.gateway import Gateway
from twssim.recompute import recompute

pytestmark = pytest.mark.usefixtures("every_profile")
AAPL, MSFT = 265598, 272093


def bag(*legs: tuple[int, int, str], **fields: Any) -> Contract:
    contract = stock(**fields)
    contract.secType = "BAG"
    contract.comboLegs = []
    for con_id, ratio, action in legs:
        leg = ComboLeg()
        leg.conId, leg.ratio, leg.action, leg.exchange = con_id, ratio, action, "SMART"
        contract.comboLegs.append(leg)
    return contract


SPREAD = ((AAPL, 1, "BUY"), (MSFT, 2, "SELL"))


def ready(**chosen: Any) -> OfficialClient:
    client = OfficialClient(gateway(**{"cash": Decimal(10**7), **chosen}))
    client.after(1.0)
    return client


def options(tws: Gateway) -> list[int]:
    return [each.con_id for each in tws.universe if each.sec_type == "OPT"][:2]


def test_a_combination_fills_as_one_and_as_each_of_its_legs() -> None:
    client = ready()
    client.placeOrder(1, bag(*SPREAD), order("MKT", "BUY", 5))
    events = client.after(3.0)
    pair = ["open Filled", "status Filled 5/0"]
    assert story(events)[4:] == ["exec 5", "exec 5", "exec 10", *pair, *pair, "commission", "commission"]
    executions = of(events, "execDetails")
    assert [contract.secType for _, contract, _ in executions] == ["BAG", "STK", "STK"]
    ids = [execution.execId for *_, execution in executions]
    assert [len(each.split(".")) for each in ids] == [4, 5, 5] and len(set(ids)) == 3
    assert [execution.side for *_, execution in executions] == ["BOT", "BOT", "SLD"]
    assert [report.execId for (report,) in of(events, "commissionAndFeesReport")] == ids[1:]
    whole, first, second = (execution.price for *_, execution in executions)
    assert whole == pytest.approx(first - 2 * second)
    positions = client.tws.accounts["DU1234567"].positions
    assert {con_id: each.quantity for con_id, each in positions.items()} == {AAPL: 5, MSFT: -10}


def test_its_legs_come_back_in_open_orders_and_executions_can_be_asked_for() -> None:
    client = ready()
    wanted = bag(*SPREAD)
    client.placeOrder(1, wanted, order("LMT", "BUY", 5, limit=-2000.0))
    _, shown, placed, _ = of(client.after(2.0), "openOrder")[0]
    assert [(each.conId, each.ratio, each.action) for each in shown.comboLegs] == list(SPREAD)
    assert (shown.secType, shown.conId, shown.symbol, placed.lmtPrice) == ("BAG", BAG_CON_ID, "AAPL", -2000.0)
    client.placeOrder(2, wanted, order("MKT", "SELL", 1))
    client.after(3.0)
    client.reqExecutions(9, ExecutionFilter())
    events = client.after(1.0)
    assert len(of(events, "execDetails")) == 3 and len(of(events, "commissionAndFeesReport")) == 2


def test_a_limit_that_rests_is_kept_by_the_legs_to_the_last_digit() -> None:
    client = ready()
    there = combo_quote(client.tws.market, legs_of(client.tws.universe, _terms(client).combo_legs), client.tws.now)
    limit = there.ask - 3
    client.placeOrder(2, bag(*SPREAD), order("LMT", "BUY", 5, limit=float(limit)))
    client.after(1.0)
    client.tws.market.shift(AAPL, Decimal("0.9"), client.tws.now)
    whole, first, second = (execution for *_, execution in of(client.after(3.0), "execDetails"))
    assert whole.price == float(limit) == pytest.approx(first.price - 2 * second.price)


def _terms(client: OfficialClient) -> Any:
    client.placeOrder(1, bag(*SPREAD), order("MKT", "BUY", 1, transmit=False))
    found = client.tws.orders.find(1, 1)
    assert found is not None
    return found.terms


def test_prices_per_leg_are_the_prices_of_the_legs() -> None:
    client = ready()
    wanted = order("LMT", "BUY", 5)
    wanted.orderComboLegs = []
    for price in (300.0, 400.0):
        leg = OrderComboLeg()
        leg.price = price
        wanted.orderComboLegs.append(leg)
    client.placeOrder(1, bag((AAPL, 1, "BUY"), (MSFT, 1, "SELL")), wanted)
    events = client.after(3.0)
    assert [each.price for each in of(events, "openOrder")[0][2].orderComboLegs] == [300.0, 400.0]
    assert [execution.price for *_, execution in of(events, "execDetails")] == [-100.0, 300.0, 400.0]


def test_options_are_quoted_per_share_and_booked_per_contract() -> None:
    client = ready()
    call, put = options(client.tws)
    client.placeOrder(1, bag((call, 1, "BUY"), (put, 1, "BUY")), order("MKT", "BUY", 2))
    whole, *legs = (execution for *_, execution in of(client.after(3.0), "execDetails"))
    assert whole.price == pytest.approx(sum(each.price for each in legs))
    spent = -client.tws.accounts["DU1234567"].cash["USD"]
    assert float(spent) == pytest.approx(whole.price * 2 * 100 + 2.6)


def test_the_ledger_of_combinations_adds_up_and_survives_a_restart() -> None:
    client = ready()
    client.placeOrder(1, bag(*SPREAD), order("MKT", "BUY", 250))
    client.placeOrder(2, bag(*SPREAD), order("LMT", "SELL", 5, limit=900.0))
    client.after(5.0)
    Faults(client.tws, None).apply("correction", price="400", number=-1)
    Faults(client.tws, None).apply("correction", shares="90", number=0)
    agree(recompute(lines(client.tws)), client.tws)
    again = gateway(client.tws.now + 1.0, client.tws.ledger.records, cash=Decimal(10**7))
    agree(recompute(lines(again)), again)
    before, after = (tws.accounts["DU1234567"].positions for tws in (client.tws, again))
    assert {k: (v.quantity, v.cost) for k, v in before.items()} == {k: (v.quantity, v.cost) for k, v in after.items()}
    (working,) = again.orders.working()
    assert (working.instrument.sec_type, len(working.terms.combo_legs)) == ("BAG", 2)


def test_a_what_if_of_a_combination_has_the_margin_and_commission_of_its_legs() -> None:
    client = ready()
    client.placeOrder(1, bag(*SPREAD), order("MKT", "BUY", 100, whatIf=True))
    ((_, _, _, state),) = of(client.after(1.0), "openOrder")
    assert float(state.initMarginChange) > 10_000 and state.commissionAndFees == 2.0


@pytest.mark.parametrize("legs", [(), ((1, 1, "BUY"),), ((AAPL, 0, "BUY"),)])
def test_a_combination_without_legs_that_can_be_traded_is_refused(legs: Any) -> None:
    client = ready()
    client.placeOrder(1, bag(*legs), order("MKT", "BUY", 5))
    assert errors(client.after(1.0)) == [(1, 200)] and list(client.tws.orders) == []


def test_what_the_account_cannot_carry_is_rejected() -> None:
    client = ready(cash=Decimal(1000))
    client.placeOrder(1, bag(*SPREAD), order("MKT", "BUY", 1000))
    assert errors(client.after(1.0)) == [(1, 201)]


def test_a_combination_is_quoted_from_its_legs_also_below_nothing() -> None:
    client = ready()
    client.reqMktData(7, bag(*SPREAD), "", False, False, [])
    ticks = of(client.after(30.0), "tickPrice")
    assert {req_id for req_id, *_ in ticks} == {7}
    shown = {tick: price for _, tick, price, _ in ticks}
    legs = client.tws.universe.find(ContractQuery(con_id=AAPL)) + client.tws.universe.find(ContractQuery(con_id=MSFT))
    apple, microsoft = (client.tws.market.quote(leg.con_id, client.tws.now) for leg in legs)
    assert shown[1] == float(apple.bid - 2 * microsoft.ask) < shown[2] == float(apple.ask - 2 * microsoft.bid) < 0
    assert len([price for _, tick, price, _ in ticks if tick == 1]) > 3


def test_a_combination_with_a_leg_that_does_not_exist_is_not_quoted() -> None:
    client = ready()
    client.reqMktData(7, bag((1, 1, "BUY"), (MSFT, 1, "SELL")), "", False, False, [])
    assert errors(client.after(1.0)) == [(7, 321)]


def test_a_flood_of_a_combination_is_one_of_its_own_quotes() -> None:
    client = ready()
    client.reqMktData(7, bag(*SPREAD), "", False, False, [])
    client.after(1.0)
    (line,) = client.session.subscriptions.market.values()
    client.session.write(flood_block(client.session, line))
    asks = [price for _, tick, price, _ in of(client.take(), "tickPrice") if tick == 2]
    assert len(asks) > 10 and all(price < 0 for price in asks)
