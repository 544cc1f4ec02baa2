"""The judges of a campaign: what the bridge tells and keeps against the ledger of the simulated TWS."""

from __future__ import annotations

from collections import Counter

from twsbridge import Client
from twssim.runner import SimulatedTws


def no_order_twice(simulator: SimulatedTws) -> int:
    """O1: each reference was accepted once. How many orders there are."""
    taken = Counter(row["order_ref"] for row in simulator.ledger.of("order") if row["event"] == "accepted")
    assert all(count == 1 for count in taken.values()), f"doubled: {taken}"
    return len(taken)


def no_order_lost(simulator: SimulatedTws, tws: Client, keys: list[str]) -> None:
    """O2: each key that was accepted is known, and all but NOT_FOUND ones are at TWS."""
    states = {each.client_order_id: each.status for each in tws.orders(live=False)}
    assert set(keys) <= set(states), f"forgotten: {set(keys) - set(states)}"
    assert sum(status != "NOT_FOUND" for status in states.values()) == no_order_twice(simulator)


def fills_agree(simulator: SimulatedTws, tws: Client) -> bool:
    """O3: the journal's executions are those of the ledger, each once."""
    told = Counter(row.exec_id for row in tws.executions())
    return told == Counter(row["exec_id"] for row in simulator.ledger.of("execution"))
