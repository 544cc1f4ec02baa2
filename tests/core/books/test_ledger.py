"""Random fills, late ones, corrections, busts and commissions of several owners: live, after a restart, and by hand."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.books.test_reckoning import lots
from twsbridge.protocol.models import Commission, Contract, Execution
from twsbridge_server.core.books.ledger import Ledger

OWNERS = ["alice", "bob", None]


@st.composite
def histories(draw: st.DrawFn) -> list[Execution]:
    """Executions in the order in which they become known."""
    known: list[Execution] = []
    for n in range(draw(st.integers(0, 25))):
        wire: dict[str, Any] = {
            "side": draw(st.sampled_from(["BOT", "SLD"])),
            "shares": Decimal(draw(st.integers(0, 30))),
            "price": draw(st.integers(1, 10_000)) / 100,
        }
        before = draw(st.sampled_from(known)) if known and draw(st.booleans()) else None
        if before is not None and not any(each.replaces == before.exec_id for each in known):
            revision = before.revision + 1
            exec_id = f"{before.exec_id.rpartition('.')[0]}.{revision:02}"
            more = {**wire, "exec_id": exec_id, "revision": revision, "replaces": before.exec_id, "time_us": n}
            known.append(before.model_copy(update=more))
            continue
        con_id = draw(st.integers(1, 2))
        wire |= {"exec_id": f"0000e0d5.{n:08x}.01.01", "account": draw(st.sampled_from(["DU1111111", "DU2222222"]))}
        wire |= {"time_us": draw(st.integers(0, 50)), "owner": draw(st.sampled_from(OWNERS))}
        wire |= {"strategy": draw(st.sampled_from(["", "pairs"])), "contract": Contract(con_id=con_id, sec_type="STK")}
        known.append(Execution(**wire))
    return known


def by_hand(history: list[Execution]) -> dict[tuple[Any, ...], list[tuple[Decimal, int]]]:
    """What stands of each book's fills: the last revision of each, in the order of the first ones."""
    books: defaultdict[tuple[Any, ...], list[tuple[Decimal, int]]] = defaultdict(list)
    first = {each.exec_id.rpartition(".")[0]: each for each in reversed(history)}
    last = {each.exec_id.rpartition(".")[0]: each for each in history}
    for root in sorted(first, key=lambda name: (first[name].time_us, first[name].exec_id)):
        fill = last[root]
        change = fill.shares if fill.side == "BOT" else -fill.shares
        if fill.owner is not None:
            key = (fill.account, fill.contract.con_id, fill.owner, fill.strategy)
            books[key].append((change, round(fill.price * 100)))
    return books


def rows(ledger: Ledger) -> dict[tuple[Any, ...], Any]:
    return {book.key: book.row() for holding in ledger.holdings() for book in ledger.of(holding)}


@settings(deadline=None)
@given(histories(), st.data())
def test_books_are_those_of_a_reckoning_by_hand_and_of_a_restart(history: list[Execution], data: st.DataObject) -> None:
    ledger, fees = Ledger(), {}
    for fill in history:
        assert ledger.filled(fill) == (fill.account, fill.contract.con_id)
        if data.draw(st.booleans()):
            fee = fees[fill.exec_id] = Commission(exec_id=fill.exec_id, commission=Decimal(1), currency="USD")
            assert (ledger.commissioned(fee) is None) == (fill.owner is None)
    told = rows(ledger)
    expected = by_hand(history)
    assert told.keys() == expected.keys()
    for key, said in expected.items():
        position, cost, realized = lots(said)
        row = told[key]
        assert Fraction(row.position) == position
        assert abs(Fraction(row.realized_pnl) - realized) < Fraction(1, 10**7)
        assert position == 0 or abs(Fraction(row.avg_cost) - cost / position) < Fraction(1, 10**7)
    for holding in ledger.holdings():
        assert ledger.owned(holding) == sum(row.position for key, row in told.items() if key[:2] == holding)
    assert sum(sum(row.commissions.values()) for row in told.values()) == len(
        {id_.rpartition(".")[0] for id_ in fees if any(e.exec_id == id_ and e.owner for e in history)}
    )
    booked = tuple((fill.wire(), fees[fill.exec_id].wire() if fill.exec_id in fees else None) for fill in history)
    assert rows(Ledger(booked)) == rows(Ledger(tuple(reversed(booked)))) == told


def test_a_correction_may_find_out_whose_order_it_was() -> None:
    began = Execution(exec_id="a.01", account="DU1", contract=Contract(con_id=1), side="BOT", shares=Decimal(5))
    ledger = Ledger()
    ledger.filled(began.model_copy(update={"owner": "alice"}))
    again = began.model_copy(update={"exec_id": "a.02", "replaces": "a.01", "revision": 2, "owner": "bob"})
    ledger.filled(again)
    assert {book.key.owner: book.position for book in ledger.of(("DU1", 1))} == {"alice": 0, "bob": 5}
    assert ledger.commissioned(Commission(exec_id="z", commission=Decimal(1), currency="USD")) is None
