"""`./run bench`: the bridge against the official ibapi and ib_async, each connected directly to the same simulated TWS.

Four ways from TWS to a consumer, each in a process of its own: `ibapi` (the official client: reader thread, queue,
callbacks), `ib_async`, `client` (the bridge and its Python client) and `raw` (the bridge and bare sockets that decode
the protocol, as a client in another language would). Real sockets; encryption and the journal are on; text protocol
176, which all of them speak. In every round each of them has its turn, and each round begins with another one; the
table has the medians of the rounds and the medians of the ratios within each round. Machines and hours differ: only
ratios say something.

- ticks: prices a second that arrive at one consumer, out of a burst of bids, asks and lasts with their sizes that TWS
  sends as fast as it is read; from one line, and from several whose quotes take turns; with several consumers, the
  mean of them. ibapi and ib_async take a TWS connection for each consumer, the bridge shares one. `consumer's time`
  is processor time of the consumer's process.
- latency: from TWS's send to the consumer's code, at a steady number of ticks a second.
- order: from the call that places an order to its first status from TWS; TWS acknowledges at once.
- question: `reqCurrentTime` asked of TWS, `status` (client) and `ping` (raw) asked of the bridge.

`--recovery` measures instead how long a bridge with 10,000 orders in its journal takes from its start to READY, and a
replay of 1,000 events (with `--long` of 1,000,000).

`--history` measures how long orders wait while the bridge tells another client a year of minute bars.

The short run takes less than a minute; `--long` has more and longer rounds. `-o json` is for programs.
"""

from __future__ import annotations

import argparse
import sys

from rich.console import Console

from tests.benchmarks import history, recovery, table
from tests.benchmarks.arena import Arena
from tests.benchmarks.measures import LONG, SHORT, Sizes, rows


def main(arguments: list[str] | None = None, sizes: Sizes = SHORT) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="./run bench", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--long", action="store_true", help="more and longer rounds: some minutes")
    parser.add_argument("-o", "--output", choices=("table", "json"), default="table")
    parser.add_argument("--recovery", action="store_true", help="only: start to READY, and replay, on a full journal")
    parser.add_argument("--history", action="store_true", help="only: orders while long histories are told")
    options = parser.parse_args(arguments)
    if options.history:
        history.main()
        return 0
    if options.recovery:
        recovery.main(events=1_000_000 if options.long else 1_000)
        return 0
    chosen = LONG if options.long else sizes
    with Arena(chosen.prices, chosen.stamps_per_second) as arena:
        found = list(rows(arena, chosen, lambda text: print(text, file=sys.stderr, flush=True)))
    if options.output == "json":
        print(table.as_json(found))
    else:
        table.show(found, Console(width=None if sys.stdout.isatty() else 160))
    return 0


if __name__ == "__main__":
    sys.exit(main())
