"""What TWS refuses, and with which code: nothing refused leaves a trace in the account."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ibapi.contract import Contract

from tests.twssim.official import OfficialClient, errors, gateway, names, of, order, stock
from twssim.wire import frame


def ready(**chosen: Any) -> OfficialClient:
    client = OfficialClient(gateway(**chosen))
    client.after(1.0)
    return client


REFUSED = [
    (order("MKT", "HOLD", 5), 321),
    (order("MKT", "BUY", 0), 434),
    (order("MKT", "BUY", -5), 321),
    (order("MKT", "BUY", "1E20"), 321),
    (order("MKT", "BUY", "0.5"), 10250),
    (order("NOSUCH", "BUY", 5), 321),
    (order("TRAIL", "BUY", 5), 463),
    (order("QUOTE", "BUY", 5), 387),
    (order("VOL", "BUY", 5), 387),
    (order("LOC", "BUY", 5), 463),
    (order("LMT", "BUY", 5, limit=10.0, tif="GTD"), 321),
    (order("LMT", "BUY", 5, limit=10.0, tif="GTD", goodTillDate="tomorrow"), 321),
    (order("LMT", "BUY", 5, limit=10.0, goodAfterTime="20261124 25:00:00"), 321),
    (order("LMT", "BUY", 5), 463),
    (order("STP", "BUY", 5), 463),
    (order("STP LMT", "BUY", 5, limit=10.0), 463),
    (order("LMT", "BUY", 5, limit=0.0), 201),
    (order("LMT", "BUY", 5, limit=-1.0), 201),
    (order("STP", "BUY", 5, stop=-1.0), 201),
    (order("LMT", "BUY", 5, limit=1e30), 201),
    (order("LMT", "BUY", 5, limit=10.005), 110),
    (order("STP", "BUY", 5, stop=10.005), 110),
    (order("MKT", "BUY", 5, tif="SOMETIMES"), 10052),
    (order("MKT", "BUY", 5, account="DU9999999"), 321),
    (order("MKT", "BUY", 5, parentId=77), 10006),
    (order("MKT", "BUY", 5, whatIf=True, transmit=False), 321),
    (order("MKT", "BUY", 1_000_000), 201),
]


@pytest.mark.parametrize(("wanted", "code"), REFUSED, ids=[f"{code}-{n}" for n, (_, code) in enumerate(REFUSED)])
def test_a_wrong_order_gets_its_code_and_no_fill(wanted: Any, code: int) -> None:
    client = ready()
    client.placeOrder(1, stock(), wanted)
    events = client.after(3.0)
    assert errors(events) == [(1, code)]
    assert not {"execDetails"} & set(names(events))
    assert client.tws.orders.working() == [] and client.tws.accounts["DU1234567"].positions == {}
    assert client.tws.ledger.of("rejected")[0]["code"] == code


@pytest.mark.parametrize("contract", [stock("NOSUCH"), Contract(), stock(currency="JPY")])
def test_an_order_for_an_unknown_contract_is_refused(contract: Contract) -> None:
    client = ready()
    client.placeOrder(1, contract, order("MKT", "BUY", 5))
    assert errors(client.after(1.0)) == [(1, 200)]


def test_several_accounts_need_one_to_be_named() -> None:
    client = ready(accounts=("DU1234567", "DU1234568"))
    client.placeOrder(1, stock(), order("MKT", "BUY", 5))
    assert errors(client.after(1.0)) == [(1, 435)]
    client.placeOrder(2, stock(), order("MKT", "BUY", 5, account="DU1234568"))
    client.after(2.0)
    assert [account.positions == {} for account in client.tws.accounts.values()] == [True, False]


def test_twenty_orders_may_work_on_one_side_of_a_contract() -> None:
    client = ready()
    for order_id in range(1, 23):
        client.placeOrder(order_id, stock(), order("LMT", "BUY", 1, limit=1.0))
        client.after(0.5)
    assert len(client.tws.orders.working()) == 20
    rejected = [record["order_id"] for record in client.tws.ledger.of("rejected")]
    assert rejected == [21, 22]
    client.placeOrder(30, stock(), order("LMT", "SELL", 1, limit=999.0))
    assert errors(client.after(1.0)) == []


def test_closing_a_position_needs_no_funds() -> None:
    client = ready(cash=2000)
    client.placeOrder(1, stock(), order("MKT", "BUY", 30))
    client.after(2.0)
    client.placeOrder(2, stock(), order("MKT", "BUY", 30))
    client.placeOrder(3, stock(), order("MKT", "SELL", 30))
    client.after(2.0)
    assert [each.status for each in client.tws.orders] == ["Filled", "Inactive", "Filled"]


@settings(max_examples=60)
@given(
    kind=st.sampled_from(["MKT", "LMT", "STP", "STP LMT", "TRAIL", ""]),
    quantity=st.one_of(st.integers(-5, 10**9), st.floats(-10, 1e12, allow_nan=False)),
    limit=st.floats(allow_nan=False, allow_infinity=False),
    stop=st.floats(-1e6, 1e6, allow_nan=False),
)
def test_no_numbers_break_the_simulator(kind: str, quantity: float, limit: float, stop: float) -> None:
    client = ready()
    client.placeOrder(1, stock(), order(kind, "BUY", quantity, limit=limit, stop=stop))
    events = client.after(2.0)
    assert errors(events) or of(events, "openOrder")
    client.reqCurrentTime()
    assert names(client.take()) == ["currentTime"]


@pytest.mark.parametrize(("field", "code"), [(1, 10268), (2, 10269), (3, 10270)])
def test_what_only_old_clients_still_ask_for_is_refused(field: int, code: int) -> None:
    """The official client sends nothing at these three places any more; 9.81 sent 1 at the first two."""
    client = ready()
    sent = []
    client.conn.sendMsg = sent.append
    client.placeOrder(1, stock(), order("MKT", "BUY", 5, percentOffset=0.5))
    fields = sent[0].split(b"\0")
    fields[fields.index(b"0.5") + field] = b"1"
    client.tws.sessions[0].receive(frame(b"\0".join(fields)[4:]))
    assert errors(client.after(3.0)) == [(1, code)]
