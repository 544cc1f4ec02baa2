"""The ledger alone is enough: an independent replay of it gives the same orders, fills, positions and cash."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ibapi.contract import Contract

from tests.twssim.official import OfficialClient, gateway, order, stock
from twssim.faults import Faults
from twssim.gateway import Gateway
from twssim.ledger import LedgerFile
from twssim.order_checks import ONLY_FOR
from twssim.order_types import ORDER_TYPES
from twssim.recompute import TINY, Books, recompute, recompute_file


def lines(tws: Gateway) -> list[str]:
    return [json.dumps(record) for record in tws.ledger.records]


def the(con_id: int, exchange: str) -> Contract:
    contract = Contract()
    contract.conId, contract.exchange = con_id, exchange
    return contract


def future(tws: Gateway) -> Contract:
    (con_id, *_) = [each.con_id for each in tws.universe if each.symbol == "MES"]
    return the(con_id, "CME")


def option(tws: Gateway) -> Contract:
    (con_id, *_) = [each.con_id for each in tws.universe if each.sec_type == "OPT"]
    return the(con_id, "SMART")


CONTRACTS: dict[str, Any] = {
    "stock": lambda tws: stock(),
    "european": lambda tws: stock("VOD", "GBP"),
    "currency": lambda tws: the(12087792, "IDEALPRO"),
    "future": future,
    "option": option,
}
steps = st.lists(
    st.tuples(
        st.sampled_from(sorted(CONTRACTS)),
        st.sampled_from(["BUY", "SELL"]),
        st.integers(1, 40),
        st.sampled_from(["", "", "", "correction", "bust", "cancel"]),
        st.sampled_from(["DU1234567", "DU1234568"]),
    ),
    min_size=1,
    max_size=12,
)


def agree(books: Books, tws: Gateway) -> None:
    """Everything the replay knows is what the account, the orders and the executions hold."""
    assert books.differences == []
    cash = {(name, currency): amount for name, each in tws.accounts.items() for currency, amount in each.cash.items()}
    assert set(books.cash) == set(cash)
    assert all(abs(books.cash[key] - amount) < TINY for key, amount in cash.items())
    held = {
        (name, con_id): each for name, account in tws.accounts.items() for con_id, each in account.positions.items()
    }
    assert {key: each.quantity for key, each in books.holdings.items()} == {
        k: each.quantity for k, each in held.items()
    }
    for key, position in held.items():
        assert abs(books.holdings[key].cost - position.cost) < TINY
        assert abs(books.holdings[key].realized - position.realized_pnl) < TINY
    orders = {each.perm_id: (each.status, each.filled, each.fill_value) for each in tws.orders}
    assert {number: (each.status, each.filled, each.value) for number, each in books.orders.items()} == orders
    fills = [each.exec_id for each in tws.orders.executions]
    assert [line["exec_id"] for line in books.fills.values()] == fills


@settings(max_examples=30)
@given(steps=steps, seed=st.integers(1, 10**6))
def test_a_replay_of_the_ledger_equals_the_accounts_after_any_session(steps: list[Any], seed: int) -> None:
    tws = gateway(seed=seed, accounts=("DU1234567", "DU1234568"), cash=Decimal(10_000_000))
    client, faults = OfficialClient(tws), Faults(tws, None)
    client.after(1.0)
    for number, (what, action, lots, then, account) in enumerate(steps, start=1):
        size = lots * 1000 if what == "currency" else lots
        client.placeOrder(number, CONTRACTS[what](tws), order("MKT", action, size, account=account))
        if then == "cancel":
            client.cancel(number)
        client.after(3.0)
        if then in ("correction", "bust") and tws.orders.executions:
            price = {"price": "99.5"} if then == "correction" else {}
            faults.apply(then, **price)
    agree(recompute(lines(tws)), tws)
    again = gateway(tws.now + 60.0, tws.ledger.records, accounts=("DU1234567", "DU1234568"), cash=Decimal(10_000_000))
    agree(recompute(lines(again)), again)


def session() -> OfficialClient:
    client = OfficialClient(gateway())
    client.after(1.0)
    client.placeOrder(1, stock(), order("MKT", "BUY", 250))
    client.after(5.0)
    return client


@pytest.mark.parametrize(
    ("record", "field", "value"),
    [
        ("execution", "shares", "99"),
        ("execution", "price", "1"),
        ("execution", "commission", "7"),
        ("status", "filled", "9"),
    ],
)
def test_a_ledger_that_does_not_add_up_is_found_out(record: str, field: str, value: str) -> None:
    records = session().tws.ledger.records
    wrong = next(entry for entry in records if entry["record"] == record)
    wrong[field] = value
    found = recompute(json.dumps(each) for each in records).differences
    assert found and all(line.startswith("record ") for line in found)


def test_a_file_is_replayed_without_its_torn_last_line(tmp_path: Path) -> None:
    tws = session().tws
    path = tmp_path / "ledger.jsonl"
    file = LedgerFile(path)
    file.write(tws.ledger.records)
    file.close()
    with path.open("a") as torn:
        torn.write('{"seq": 99, "rec')
    agree(recompute_file(path), tws)


@pytest.mark.parametrize("text", ["no json", "[]", "{}", '{"record": []}', '{"record": "execution"}'])
def test_what_is_no_ledger_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(ValueError, match="line 1 is no record"):
        recompute([text])


placed = st.lists(
    st.tuples(
        st.sampled_from(sorted(set(ORDER_TYPES) - set(ONLY_FOR))),
        st.sampled_from(["BUY", "SELL"]),
        st.integers(1, 3000),
        st.sampled_from(["DAY", "GTC", "IOC", "FOK"]),
        st.sampled_from(["", "g"]),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=15)
@given(placed=placed, seed=st.integers(1, 10**6), factor=st.sampled_from(["0.97", "1", "1.03"]))
def test_no_order_of_any_type_fills_beyond_its_size(placed: list[Any], seed: int, factor: str) -> None:
    tws = gateway(seed=seed, cash=Decimal(10**8))
    client = OfficialClient(tws)
    client.after(1.0)
    price = float(tws.market.quote(265598, tws.now).last)
    for number, (kind, action, size, tif, group) in enumerate(placed, start=1):
        fields = {"stop": 1.0, "limit": price} if kind.startswith("TRAIL") else {"stop": price, "limit": price}
        client.placeOrder(number, stock(), order(kind, action, size, tif=tif, ocaGroup=group, **fields))
        client.after(1.0)
    tws.market.shift(265598, Decimal(factor), tws.now)
    client.after(20.0)
    agree(recompute(lines(tws)), tws)
    for each in tws.orders:
        assert 0 <= each.filled <= each.terms.total_quantity and (each.status == "Filled") == (not each.remaining)
