"""Where money is at stake when TWS fails: what the bridge tells is judged by the simulator's ledger."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

import twssim
from tests.bridge_process import BridgeProcess
from tests.waiting import PATIENCE, eventually
from twsbridge import BridgeError, Client, LimitOrder, MarketOrder, TwsError
from twssim.runner import SimulatedTws

FAR = LimitOrder("BUY", 5, 10.0)


@pytest.fixture
def tws(bridge: BridgeProcess) -> Iterator[Client]:
    """A client of a bridge that is ready for orders."""
    with Client(bridge.connection_file) as client:
        ready(client)
        yield client


def ready(tws: Client) -> None:
    eventually(lambda: tws.status().state == "READY", "the bridge is ready")


def accepted(simulator: SimulatedTws) -> list[str]:
    """The reference of every order that TWS took."""
    return [record["order_ref"] for record in simulator.ledger.of("order") if record["event"] == "accepted"]


def by_tws(simulator: SimulatedTws) -> dict[str, tuple[Decimal, float]]:
    """Shares and price of every execution in its last revision, as the ledger has it."""
    rows = {row["exec_id"]: row for row in simulator.ledger.of("execution")}
    for row in simulator.ledger.of("correction"):
        del rows[row["replaces"]]
        rows[row["exec_id"]] = row
    return {number: (Decimal(row["shares"]), float(row["price"])) for number, row in rows.items()}


def by_bridge(tws: Client) -> dict[str, tuple[Decimal, float]]:
    """The same as the bridge has it; every execution may be there only once."""
    rows = tws.executions()
    replaced = {row.replaces for row in rows}
    last = [row for row in rows if row.exec_id not in replaced]
    assert len({row.exec_id for row in rows}) == len(rows)
    return {row.exec_id: (row.shares, row.price) for row in last}


def agree(simulator: SimulatedTws, tws: Client, total: int) -> None:
    """Wait until so many shares are filled and both know of the same fills."""
    eventually(lambda: sum(shares for shares, _ in by_tws(simulator).values()) == total, "TWS fills")
    eventually(lambda: by_bridge(tws) == by_tws(simulator), "the bridge knows the same fills")


def filled_meanwhile(simulator: SimulatedTws) -> int:
    """Executions from the first fault to its end."""
    told = [(row["record"], row.get("state")) for row in simulator.ledger.records]
    begin = told.index(("fault", "on"))
    end = told.index(("fault", "off")) if ("fault", "off") in told else len(told)
    return told[begin:end].count(("execution", None))


def until_accepted(simulator: SimulatedTws) -> None:
    eventually(lambda: bool(accepted(simulator)), "TWS has the order")


def bridge_sessions(simulator: SimulatedTws) -> int:
    return sum(record["state"] == "opened" for record in simulator.ledger.of("session"))


def test_the_stream_is_cut_between_two_fills(simulator: SimulatedTws, tws: Client) -> None:
    trade = tws.place("NVDA", MarketOrder("BUY", 400), "cut")
    simulator.wait_for(lambda gateway: len(gateway.orders.executions) > 0)
    simulator.faults.apply("cut", direction="both")
    agree(simulator, tws, 400)
    assert filled_meanwhile(simulator)
    assert trade.wait(timeout=PATIENCE).filled == 400
    assert len(accepted(simulator)) == 1
    assert bridge_sessions(simulator) == 2


def test_a_restart_with_a_lower_next_valid_id_changes_no_order(simulator: SimulatedTws, tws: Client) -> None:
    for number in range(5):
        tws.place("NVDA", FAR, f"before.{number}").wait("Submitted", PATIENCE)
    simulator.faults.apply("restart", seconds=1.0)
    simulator.faults.apply("reset_order_ids", next_valid_id=1)
    eventually(lambda: bridge_sessions(simulator) == 2, "the bridge is back")
    ready(tws)
    tws.place("NVDA", LimitOrder("BUY", 1, 11.0), "after").wait("Submitted", PATIENCE)
    orders = simulator.ledger.of("order")
    assert [record["event"] for record in orders] == ["accepted"] * 6, "nothing was modified"
    assert len({record["order_id"] for record in orders}) == 6
    assert {row.client_order_id for row in tws.orders()} == {"after", *(f"before.{number}" for number in range(5))}


@pytest.mark.parametrize("backlog", ["keep", "lose"])
def test_the_link_is_lost_in_a_burst_of_fills(simulator: SimulatedTws, tws: Client, backlog: str) -> None:
    keys = [f"burst.{number}" for number in range(6)]
    for key, symbol in zip(keys, ("NVDA", "AAPL", "MSFT", "IBM", "AMZN", "QQQ"), strict=True):
        tws.place(symbol, MarketOrder("BUY", 4), key)
    simulator.wait_for(lambda gateway: len(gateway.orders.executions) > 1)
    simulator.faults.apply("link", seconds=2.0, backlog=backlog)
    agree(simulator, tws, 24)
    assert filled_meanwhile(simulator)
    eventually(lambda: {tws.find(key).status for key in keys} == {"Filled"}, "all are filled")
    assert len(accepted(simulator)) == 6


def test_a_corrected_execution_replaces_the_first(simulator: SimulatedTws, tws: Client) -> None:
    tws.place("NVDA", MarketOrder("BUY", 4), "corrected", wait="filled")
    agree(simulator, tws, 4)
    simulator.faults.apply("correction", price="123.45", number=0)
    agree(simulator, tws, 4)
    assert [row.price for row in tws.executions() if row.replaces] == [123.45]
    assert tws.find("corrected").filled == 4


@pytest.mark.parametrize("fault", ["hold_orders", "mute_orders"])
def test_an_order_that_is_never_answered_is_sent_once(simulator: SimulatedTws, tws: Client, fault: str) -> None:
    simulator.faults.apply(fault)
    first = tws.place("NVDA", MarketOrder("BUY", 3), "silent")
    again = tws.place("NVDA", MarketOrder("BUY", 3), "silent")
    assert first.client_order_id == again.client_order_id
    eventually(lambda: accepted(simulator) != [], "TWS has it")
    simulator.faults.apply("cut", direction="both")
    simulator.faults.clear()
    agree(simulator, tws, 3)
    assert len(accepted(simulator)) == 1


def test_an_order_that_tws_forgot_is_never_sent_again(simulator: SimulatedTws, tws: Client) -> None:
    simulator.faults.apply("lose_orders")
    tws.place("NVDA", MarketOrder("BUY", 3), "lost")
    simulator.wait_for(lambda gateway: any(row["name"] == "PlaceOrder" for row in gateway.ledger.of("request")))
    simulator.faults.apply("cut", direction="both")
    simulator.faults.clear()
    eventually(lambda: tws.find("lost").status == "NOT_FOUND", "the bridge knows")
    sent = [record for record in simulator.ledger.of("request") if record["name"] == "PlaceOrder"]
    assert len(sent) == 1 and accepted(simulator) == []


@pytest.mark.parametrize("error_first", [False, True])
def test_cancelled_for_a_refused_change_is_no_end(error_first: bool, simulator: SimulatedTws, tws: Client) -> None:
    """ib_insync#502: the order goes on working, whichever of the two comes first."""
    trade = tws.place("NVDA", FAR, "alive").wait("Submitted", PATIENCE)
    simulator.faults.apply("cancelled_for_modify", error_first=error_first)
    with pytest.raises(TwsError, match="refused the change"):
        trade.modify(limit=11.0)
    assert [record["code"] for record in simulator.ledger.of("rejected")] == [201]
    simulator.faults.clear()
    eventually(lambda: [row.client_order_id for row in tws.orders()] == ["alive"], "it is alive")
    tws.cancel(trade.order_id or 0).wait("Cancelled", PATIENCE)
    assert not simulator.call(lambda gateway: gateway.orders.working())


