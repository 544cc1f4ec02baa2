"""The core under seeded trouble: crashes between any two effects, lost connections, silent orders, late fills."""

from __future__ import annotations

import os
from collections import Counter
from copy import deepcopy
from dataclasses import replace

import pytest

from tests.core.simulated_world import Disk, World
from twsbridge_server.core import order_resends
from twsbridge_server.core.degraded import DegradingBridge
from twsbridge_server.core.executions import Executions
from twsbridge_server.core.older_copy import OlderCopy
from twsbridge_server.core.order_waiters import OrderWaiters
from twsbridge_server.core.placements import Placements

SEEDS = int(os.environ.get("TWSBRIDGE_SEEDS", "60"))
STEPS = 120


def _key(world: World, order_id: int) -> str:
    return str(world.disk.orders[f"b:{order_id}"]["state"]["client_order_id"])


def run(seed: int, fail: float = 0.0) -> World:
    world = World(seed, fail=fail)
    for _ in range(2):
        for _ in range(STEPS // 2):
            world.step()
        world.settle()
    return world


@pytest.mark.parametrize("fail", [0.0, 0.1])
@pytest.mark.parametrize("seed", range(SEEDS))
def test_no_order_is_doubled_and_no_fill_is_lost(seed: int, fail: float) -> None:
    world = run(seed, fail)
    orders = world.tws.orders.values()
    references = Counter(order.call.order_ref for order in orders)
    assert all(count == 1 for count in references.values())
    assert all(order.placements == 1 for order in orders)
    assert set(world.disk.executions) == set(world.tws.executions)
    for rows in world.disk.events.values():
        assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    published = Counter(
        row.body["exec_id"] for rows in world.disk.events.values() for row in rows if row.type == "execution"
    )
    assert published == Counter(world.tws.executions.keys())
    books = world.books()
    assert sum(row.position for row in books) == 5 * len(world.tws.executions)
    assert {row.owner for row in books} <= {"alice"}, "nothing is left to nobody"


@pytest.mark.parametrize("fail", [0.0, 0.1])
@pytest.mark.parametrize("seed", range(SEEDS))
def test_every_accepted_order_ends_in_the_state_that_tws_has(seed: int, fail: float) -> None:
    world = run(seed, fail)
    for key, order_id in world.accepted.items():
        status = world.disk.orders[f"b:{order_id}"]["state"]["status"]
        there = world.tws.orders.get(order_id)
        seen = there is not None and there.status != "held"
        assert status == (there.status if there and seen else "NOT_FOUND"), key


@pytest.mark.parametrize("seed", range(SEEDS))
def test_at_most_one_order_of_a_key_is_ever_at_tws(seed: int) -> None:
    world = run(seed)
    keys = Counter(
        (body["state"]["owner"], body["state"]["client_order_id"])
        for body in world.disk.orders.values()
        if (there := world.tws.orders.get(body["state"]["order_id"])) and there.status != "held"
    )
    assert all(count == 1 for count in keys.values())


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_bracket_works_whole_or_not_at_all(seed: int) -> None:
    world = run(seed)
    for order in world.tws.orders.values():
        if order.call.parent_id and order.status != "held":
            assert world.tws.orders[order.call.parent_id].status != "held"
        if not order.call.transmit and not order.call.parent_id and order.status != "held":
            children = [o for o in world.tws.orders.values() if o.call.parent_id == order.call.order_id]
            assert len(children) == 2 and all(child.status != "held" for child in children)


def test_the_simulation_meets_groups_in_part_and_further_attempts() -> None:
    worlds = [run(seed) for seed in range(40)]
    orders = [body["state"] for world in worlds for body in world.disk.orders.values()]
    assert any(state["attempt"] > 1 and state["status"] != "NOT_FOUND" for state in orders)
    assert any(order.status == "held" for world in worlds for order in world.tws.orders.values())


def _breaks(world: World) -> list[str]:
    said = [row.body for rows in world.disk.events.values() for row in rows if row.type == "recon.break"]
    return [body["actual"] for body in said if body["subject"] == "position" and not body["resolved"]]


@pytest.mark.parametrize("seed", range(SEEDS))
def test_holdings_that_executions_explain_are_never_a_break(seed: int) -> None:
    assert _breaks(run(seed)) == []


@pytest.mark.parametrize("seed", range(0, SEEDS, 4))
def test_a_holding_that_moved_while_no_bridge_was_there_is_always_a_break(seed: int) -> None:
    world = run(seed)
    world.tws.drop()
    world.tws.trade()
    world.tws.from_elsewhere += 100
    world.start()
    world.settle()
    assert _breaks(world) == [str(5 * len(world.tws.executions) + 100)]


def test_the_judge_sees_a_bridge_that_forgets_what_was_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Disk, "_executions_after", lambda self, baseline: frozenset())
    assert any(_breaks(run(seed)) for seed in range(20))


