"""Many clients that join, leave, reconnect and die: TWS sees each line once, none is leaked, all see the same quotes.

`TWSBRIDGE_STREAM_SECONDS=600` makes the short run a long one.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from tests.bridge_process import BridgeProcess
from tests.waiting import eventually
from twsbridge import Client
from twssim.runner import SimulatedTws

SECONDS = float(os.environ.get("TWSBRIDGE_STREAM_SECONDS", "4"))
PROCESSES, CLIENTS, STREAMS, CONTRACTS = 5, 10, 4, 60

WORKER = """
import json, random, sys, threading
from twsbridge import Client

file, seed, clients, streams = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
topics, chance = sys.argv[5].split(), random.Random(seed)
settled, views = threading.Event(), {}

class One:
    def __init__(self):
        self.client, self.open = Client(file), []
        for _ in range(streams):
            self.join()

    def join(self):
        self.open.append((self.client.rows(chance.choice(topics)), {}))

    def read(self):
        for stream, view in self.open:
            while (tick := stream.next(0)) is not None:
                view[str(tick.tick_type)] = tick.value

def listen():
    sys.stdin.readline()
    settled.set()

everybody = [One() for _ in range(clients)]
threading.Thread(target=listen, daemon=True).start()
print("ready", flush=True)
while not settled.wait(0.03):
    number = chance.randrange(clients)
    if chance.random() < 0.05:
        everybody[number].client.close()
        everybody[number] = One()
    else:
        everybody[number].open.pop(0)[0].close()
        everybody[number].join()
    for one in everybody:
        one.read()
print("settled", flush=True)
for _ in sys.stdin:
    for one in everybody:
        one.read()
    print(json.dumps([[stream.topic, view] for one in everybody for stream, view in one.open]), flush=True)
"""


class Worker:
    """One process with several clients."""

    def __init__(self, bridge: BridgeProcess, seed: int, topics: list[str]) -> None:
        arguments = [str(bridge.connection_file), str(seed), str(CLIENTS), str(STREAMS), " ".join(topics)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self.process = subprocess.Popen([sys.executable, "-c", WORKER, *arguments], text=True, **pipes)

    def heard(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def say(self, word: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{word}\n")
        self.process.stdin.flush()

    def views(self) -> list[tuple[str, dict[str, object]]]:
        self.say("tell")
        return [(topic, view) for topic, view in json.loads(self.heard())]

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()


@contextmanager
def working(bridge: BridgeProcess, topics: list[str]) -> Iterator[list[Worker]]:
    workers = [Worker(bridge, seed, topics) for seed in range(PROCESSES)]
    try:
        yield workers
    finally:
        for worker in workers:
            worker.kill()


def churn(bridge: BridgeProcess, workers: list[Worker], topics: list[str]) -> None:
    """Until the time is over, one process after the other is killed and another one takes its place."""
    chance, seed = random.Random(7), PROCESSES
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        number = chance.randrange(PROCESSES)
        workers[number].kill()
        seed += 1
        workers[number] = Worker(bridge, seed, topics)
        assert workers[number].heard() == "ready"


def check_lines(simulator: SimulatedTws) -> set[int]:
    """Never more lines than contracts, never two of one contract; returns the contracts whose lines are open."""
    opened: set[int] = set()
    for record in simulator.ledger.of("line"):
        con_id = record["con_id"]
        assert (record["state"] == "opened") == (con_id not in opened), f"{record} while it was so already"
        opened.symmetric_difference_update({con_id})
        assert len(opened) <= CONTRACTS
    return opened


def test_many_clients_cost_one_line_a_contract_and_see_the_same(simulator: SimulatedTws, bridge: BridgeProcess) -> None:
    instruments = simulator.call(lambda gateway: list(gateway.universe))[:CONTRACTS]
    topics = [f"md|{each.con_id}@{each.exchange}|" for each in instruments]
    with ExitStack() as stack:
        client = stack.enter_context(Client(bridge.connection_file))
        workers = stack.enter_context(working(bridge, topics))
        assert [worker.heard() for worker in workers] == ["ready"] * PROCESSES
        churn(bridge, workers, topics)
        for worker in workers:
            worker.say("settle")
            assert worker.heard() == "settled"
        wanted = {topic for worker in workers for topic, _ in worker.views()}
        lines = {int(topic[3:].partition("@")[0]) for topic in wanted}
        eventually(lambda: {row.topic for row in client.status().lines} == wanted, "the lines that are wanted")
        eventually(lambda: check_lines(simulator) == lines, "TWS has heard of all of them, at the pace it allows")
        simulator.silence()

        def agree() -> bool:
            fresh = {}
            for topic in wanted:
                with client.rows(topic) as stream:
                    first = [stream.next(2.0)]
                    while first[-1] is not None:
                        first.append(stream.next(0.0))
                    fresh[topic] = {str(tick.tick_type): tick.value for tick in first if tick}
            seen = [each for worker in workers for each in worker.views()]
            assert len(seen) == PROCESSES * CLIENTS * STREAMS
            return all(view == fresh[topic] for topic, view in seen)

        eventually(agree, "every view equal to that of a new subscriber")
        simulator.silence(False)
        assert check_lines(simulator) == lines
    eventually(lambda: check_lines(simulator) == set(), "all lines closed")
    assert simulator.departures == [] and "pacing" not in bridge.log.lower()