BURST = """
[[step]]
upon = { record = "order" }
do = "rechunk"
size = 4096
silence = 10.0

[[step]]
upon = { record = "status", status = "Submitted" }
do = "burst"
size = %d
"""


@pytest.mark.parametrize("size", [4096, 8192])
def test_what_a_burst_of_exactly_4096_bytes_tells_is_known_at_once(tmp_path: Path, size: int) -> None:
    """Silence follows it: a reader that asks for more before it decodes would wait."""
    scenario = tmp_path / "scenario.toml"
    scenario.write_text(BURST % size)
    with twssim.run(scenario=str(scenario)) as simulator:
        with BridgeProcess(tmp_path / "bridge", f"127.0.0.1:{simulator.port}") as bridge:
            with Client(bridge.connection_file) as tws:
                ready(tws)
                tws.place("NVDA", FAR, "burst").wait("Submitted", timeout=5.0)
    assert [record["action"] for record in simulator.ledger.of("fault")] == ["rechunk", "burst"]


def test_a_client_id_that_tws_still_holds_is_asked_for_again(simulator: SimulatedTws, tws: Client) -> None:
    tws.place("NVDA", FAR, "before").wait("Submitted", PATIENCE)
    simulator.faults.apply("linger", hold=1.5)
    simulator.faults.apply("cut", direction="both")
    eventually(lambda: bridge_sessions(simulator) == 2, "the bridge is back")
    ready(tws)
    assert {record["client_id"] for record in simulator.ledger.of("session")} == {1}
    assert tws.find("before").status == "Submitted"
    tws.place("NVDA", MarketOrder("BUY", 1), "after", wait="filled")
    agree(simulator, tws, 1)


def test_a_bridge_that_goes_down_says_what_nobody_knows_yet_and_finds_out_when_it_is_back(
    simulator: SimulatedTws, tmp_path: Path
) -> None:
    address = f"127.0.0.1:{simulator.port}"
    with BridgeProcess(tmp_path / "b", address, "--drain-seconds", "1") as bridge:
        with Client(bridge.connection_file) as client:
            ready(client)
            simulator.faults.apply("hold_orders")
            stopping = threading.Thread(target=lambda: (until_accepted(simulator), bridge.stop()))
            stopping.start()
            with pytest.raises(BridgeError) as refused:
                client.place("NVDA", FAR, "held", wait="acknowledged")
            stopping.join()
    assert (refused.value.code, refused.value.outcome) == ("br.stopped", "unknown")
    simulator.faults.clear("hold_orders")
    with BridgeProcess(tmp_path / "b", address) as bridge, Client(bridge.connection_file) as client:
        ready(client)
        eventually(lambda: client.find("held").status == "Submitted", "the order is found")
    assert len(accepted(simulator)) == 1
