"""Public incidents of other projects, under their names, as whole processes meet them; judged by the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.bridge_process import BridgeProcess
from tests.waiting import PATIENCE, eventually
from twsbridge import BridgeError, Client, LimitOrder, MarketOrder, OrderError, TwsError
from twssim.runner import SimulatedTws

FAR = LimitOrder("BUY", 5, 10.0)


@pytest.fixture
def tws(bridge: BridgeProcess) -> Iterator[Client]:
    """A client of a bridge that is ready for orders."""
    with Client(bridge.connection_file) as client:
        client.wait_ready(PATIENCE)
        yield client


def accepted(simulator: SimulatedTws) -> int:
    """How many orders TWS took."""
    return sum(row["event"] == "accepted" for row in simulator.ledger.of("order"))


def sent(simulator: SimulatedTws) -> int:
    """How many placeOrder TWS read, changes included."""
    return sum(row["name"] == "PlaceOrder" for row in simulator.ledger.of("request"))


def asked_for_bars(simulator: SimulatedTws) -> bool:
    """A request for bars has reached TWS."""
    return any(row["name"].startswith("RequestHistorical") for row in simulator.ledger.of("request"))


def test_nautilus_trader_4564_a_change_while_the_link_is_lost(simulator: SimulatedTws, tws: Client) -> None:
    """It became a second live order, which filled six hours later."""
    trade = tws.place("NVDA", FAR, "one", wait="acknowledged")
    simulator.faults.apply("link", backlog="keep")
    simulator.faults.apply("duplicate_on_modify")
    eventually(lambda: tws.status().state == "LINK_DOWN", "the bridge knows")
    with pytest.raises(TwsError) as refused:
        trade.modify(limit=11.0)
    assert (refused.value.code, refused.value.outcome) == ("tws.link_down", "rejected")
    simulator.faults.clear()
    tws.wait_ready(PATIENCE)
    assert (accepted(simulator), sent(simulator)) == (1, 1)


def test_nautilus_trader_4564_a_second_order_is_seen(simulator: SimulatedTws, tws: Client) -> None:
    """TWS itself made two orders of one change: the bridge cannot prevent that, but shows both, each by its perm id."""
    trade = tws.place("NVDA", FAR, "one", wait="acknowledged")
    simulator.faults.apply("duplicate_on_modify")
    with pytest.raises(BridgeError):
        trade.modify(limit=11.0, timeout=1.0)
    simulator.faults.clear()
    there = {row["perm_id"] for row in simulator.ledger.of("order")}
    assert len(there) == 2
    eventually(lambda: [each for each in tws.status().breaks if each.subject == "duplicate"], "an alarm")


def test_lean_ib_246_a_dead_session_is_seen(simulator: SimulatedTws, tws: Client) -> None:
    """A heartbeat that ran only while connected hid a dead session for three days: every state has its heartbeat."""
    simulator.faults.apply("refuse")
    simulator.drop_connections()
    with tws.events("system") as events:
        eventually(lambda: tws.status().state == "DISCONNECTED", "the bridge knows")
        assert events.next(PATIENCE) is not None
    assert tws.state == "up"
    assert tws.status().reason
    simulator.faults.clear()
    tws.wait_ready(PATIENCE)


@pytest.mark.parametrize("mode", ["endless", "silent"])
def test_nautilus_trader_5007_a_query_that_fails_is_not_nothing(
    mode: str, simulator: SimulatedTws, tws: Client
) -> None:
    """ib_async#54 too: executions without their end were taken for "no fills", and the books for reconciled."""
    tws.place("NVDA", MarketOrder("BUY", 3), "before", wait="filled")
    simulator.faults.apply("executions", mode=mode)
    simulator.drop_connections()
    eventually(lambda: "did not confirm" in tws.status().reason, "an incomplete sweep is named")
    assert sum(row.shares for row in tws.executions()) == 3
    assert tws.find("before").status == "Filled"
    simulator.faults.clear()


def test_vnpy_a_long_history_call_holds_up_nobody(simulator: SimulatedTws, tws: Client, bridge: BridgeProcess) -> None:
    """Its one thread waited up to 600 s for bars, and no client could send an order meanwhile."""
    simulator.faults.apply("farm", name="history")
    with Client(bridge.connection_file, timeout=60.0) as reader, ThreadPoolExecutor(1) as thread:
        bars = thread.submit(reader.bars, "NVDA", "1 D", "5 mins")
        eventually(lambda: asked_for_bars(simulator), "TWS was asked for bars")
        assert tws.place("NVDA", MarketOrder("BUY", 3), "meanwhile", wait="filled").status == "Filled"
        assert not bars.done()
        reader.close()
        with pytest.raises(BridgeError):
            bars.result()


def test_interreact_12_a_change_right_after_the_order(simulator: SimulatedTws, tws: Client) -> None:
    """TWS answered 103 (duplicate order id), and the order was taken for rejected."""
    simulator.faults.apply("hold_orders")
    trade = tws.place("NVDA", FAR, "one")
    with pytest.raises(OrderError) as refused:
        trade.modify(limit=11.0)
    assert (refused.value.code, refused.value.retry) == ("order.busy", "after:500")
    simulator.faults.clear()
    trade.wait("Submitted", PATIENCE)
    assert trade.modify(limit=11.0).state.order.limit_price == 11.0
    assert (accepted(simulator), sent(simulator)) == (1, 2)


def test_ib_insync_483_what_is_typed_in_at_tws_is_known(simulator: SimulatedTws, tws: Client) -> None:
    """TWS tells a client of its own fills alone: those of others are found by the next sweep, and are nobody's here."""
    simulator.faults.apply("manual_order", symbol="TSLA", quantity="7")
    eventually(lambda: simulator.ledger.of("execution"), "TWS fills")
    simulator.drop_connections()
    fill = eventually(lambda: [row for row in tws.executions() if row.contract.symbol == "TSLA"], "the fill")
    assert {row.client_order_id for row in fill} == {None}
    eventually(lambda: sum(row.position for row in tws.positions()) == 7, "the position")


def test_ib_insync_35_a_burst_beyond_the_limit_of_tws(simulator: SimulatedTws, tws: Client) -> None:
    """TWS drops what is beyond 50 messages a second, and at last the connection: the bridge waits instead."""
    simulator.faults.apply("pacing", per_second=50, strikes=1)
    for number in range(80):
        tws.place(("NVDA", "AAPL", "MSFT", "IBM", "QQQ")[number % 5], MarketOrder("BUY", 1), f"k{number}")
    eventually(lambda: accepted(simulator) == 80, "TWS has them all")
    assert [row["state"] for row in simulator.ledger.of("session")] == ["opened"]
