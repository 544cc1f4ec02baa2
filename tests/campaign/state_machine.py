"""T14: stories that Hypothesis makes up and makes shorter: orders, repetitions, fills, lost connections, crashes."""

from __future__ import annotations

from collections import Counter

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.core.simulated_world import TwsOrder, World
from twsbridge.protocol import commands
from twsbridge_server.core.inputs import DrainAsked, TwsLost

KEYS = st.integers(0, 9).map("k{}".format)
EXAMPLES, STEPS = 200, 100


class Story(RuleBasedStateMachine):
    """The core, a small TWS and a disk. What is delivered, lost or cut short follows from the rules and `number`."""

    world: World | None = None

    @initialize(number=st.integers(0, 2**16), fail=st.sampled_from([0.0, 0.1]))
    def begin(self, number: int, fail: float) -> None:
        """Crashes come by a rule of their own here."""
        self.world = World(number, crash=0.0, fail=fail)

    @rule(key=KEYS)
    def place(self, key: str) -> None:
        """Also a repetition, as soon as the key was used."""
        self.world.place(key)

    @rule(key=KEYS)
    def cancel(self, key: str) -> None:
        """Of an order that there is, or not."""
        self.world._ask(commands.CancelOrder(client_order_id=key))

    @rule(key=KEYS, attempt=st.integers(1, 2))
    def resend(self, key: str, attempt: int) -> None:
        """Taken only when it is proven that TWS has no such order."""
        self.world._ask(commands.ResendOrder(client_order_id=key, attempt=attempt))

    @rule(messages=st.integers(1, 5))
    def read(self, messages: int) -> None:
        """Some of what TWS has said arrives."""
        for _ in range(messages):
            self.world._read()

    @rule(seconds=st.sampled_from([0.1, 1.0, 6.0, 12.0, 300.0]))
    def wait(self, seconds: float) -> None:
        """Deadlines pass."""
        self.world._pass(seconds)

    @rule()
    def trade(self) -> None:
        """An order is filled, whether anybody listens or not."""
        self.world.tws.trade()

    @rule()
    def lose_connection(self) -> None:
        """What was not read is gone."""
        self.world.tws.drop()
        self.world.feed(TwsLost("reset"))

    @rule()
    def crash(self) -> None:
        """The bridge starts again with what is on its disk."""
        self.world.start()

    @rule()
    def stop(self) -> None:
        """The operator wants it to end."""
        self.world.feed(DrainAsked())

    @rule()
    def mend(self) -> None:
        """A disk that has failed works again."""
        if self.world.has_failed:
            self.world.mend()

    @invariant()
    def no_order_is_doubled(self) -> None:
        """O1, at every moment: of each key at most one order is at TWS."""
        if self.world is None:
            return
        orders = self.world.tws.orders
        states = [body["state"] for body in self.world.disk.orders.values()]
        keys = Counter(state["client_order_id"] for state in states if _is_at(orders.get(state["order_id"])))
        assert all(count == 1 for count in keys.values()), keys
        assert all(order.placements == 1 for order in orders.values())

    def teardown(self) -> None:
        """O2, O3 and O7, once everything has settled."""
        if self.world is None:
            return
        self.world.settle()
        disk, tws = self.world.disk, self.world.tws
        assert set(disk.executions) == set(tws.executions)
        for rows in disk.events.values():
            assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
        for key, order_id in self.world.accepted.items():
            status = disk.orders[f"b:{order_id}"]["state"]["status"]
            there = tws.orders.get(order_id)
            assert status == (there.status if there and _is_at(there) else "NOT_FOUND"), key


def _is_at(order: TwsOrder | None) -> bool:
    return order is not None and order.status != "held"


def run(number: int, examples: int = EXAMPLES, steps: int = STEPS, shrinks: bool = True) -> Counter[str]:
    """So many stories; counts `faults` (stories). AssertionError with the shortest story that fails, if it shrinks."""
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink) if shrinks else (Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(seed(number)(Story), settings=chosen)
    return Counter(faults=examples)
