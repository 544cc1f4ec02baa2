"""`python -m tests.benchmarks.worker CONTENDER FIRST_CLIENT_ID`: one contender as a process of its own.

Jobs come in on stdin as JSON lines, results go out on stdout; it is connected only while it has a job.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

from tests.benchmarks.contender import ORDER_PAUSE_S, Contender, round_trips, tick_latencies, tick_rate

Job = dict[str, Any]

JOBS: dict[str, Callable[[Contender, Job], Any]] = {
    "ticks": lambda one, job: tick_rate(one, job["con_ids"], job["prices"]),
    "latency": lambda one, job: tick_latencies(one, job["con_ids"], job["seconds"]),
    "orders": lambda one, job: round_trips(one.place, one.cancel, job["count"], ORDER_PAUSE_S),
    "asks": lambda one, job: round_trips(one.ask, lambda: None, job["count"], 0.0),
}


def make(name: str, client_id: int) -> Contender:
    """The contender of this name; what it needs is imported only here, so that no process carries another's weight."""
    if name == "ibapi":
        from tests.benchmarks.official import Official

        return Official(client_id)
    if name == "ib_async":
        from tests.benchmarks.asynchronous import Asynchronous

        return Asynchronous(client_id)
    if name == "client":
        from tests.benchmarks.bridged import Bridged

        return Bridged()
    from tests.benchmarks.raw import Raw

    return Raw()


def work(contender: Contender) -> None:
    """Job after job, until stdin is closed."""
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        job = json.loads(line)
        contender.open(job["target"])
        try:
            result = JOBS[job["job"]](contender, job)
        finally:
            contender.close()
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    work(make(sys.argv[1], int(sys.argv[2])))