def test_bridges_that_go_down_on_purpose_answer_everybody() -> None:
    assert sum(run(seed).stops for seed in range(20)) > 10


def test_the_judge_sees_a_bridge_that_goes_down_without_answering(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OrderWaiters, "stop", lambda self, reason: [])
    with pytest.raises(AssertionError):
        for seed in range(60):
            run(seed)


def test_the_judge_sees_a_bridge_that_resends_in_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order_resends, "_refusal", lambda record, command: None)
    worlds = [run(seed) for seed in range(20)]
    placed = [Counter(_key(w, o.call.order_id) for o in w.tws.orders.values() if o.status != "held") for w in worlds]
    assert any(count > 1 for counter in placed for count in counter.values())


def test_disks_fail_and_cancels_pass_meanwhile() -> None:
    worlds = [run(seed, 0.1) for seed in range(20)]
    assert sum(world.failures for world in worlds) > 20
    assert sum(world.cancels_sent for world in worlds) > 0


def test_the_judge_sees_a_bridge_that_goes_on_with_what_was_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the order of things that `DegradingBridge` keeps, fills of the failed turn are never journaled."""
    monkeypatch.setattr(DegradingBridge, "_failed", lambda self, said, now: [])
    monkeypatch.setattr(DegradingBridge, "_works", lambda self, said, now: [])
    monkeypatch.setattr(World, "mend", lambda self: setattr(self, "has_failed", False))
    caught = 0
    for seed in range(20):
        try:
            world = run(seed, 0.1)
        except AssertionError:
            caught += 1
        else:
            caught += set(world.disk.executions) != set(world.tws.executions)
    assert caught


def test_the_same_seed_gives_the_same_history() -> None:
    assert run(7).disk.events == run(7).disk.events


def test_the_judge_sees_a_bridge_that_takes_fills_only_as_they_happen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    take = Executions.received
    monkeypatch.setattr(
        Executions, "received", lambda self, said, now: take(self, said, now) if said.req_id == -1 else []
    )
    worlds = [run(seed) for seed in range(20)]
    assert any(set(w.disk.executions) != set(w.tws.executions) for w in worlds)


def test_the_judge_sees_a_bridge_that_forgets_its_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both guards are off: what the journal knows of a key, and what TWS shows of it."""
    restored = Disk.restored
    monkeypatch.setattr(Disk, "restored", lambda self: replace(restored(self), intents=()))
    monkeypatch.setattr(Placements, "refusal_of_shown", lambda self, keys, attempt=1: None)
    worlds = (run(seed) for seed in range(60))
    references = (Counter(o.call.order_ref for o in w.tws.orders.values()) for w in worlds)
    assert any(count > 1 for counter in references for count in counter.values())


def with_a_backup(seed: int) -> World:
    """A history in the middle of which the journal is replaced by a copy of what it was before."""
    world = World(seed)
    for _ in range(STEPS // 3):
        world.step()
    copy = deepcopy(world.disk)
    for _ in range(STEPS // 3):
        world.step()
    world.settle()
    keys, world.accepted = list(world.accepted), {}
    world.replace_disk(copy)
    for key in keys:
        for _ in range(6):
            world.step()
        world.place(key)
    world.settle()
    for key in keys:
        world.place(key)
    for _ in range(STEPS // 3):
        world.step()
    world.settle()
    world.tws.end_day()
    world.start()
    world.settle()
    for key in keys:
        world.place(key)
    world.settle()
    return world


def doubled(world: World) -> bool:
    """Whether a key has two orders at TWS."""
    references = Counter(o.call.order_ref for o in world.tws.orders.values() if o.status != "held")
    return any(count > 1 for count in references.values())


@pytest.mark.parametrize("seed", range(SEEDS // 2))
def test_an_older_copy_of_the_journal_doubles_no_order_and_loses_no_fill(seed: int) -> None:
    world = with_a_backup(seed)
    assert not doubled(world)
    assert set(world.disk.executions) == set(world.tws.executions)


def test_the_judge_sees_a_bridge_that_takes_orders_before_tws_has_told_all_it_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(OlderCopy, "is_open", False)
    assert any(doubled(with_a_backup(seed)) for seed in range(SEEDS))


def test_the_judge_sees_a_bridge_that_forgets_what_tws_has_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    restored = Disk.restored
    monkeypatch.setattr(Disk, "restored", lambda self: replace(restored(self), shown={}))
    assert any(doubled(with_a_backup(seed)) for seed in range(SEEDS))


def test_the_judge_sees_a_bridge_that_trusts_its_older_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Placements, "refusal_of_shown", lambda self, keys, attempt=1: None)
    assert any(doubled(with_a_backup(seed)) for seed in range(SEEDS))
