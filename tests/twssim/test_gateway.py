"""What all sessions share."""

from __future__ import annotations

from tests.twssim.official import NOON, OfficialClient, errors, gateway, names, order, stock
from twssim.gateway import MOST_SESSIONS


def test_there_is_room_for_thirty_two_clients() -> None:
    tws = gateway()
    clients = [OfficialClient(tws, client_id=number) for number in range(MOST_SESSIONS)]
    assert tws.open_session() is None
    clients[5].disconnect()
    assert tws.open_session() is not None


def test_the_same_seed_gives_the_same_day() -> None:
    def day(seed: int) -> list[object]:
        client = OfficialClient(gateway(seed=seed))
        client.reqMktData(9, stock(), "", False, False, [])
        client.placeOrder(1, stock(), order("MKT", "BUY", 250))
        client.after(10.0)
        return [record for record in client.tws.ledger.records]

    assert day(1) == day(1)
    assert day(1) != day(2)


def test_a_master_client_hears_about_the_orders_of_all() -> None:
    tws = gateway(master_client_id=9)
    trader, master, other = (OfficialClient(tws, client_id=number) for number in (1, 9, 3))
    for client in (trader, master, other):
        client.after(1.0)
    trader.placeOrder(1, stock(), order("MKT", "BUY", 5))
    told = names(trader.after(2.0))
    assert names(master.take()) == told and "execDetails" in told
    assert other.take() == []


def test_a_session_that_ends_leaves_its_orders_working() -> None:
    client = OfficialClient(gateway())
    client.placeOrder(1, stock(), order("LMT", "BUY", 5, limit=10.0))
    client.after(1.0)
    client.disconnect()
    assert [each.status for each in client.tws.orders.working()] == ["Submitted"]
    again = OfficialClient(client.tws)
    again.reqOpenOrders()
    assert names(again.take())[-3:] == ["openOrder", "orderStatus", "openOrderEnd"]


def test_sessions_are_recorded() -> None:
    client = OfficialClient(gateway(), client_id=7)
    client.disconnect()
    assert [(each["client_id"], each["state"]) for each in client.tws.ledger.of("session")] == [
        (7, "opened"),
        (7, "closed"),
    ]


def test_time_is_what_it_is_told() -> None:
    tws = gateway()
    tws.advance(NOON + 5.5)
    assert tws.now == NOON + 5.5
    tws.ledger.append("test")
    assert tws.ledger.of("test")[0]["time"] == NOON + 5.5


def test_read_only_mode_refuses_orders_and_open_orders_without_an_end() -> None:
    client = OfficialClient(gateway(read_only=True))
    client.after(1.0)
    client.placeOrder(1, stock(), order("MKT", "BUY", 5))
    client.cancel(1)
    client.cancel_all()
    client.reqOpenOrders()
    client.reqAllOpenOrders()
    client.reqAutoOpenOrders(True)
    events = client.after(1.0)
    assert set(names(events)) == {"error"}
    assert errors(events) == [(1, 321), (1, 321), (-1, 321), (-1, 321), (-1, 321), (-1, 321)]
