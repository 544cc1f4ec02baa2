from __future__ import annotations

from decimal import Decimal
from typing import Any

from twsbridge.protocol.models import Commission, Contract, Execution
from twsbridge_server.core.books.book import Book, BookKey

ES = Contract(con_id=7, symbol="ES", sec_type="FUT", multiplier="50", currency="USD")
AAPL = Contract(con_id=7, symbol="AAPL", sec_type="STK", currency="USD")


def fill(shares: int, price: float, contract: Contract = AAPL, **more: Any) -> Execution:
    side = "BOT" if shares > 0 else "SLD"
    return Execution(exec_id="x", contract=contract, side=side, shares=Decimal(abs(shares)), price=price, **more)


def book(*fills: Execution) -> Book:
    kept = Book(BookKey("DU1234567", 7, "alice", "pairs"))
    for n, each in enumerate(fills):
        kept.put((n, f"e{n}"), each)
    return kept


def test_a_row_has_the_multiplier_in_cost_and_profit_and_remembers_it() -> None:
    silent = ES.model_copy(update={"multiplier": ""})
    row = book(fill(2, 6000.25, ES), fill(-1, 6010.25, silent)).row()
    assert (row.owner, row.strategy, row.account) == ("alice", "pairs", "DU1234567")
    assert (row.position, row.avg_cost, row.realized_pnl, row.executions) == (1, 6000.25 * 50, 500, 2)
    assert row.contract.multiplier == "50"


def test_a_closed_book_has_no_cost() -> None:
    row = book(fill(-3, 10.1), fill(3, 10.0)).row()
    assert (row.position, row.avg_cost, row.realized_pnl) == (0, None, Decimal("0.3"))


def test_a_fill_that_becomes_known_late_stands_where_it_happened() -> None:
    late, straight = book(fill(10, 100.0), fill(-10, 110.0)), book(fill(10, 100.0), fill(-10, 110.0))
    late.put((0, "e0-later"), fill(10, 120.0))
    assert late.row().realized_pnl == 0
    straight.put((2, "e2"), fill(10, 120.0))
    assert straight.row().realized_pnl == 100


def test_a_correction_and_a_bust_take_the_place_of_what_they_correct() -> None:
    kept = book(fill(10, 100.0), fill(-4, 110.0))
    kept.put((0, "e0"), fill(8, 105.0))
    assert (kept.position, kept.row().realized_pnl, kept.row().avg_cost) == (4, 20, 105.0)
    kept.put((1, "e1"), fill(0, 110.0))
    assert (kept.position, kept.row().realized_pnl) == (8, 0)
    kept.take_out((0, "e0"))
    assert kept.position == 0


def test_commissions_are_kept_by_currency_and_once_for_each_fill() -> None:
    kept = book(fill(10, 100.0), fill(5, 100.0))
    for place, amount, currency in (((0, "e0"), "1.05", "USD"), ((1, "e1"), "2", "EUR"), ((0, "e0"), "1.10", "USD")):
        kept.pay(place, Commission(exec_id="x", commission=Decimal(amount), currency=currency))
    assert kept.row().commissions == {"USD": Decimal("1.10"), "EUR": Decimal(2)}


def test_a_combos_own_fill_moves_nothing_and_a_strange_multiplier_is_one() -> None:
    assert book(fill(10, 1.5, Contract(con_id=7, symbol="X", sec_type="BAG"))).position == 0
    assert book(fill(10, 2.0, ES.model_copy(update={"multiplier": "x"}))).row().avg_cost == 2.0
