from __future__ import annotations

import pytest

from twsbridge.cli.demo.proof import Record, fills_are_complete, line_was_shared, of, orders_are_single

AAPL = 265598


def execution(number: int, **changes: object) -> Record:
    fields = {"exec_id": f"e{number}", "account": "DU1234567", "side": "BOT", "shares": "10", "price": "1.50"}
    return {"record": "execution", **fields, "order_id": number, **changes}


def row(number: int, **changes: str) -> dict[str, str]:
    fields = {"exec_id": f"e{number}", "account": "DU1234567", "action": "BUY", "shares": "10", "price": "1.5"}
    return {**fields, "order_id": str(number), **changes}


def accepted(reference: str) -> Record:
    return {"record": "order", "event": "accepted", "order_ref": reference}


def line(state: str, con_id: int = AAPL) -> Record:
    return {"record": "line", "con_id": con_id, "state": state}


def test_records_are_chosen_by_their_values() -> None:
    assert of("line", [line("opened"), line("closed"), line("opened", 1)], con_id=AAPL, state="opened") == [
        line("opened")
    ]


def test_equal_fills_prove_it() -> None:
    ledger = [line("opened"), execution(1), execution(2, side="SLD")]
    assert fills_are_complete(ledger, [row(2, action="SELL"), row(1)]).holds


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        ([row(1)], "1 missing, 0 twice, 0 that never were"),
        ([row(1), row(2), row(2)], "0 missing, 1 twice"),
        ([row(1), row(2), row(3)], "1 that never were"),
        ([row(1), row(2, price="1.6")], "1 missing, 0 twice, 1 that never were"),
        ([row(1), row(2, shares="11")], "1 missing"),
        ([row(1), row(2, action="SELL")], "1 missing"),
        ([row(1), row(2, order_id="9")], "1 missing"),
        ([row(1), row(2, account="DU7654321")], "1 missing"),
    ],
)
def test_a_wrong_file_of_fills_is_seen(rows: list[dict[str, str]], complaint: str) -> None:
    finding = fills_are_complete([execution(1), execution(2)], rows)
    assert not finding.holds and complaint in finding.text


def test_no_fills_prove_nothing() -> None:
    assert not fills_are_complete([], []).holds


KEYS = [("a", "1"), ("b", "1")]


def test_one_order_for_each_key() -> None:
    assert orders_are_single([accepted("x"), accepted("y")], KEYS, 1).holds


@pytest.mark.parametrize(
    ("references", "keys"),
    [(["x", "y", "z"], KEYS), (["x", "x"], KEYS), (["x"], KEYS), (["x", "y"], [("a", "1")] * 2), ([], [])],
)
def test_an_order_too_many_is_seen(references: list[str], keys: list[tuple[str, str]]) -> None:
    assert not orders_are_single([accepted(each) for each in references], keys, 1).holds


def test_a_line_that_all_shared() -> None:
    finding = line_was_shared([line("opened"), line("closed"), line("opened", 1)], AAPL, [5, 9], False)
    assert finding.holds and "2 programs got 5 to 9 updates each from 1 " in finding.text


@pytest.mark.parametrize(
    ("states", "ticks", "closed_early"),
    [
        (["opened", "opened", "closed", "closed"], [5, 9], False),
        (["opened"], [5, 9], False),
        (["opened", "closed"], [5, 0], False),
        (["opened", "closed"], [5, 9], True),
    ],
)
def test_a_line_that_was_not_shared_is_seen(states: list[str], ticks: list[int], closed_early: bool) -> None:
    assert not line_was_shared([line(state) for state in states], AAPL, ticks, closed_early).holds
