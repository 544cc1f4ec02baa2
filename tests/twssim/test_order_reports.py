"""What the ledger learns about orders, and when."""

from __future__ import annotations

from decimal import Decimal

from tests.twssim.official import OfficialClient, gateway, of, order, stock


def after_a_fill() -> OfficialClient:
    client = OfficialClient(gateway(), client_id=3)
    client.after(1.0)
    client.placeOrder(1, stock(), order("MKT", "BUY", 250, orderRef="my ref"))
    client.after(5.0)
    return client


def test_the_ledger_tells_the_whole_story_in_order() -> None:
    ledger = after_a_fill().tws.ledger
    kinds = [each["record"] for each in ledger.records if each["record"] not in ("session", "started")]
    assert kinds[:4] == ["request", "request", "order", "status"]
    assert kinds[4:] == ["execution", "cash", "position", "status"] * 3
    assert [each["seq"] for each in ledger.records] == list(range(1, len(ledger.records) + 1))


def test_an_execution_is_recorded_with_everything_the_client_was_told() -> None:
    client = OfficialClient(gateway(), client_id=3)
    client.after(1.0)
    client.placeOrder(1, stock(), order("MKT", "BUY", 5, orderRef="my ref"))
    events = client.after(5.0)
    ((_, _, told),), ((report,),) = of(events, "execDetails"), of(events, "commissionAndFeesReport")
    (record,) = client.tws.ledger.of("execution")
    assert (record["exec_id"], record["perm_id"], record["order_ref"]) == (told.execId, told.permId, "my ref")
    assert (Decimal(record["shares"]), float(record["price"])) == (told.shares, told.price)
    assert float(record["commission"]) == report.commissionAndFees and record["realized_pnl"] is None


def test_cash_and_position_are_recorded_after_each_fill() -> None:
    client = after_a_fill()
    account = client.tws.accounts["DU1234567"]
    assert Decimal(client.tws.ledger.of("cash")[-1]["amounts"]["USD"]) == account.cash["USD"]
    assert [Decimal(each["quantity"]) for each in client.tws.ledger.of("position")] == [100, 200, 250]


def test_repeated_states_are_recorded_once() -> None:
    client = after_a_fill()
    statuses = [(each["status"], each["filled"]) for each in client.tws.ledger.of("status")]
    assert statuses == [("PreSubmitted", "0"), ("Submitted", "100"), ("Submitted", "200"), ("Filled", "250")]


def test_changes_and_refusals_are_recorded() -> None:
    client = OfficialClient(gateway())
    client.placeOrder(1, stock(), order("LMT", "BUY", 5, limit=10.0))
    client.after(1.0)
    client.placeOrder(1, stock(), order("LMT", "BUY", 5, limit=11.0))
    client.after(1.0)
    client.placeOrder(1, stock(), order("LMT", "BUY", 5, limit=11.005))
    client.cancel(77)
    assert [(each["event"], each["terms"]["limit_price"]) for each in client.tws.ledger.of("order")] == [
        ("accepted", "10.0"),
        ("modified", "11.0"),
    ]
    assert [(each["order_id"], each["code"]) for each in client.tws.ledger.of("rejected")] == [(1, 110), (77, 10147)]
