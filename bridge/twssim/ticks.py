"""Which ticks TWS sends for a quote: the first burst, and what changed since the last one."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from twssim.answers import Answer, TickGeneric, TickPrice, TickSize, TickString
from twssim.market import Quote

BID_SIZE, BID, ASK, ASK_SIZE, LAST = 0, 1, 2, 3, 4
LAST_SIZE, HIGH, LOW, VOLUME, CLOSE = 5, 6, 7, 8, 9
OPEN, BID_EXCHANGE, ASK_EXCHANGE, LAST_TIMESTAMP, HALTED = 14, 32, 33, 45, 49

CAN_AUTO_EXECUTE = 1
EXCHANGE_LETTERS = "K"
NOTHING = Decimal(0)


def first_burst(req_id: int, quote: Quote, sec_type: str) -> Iterator[Answer]:
    """Everything known about an instrument, in the order a real TWS was recorded to send it.

    Currency pairs have no last price, indices no bid and ask.
    """
    trades, quoted = sec_type != "CASH", sec_type != "IND"
    if trades:
        yield TickString(req_id, LAST_TIMESTAMP, str(int(quote.time)))
        yield _price(req_id, LAST, quote.last, quote.last_size)
        yield TickSize(req_id, LAST_SIZE, quote.last_size)
        yield TickSize(req_id, VOLUME, quote.volume)
    yield TickPrice(req_id, HIGH, quote.high, NOTHING)
    yield TickPrice(req_id, LOW, quote.low, NOTHING)
    yield TickPrice(req_id, CLOSE, quote.close, NOTHING)
    if trades:
        yield TickPrice(req_id, OPEN, quote.open, NOTHING)
    if quoted:
        yield _price(req_id, BID, quote.bid, quote.bid_size)
        yield _price(req_id, ASK, quote.ask, quote.ask_size)
        yield TickSize(req_id, BID_SIZE, quote.bid_size)
        yield TickSize(req_id, ASK_SIZE, quote.ask_size)
    if trades and quoted:
        yield TickString(req_id, BID_EXCHANGE, EXCHANGE_LETTERS)
        yield TickString(req_id, ASK_EXCHANGE, EXCHANGE_LETTERS)
        yield TickGeneric(req_id, HALTED, NOTHING)


def changes(req_id: int, before: Quote, now: Quote, sec_type: str) -> Iterator[Answer]:
    """What differs between two quotes; a price is always followed by its size once more."""
    trades, quoted = sec_type != "CASH", sec_type != "IND"
    if trades and now.volume != before.volume:
        yield from _trade(req_id, before, now)
    if quoted:
        yield from _sides(req_id, before, now)
    if now.high != before.high:
        yield TickPrice(req_id, HIGH, now.high, NOTHING)
    if now.low != before.low:
        yield TickPrice(req_id, LOW, now.low, NOTHING)
    if now.close != before.close:
        yield TickPrice(req_id, CLOSE, now.close, NOTHING)
    if trades and now.open != before.open:
        yield TickPrice(req_id, OPEN, now.open, NOTHING)


def _sides(req_id: int, before: Quote, now: Quote) -> Iterator[Answer]:
    bids = (before.bid, before.bid_size), (now.bid, now.bid_size)
    yield from _side(req_id, (BID, BID_SIZE), *bids)
    asks = (before.ask, before.ask_size), (now.ask, now.ask_size)
    yield from _side(req_id, (ASK, ASK_SIZE), *asks)


def _trade(req_id: int, before: Quote, now: Quote) -> Iterator[Answer]:
    if int(now.time) != int(before.time):
        yield TickString(req_id, LAST_TIMESTAMP, str(int(now.time)))
    known, new = (before.last, before.last_size), (now.last, now.last_size)
    yield from _side(req_id, (LAST, LAST_SIZE), known, new)
    yield TickSize(req_id, VOLUME, now.volume)


def _side(
    req_id: int,
    tick_types: tuple[int, int],
    before: tuple[Decimal, Decimal],
    now: tuple[Decimal, Decimal],
) -> Iterator[Answer]:
    if now[0] != before[0]:
        yield _price(req_id, tick_types[0], *now)
    if now != before:
        yield TickSize(req_id, tick_types[1], now[1])


def _price(req_id: int, tick_type: int, price: Decimal, size: Decimal) -> TickPrice:
    attributes = 0 if tick_type == LAST else CAN_AUTO_EXECUTE
    return TickPrice(req_id, tick_type, price, size, attributes)
