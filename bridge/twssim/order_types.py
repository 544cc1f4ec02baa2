"""What each order type waits for, and the price it then trades at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OrderType:
    """How an order type behaves on the simulated floor.

    `trigger`: "" for none, "stop" and "touched" look at the auxiliary price, "trail" at one that follows the market.
    `price`: "market"; "limit"; "first" (market, then a limit at the first fill's price); "middle" of the quote;
    "own" and "opposite" best price, each with the auxiliary price as its offset. A limit price caps all of them.
    `at_close`: it takes part in the closing auction only. `needs`: the prices a client must give.
    """

    trigger: str = ""
    price: str = "market"
    at_close: bool = False
    needs: tuple[str, ...] = ()


ORDER_TYPES = {
    "MKT": OrderType(),
    "LMT": OrderType(price="limit", needs=("limit_price",)),
    "STP": OrderType("stop", needs=("aux_price",)),
    "STP LMT": OrderType("stop", "limit", needs=("limit_price", "aux_price")),
    "MIT": OrderType("touched", needs=("aux_price",)),
    "LIT": OrderType("touched", "limit", needs=("limit_price", "aux_price")),
    "TRAIL": OrderType("trail"),
    "TRAIL LIMIT": OrderType("trail", "limit"),
    "MOC": OrderType(at_close=True),
    "LOC": OrderType(price="limit", at_close=True, needs=("limit_price",)),
    "MTL": OrderType(price="first"),
    "BOX TOP": OrderType(price="first"),
    "MKT PRT": OrderType(price="first"),
    "STP PRT": OrderType("stop", "first", needs=("aux_price",)),
    "MIDPRICE": OrderType(price="middle"),
    "PEG MID": OrderType(price="middle"),
    "SNAP MID": OrderType(price="middle"),
    "VOL": OrderType(price="middle"),
    "PEG STK": OrderType(price="middle"),
    "REL": OrderType(price="own"),
    "PASSV REL": OrderType(price="own"),
    "SNAP PRIM": OrderType(price="own"),
    "PEG BEST": OrderType(price="own"),
    "PEG BENCH": OrderType(price="own"),
    "PEG MKT": OrderType(price="opposite"),
    "SNAP MKT": OrderType(price="opposite"),
}
"""Types by TWS's name. What IB computes from volatility or a benchmark trades at the middle or the own best price."""

_SPELLINGS = {
    "STPLMT": "STP LMT",
    "TRAILLMT": "TRAIL LIMIT",
    "TRAIL LMT": "TRAIL LIMIT",
    "PEGMID": "PEG MID",
    "PEGMKT": "PEG MKT",
    "PEGBEST": "PEG BEST",
    "PEGBENCH": "PEG BENCH",
    "MKTCLS": "MOC",
    "LMTCLS": "LOC",
}


def usual_spelling(written: str) -> str:
    """An order type in one spelling, whichever of its names a client wrote."""
    return _SPELLINGS.get(written, written)


def order_type(written: str) -> OrderType | None:
    """The behaviour of an order type, None when the simulated exchanges do not know it."""
    return ORDER_TYPES.get(usual_spelling(written))
