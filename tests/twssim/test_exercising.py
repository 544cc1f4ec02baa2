"""Exercising in the books."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from tests.twssim.official import gateway
from twssim.exercising import EXERCISE, LAPSE, Exercise, carry_out, objection
from twssim.gateway import Gateway
from twssim.restore import restore


def wanted(action: int, quantity: int = 1, strike: int = 0) -> tuple[Gateway, Exercise]:
    tws = gateway(cash=Decimal(1_000_000), currency="USD")
    options = [each for each in tws.universe if each.sec_type == "OPT" and each.under_con_id == 265598]
    option = min((each for each in options if each.right == "C"), key=lambda each: abs(each.strike - strike))
    tws.accounts["DU1234567"].trade(option, Decimal(2), Decimal(3), Decimal(0))
    exercise = Exercise(
        client_id=1,
        order_id=7,
        account="DU1234567",
        option=option,
        action=action,
        quantity=Decimal(quantity),
        forced=False,
    )
    return tws, exercise


def test_only_what_is_held_and_worth_it_can_be_exercised() -> None:
    tws, low = wanted(EXERCISE)
    assert objection(tws, low) == ""
    assert "in the money" in objection(tws, replace(low, action=LAPSE))
    assert "No unlapsed position" in objection(tws, replace(low, quantity=Decimal(3)))
    tws, high = wanted(EXERCISE, strike=10**6)
    assert "out of the money" in objection(tws, high) and objection(tws, replace(high, forced=True)) == ""


def test_the_books_after_it_can_be_restored() -> None:
    tws, exercise = wanted(EXERCISE, 2)
    carry_out(tws, exercise)
    account = tws.accounts["DU1234567"]
    assert account.positions[265598].quantity == 200
    assert account.positions[265598].average_cost == exercise.option.strike
    assert account.positions[exercise.option.con_id].quantity == 0
    assert account.cash["USD"] == 1_000_000 - 600 - 200 * exercise.option.strike
    again = gateway(cash=Decimal(1_000_000), currency="USD")
    restore(again, tws.ledger.records[1:])
    assert again.accounts["DU1234567"].positions[265598].quantity == 200
