"""The judges of a campaign: what the bridge tells and keeps, against the ledger of the simulated TWS.

O1 no order twice; O2 no accepted order lost, no refused one placed; O3 the fills; O4 what subscribers were told;
O5 positions; O7 numbers without holes and without two contents. O6 stands in `oracles_of_silence`.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import msgpack

from tests.campaign.subscribers import Told
from tests.campaign.traders import ACCEPTED, REFUSED, Wish
from twsbridge import Client
from twssim.ledger import Record
from twssim.recompute import recompute

Fill = tuple[str, Decimal, float]
"""exec_id, shares, price."""

WORKS, REJECTED = "working", "Rejected"

ENDS = {"Filled": "Filled", "Cancelled": "Cancelled", "ApiCancelled": "Cancelled"} | dict.fromkeys(
    ("Inactive", "Rejected"), REJECTED
)
"""Status -> end, in the words of the ledger and of the bridge. TWS takes an order and may call it Inactive later."""

ABSENT = frozenset({"NOT_FOUND", "Rejected", "Inactive"})
"""An order with such a status does not work at TWS."""


class Doubled(AssertionError):
    """TWS took two orders where one was wanted."""


def accepted(ledger: Iterable[Record]) -> list[Record]:
    """The orders that TWS took of a client; a second one under an order id counts once more."""
    return [row for row in ledger if row["record"] == "order" and row["event"] == "accepted" and row["client_id"]]


def no_order_twice(ledger: Iterable[Record], marked: bool = True) -> int:
    """O1: each reference is one order, and, of marked wishes, each quantity too. How many orders there are."""
    rows = accepted(ledger)
    references = Counter(row["order_ref"] for row in rows)
    quantities = Counter(row["terms"]["total_quantity"] for row in rows if marked and not row["terms"]["parent_id"])
    for counted in (references, quantities):
        if any(count > 1 for count in counted.values()):
            raise Doubled(f"doubled: {counted.most_common(3)}")
    return len(rows)


def standing(ledger: Iterable[Record]) -> dict[int, str]:
    """Mark -> what became of an order that TWS took: Filled, Cancelled, Rejected, or working. Children have no mark."""
    rows = list(ledger)
    last = {row["perm_id"]: row["status"] for row in rows if row["record"] == "status"}
    marked = {row["perm_id"]: row["terms"] for row in accepted(rows) if not row["terms"]["parent_id"]}
    return {int(terms["total_quantity"]): ENDS.get(last.get(number, ""), WORKS) for number, terms in marked.items()}


def misjudged(ledger: Iterable[Record], tws: Client, wishes: Iterable[Wish]) -> list[str]:
    """O2: the orders at TWS of which the bridge says something else than the ledger, in words."""
    told = {row.client_order_id: row.status for row in tws.orders(live=False)}
    real = standing(ledger)
    known = [wish for wish in wishes if wish.state_key in told and wish.mark in real]
    wrong = [wish for wish in known if ENDS.get(told[wish.state_key], WORKS) != real[wish.mark]]
    return [f"{wish.key} is {told[wish.state_key]}, at TWS {real[wish.mark]}" for wish in wrong]


def no_order_lost(ledger: Iterable[Record], wishes: Iterable[Wish], states: dict[str | None, str]) -> None:
    """O2: an accepted key is known, and at TWS unless the bridge says it is not; a refused one is nowhere."""
    real = standing(ledger)
    for wish in wishes:
        is_there = real.get(wish.mark, REJECTED) != REJECTED
        if wish.outcome == ACCEPTED:
            assert wish.state_key in states, f"{wish.key} is forgotten"
            state = states[wish.state_key]
            assert is_there == (state not in ABSENT), f"{wish.key} is {state}, at TWS: {real.get(wish.mark)}"
        if wish.outcome == REFUSED:
            assert not is_there, f"{wish.key} was refused and is at TWS: {real[wish.mark]}"


def fills_of_ledger(ledger: Iterable[Record]) -> Counter[Fill]:
    """Identity, size and price of each fill in its last revision: an earlier one may be gone before anybody asks."""
    rows: dict[str, Record] = {}
    for row in ledger:
        if row["record"] == "correction":
            del rows[row["replaces"]]
        if row["record"] in ("execution", "correction"):
            rows[row["exec_id"]] = row
    return Counter((exec_id, Decimal(row["shares"]), float(row["price"])) for exec_id, row in rows.items())


def fills_of_bridge(tws: Client) -> Counter[Fill]:
    """The same as the bridge's journal has it."""
    rows = tws.executions()
    replaced = {row.replaces for row in rows}
    return Counter((row.exec_id, row.shares, row.price) for row in rows if row.exec_id not in replaced)


def fills_agree(ledger: Iterable[Record], tws: Client) -> bool:
    """O3: the journal's fills are those of the ledger, each once, with size and price."""
    return fills_of_bridge(tws) == fills_of_ledger(ledger)


def journal_events(path: Path) -> dict[str, list[tuple[int, str, bytes]]]:
    """The events in a journal that nobody writes: (seq, type, body) of each stream."""
    streams: dict[str, list[tuple[int, str, bytes]]] = defaultdict(list)
    with closing(sqlite3.connect(path)) as journal:
        for stream, *rest in journal.execute("SELECT stream, seq, type, body FROM events ORDER BY stream, seq"):
            streams[stream].append((rest[0], rest[1], rest[2]))
    return dict(streams)


def subscribers_agree(path: Path, logs: Iterable[list[Told]]) -> int:
    """O4: each subscriber was told what is in the journal, once and in order. How many events that were."""
    events = journal_events(path)
    count = 0
    for log in logs:
        streams: dict[str, list[Told]] = defaultdict(list)
        for told in log:
            streams[told.stream].append(told)
        for stream, heard in streams.items():
            written = events[stream][: len(heard)]
            assert [told.seq for told in heard] == [seq for seq, _, _ in written], f"{stream}: not once and in order"
            for told, (seq, type_, body) in zip(heard, written, strict=True):
                assert (told.type, told.body) == (type_, msgpack.unpackb(body)), f"{stream}: {seq} was told differently"
        count += len(log)
    return count


def numbers_are_whole(path: Path, logs: Iterable[list[Told]]) -> None:
    """O7: no hole in any stream of the journal, and no number told with two contents."""
    for stream, rows in journal_events(path).items():
        seqs = [seq for seq, _, _ in rows]
        assert seqs == list(range(seqs[0], seqs[0] + len(seqs))), f"{stream} has holes"
    contents: dict[tuple[str, str, int], str] = {}
    for told in (each for log in logs for each in log):
        content = json.dumps([told.type, told.body], sort_keys=True)
        place = told.stream, told.epoch, told.seq
        assert contents.setdefault(place, content) == content, f"{place} had two contents"


def positions_agree(ledger: Iterable[Record], tws: Client) -> bool:
    """O5: the positions that the bridge tells follow from the ledger, by an arithmetic of its own."""
    books = recompute(json.dumps(row) for row in ledger)
    assert not books.differences, books.differences
    wanted = {key: held.quantity for key, held in books.holdings.items() if held.quantity}
    return wanted == {(row.account, row.contract.con_id): row.position for row in tws.positions() if row.position}
