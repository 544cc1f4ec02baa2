"""`python -m tests.benchmarks.simulator (--burst N | --rate N)`: the simulated TWS as the benchmarks need it.

Prints its port; ends when stdin is closed. Orders are acknowledged at once, so that only the way there and back is
measured. --burst: when the lines of a connection are open, N prices come over them as fast as they are read, then
nothing more: ibapi hands on nothing at all while a flood keeps its socket full. --rate: each line carries N ticks a
second that say when they were sent.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Iterator
from decimal import Decimal

import twssim.server
from tests.benchmarks.contender import COUNTED, STAMP, stamp
from twssim.answers import Answer, TickPrice, TickSize
from twssim.server import Server
from twssim.session import Session
from twssim.settings import Settings

AT_ONCE = (0.0, 0.0)
NEVER = 1e6
SETTLE_S = 0.3
"""So long no line was opened or closed: everybody has subscribed."""

LOOK_S = 0.02
QUOTES_PER_BLOCK = 50
SIZE_OF = {66: 69, 67: 70, 68: 71}
"""Delayed bid, ask and last -> their sizes."""


class Burst:
    """Takes the place of the simulator's endless flood on one connection."""

    length = 0

    def __init__(self) -> None:
        self._lines: tuple[int, ...] = ()
        self._since = 0.0
        self._blocks: list[bytes] = []

    def of(self, session: Session) -> list[bytes]:
        """What is to be sent now; called again as soon as that is under way."""
        lines = tuple(line.req_id for line in session.subscriptions.market.values() if line.sent is not None)
        if lines != self._lines:
            self._lines, self._since = lines, time.monotonic()
            self._blocks = self._made(lines, session) if lines else []
        if not self._blocks or time.monotonic() - self._since < SETTLE_S:
            return []
        return [self._blocks.pop()]

    def _made(self, lines: tuple[int, ...], session: Session) -> list[bytes]:
        block = b"".join(map(session.profile.write, quotes(lines)))
        prices = QUOTES_PER_BLOCK * len(lines) * len(COUNTED)
        return [block] * -(-self.length // prices)


def quotes(lines: tuple[int, ...]) -> Iterator[Answer]:
    """Quotes of all lines in turn; TWS sends every size twice, with its price and alone."""
    for number in range(QUOTES_PER_BLOCK):
        for req_id in lines:
            for tick_type in sorted(COUNTED):
                price, size = Decimal(27000 + number + tick_type) / 100, Decimal(100 + number)
                yield TickPrice(req_id, tick_type, price, size)
                yield TickSize(req_id, SIZE_OF[tick_type], size)


async def serve(settings: Settings, rate: int) -> None:
    """Run until stdin is closed."""
    server = Server(settings)
    print(await server.listen("127.0.0.1", 0), flush=True)
    sending = asyncio.create_task(send_stamps(server, rate) if rate else begin_bursts(server))
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    sending.cancel()
    await server.close()


async def begin_bursts(server: Server) -> None:
    """See from time to time whether a connection is waiting for its burst."""
    while True:
        await asyncio.sleep(LOOK_S)
        for connection in list(server.connections):
            connection.flood()


async def send_stamps(server: Server, rate: int) -> None:
    """The stamped ticks, in as even a pace as the event loop's timer allows."""
    loop = asyncio.get_running_loop()
    due = loop.time()
    while True:
        await asyncio.sleep(due - loop.time())
        while due <= loop.time():
            due += 1 / rate
            for connection in list(server.connections):
                if session := connection.session:
                    for line in session.subscriptions.market.values():
                        session.send(TickPrice(line.req_id, STAMP, Decimal(stamp()), Decimal(0)))
                connection.deliver()


def main() -> None:
    """Parse the options and serve."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--burst", type=int, default=0)
    parser.add_argument("--rate", type=int, default=0)
    options = parser.parse_args()
    Burst.length = options.burst
    twssim.server.FloodBlocks = Burst
    settings = Settings(
        server_version=176,
        flood=bool(options.burst),
        tick_interval=NEVER,
        answer_delay=0.0,
        ack_delay=AT_ONCE,
        cancel_delay=0.0,
    )
    asyncio.run(serve(settings, options.rate))


if __name__ == "__main__":
    main()
