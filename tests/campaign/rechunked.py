"""What TWS says, cut into pieces at every place: the bridge hears the same as of the whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import groupby
from random import Random

import twssim
from tests.tws.peers import Driven
from twsbridge.protocol.models import Contract, Order
from twsbridge_server.core import calls
from twsbridge_server.core.inputs import NextValidId, TwsConnected, TwsInput
from twsbridge_server.core.stream_inputs import Ticks
from twsbridge_server.tws.decoder import MessageDecoder
from twsbridge_server.tws.framing import Framer
from twsbridge_server.tws.tap import Nobody

VERSIONS = (200, 213)
SIZE = 20_000
ACCOUNT = "DU1234567"
SYMBOLS = ("AAPL", "NVDA", "MSFT", "IBM")


class Listener(Nobody):
    """A tap that keeps what TWS sends."""

    def __init__(self) -> None:
        self.stream = b""

    def received(self, content: bytes) -> None:
        """Keep it."""
        self.stream += content


def capture(version: int) -> tuple[int, bytes]:
    """The server version, and some 20 kB of a session with orders, fills and ticks: what follows the greeting."""
    listener = Listener()
    simulator = twssim.run(port=0, server_version=version, speed=10.0)
    with simulator, Driven(simulator.port, tap=listener) as driven:
        driven.until_said(TwsConnected)
        driven.connection.call(calls.StartApi(1))
        driven.until_said(NextValidId)
        for number, symbol in enumerate(SYMBOLS, start=1):
            stock = Contract(symbol=symbol, sec_type="STK", exchange="SMART", currency="USD")
            order = Order.model_validate({"action": "BUY", "quantity": "40", "order_type": "MKT", "account": ACCOUNT})
            driven.connection.call(calls.PlaceOrder(number, stock, order, f"ref{number}"))
            driven.connection.call(calls.ReqMarketData(1_000_000_000 + number, stock))
        driven.until(lambda _: len(listener.stream) > SIZE)
    greeting = 4 + int.from_bytes(listener.stream[:4], "big")
    return version, listener.stream[greeting:]


def heard(version: int, pieces: Iterable[bytes]) -> list[TwsInput]:
    """All inputs; ticks one by one, since the end of a piece decides which of them are joined."""
    framer, decoder = Framer(), MessageDecoder(version, lambda payload, why: None)
    got: list[TwsInput] = []
    for piece in pieces:
        framer.feed(piece)
        while framer.is_ready:
            got += decoder.decode(framer.take(100))
    return _apart(got)


def run(seed: int, cuts: int) -> Counter[str]:
    """Cut at so many places, one and many at a time; counts of `runs` and `faults`. AssertionError: not the same."""
    dice, counts = Random(seed), Counter[str]()
    for version, stream in map(capture, VERSIONS):
        whole = heard(version, [stream])
        assert len(whole) > 50
        spots = range(1, len(stream)) if cuts >= len(stream) else dice.sample(range(1, len(stream)), cuts)
        for spot in spots:
            further = sorted({spot, *(dice.randrange(len(stream)) for _ in range(dice.choice([0, 0, 5])))})
            edges = [0, *further, len(stream)]
            pieces = [stream[begin:end] for begin, end in zip(edges, edges[1:], strict=False)]
            assert heard(version, pieces) == whole, f"version {version}, seed {seed}: cut at {further}"
            counts.update(runs=1, faults=len(further))
    return counts


def _apart(inputs: Iterable[TwsInput]) -> list[TwsInput]:
    single: list[TwsInput] = []
    for is_tick, run in groupby(inputs, lambda said: isinstance(said, Ticks)):
        if is_tick:
            ticks = [Ticks(said.req_id, (tick,)) for said in run if isinstance(said, Ticks) for tick in said.ticks]
            single += sorted(ticks, key=lambda said: said.req_id)
        else:
            single += run
    return single
