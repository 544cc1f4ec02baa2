"""O6, the judges of what must not be sent: without a link, under a halt, after the deadline that the client gave."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tests.campaign.oracles import accepted
from tests.campaign.stage import Span
from tests.campaign.traders import Wish
from twssim.ledger import Record

ON_THE_WAY_S = 0.3
"""What was sent before 1100 arrived, or before a halt was answered, may reach TWS so long after it."""

LATE_S = 3.0
"""An order may reach TWS so long after its deadline: two processes, and machines that are busy."""

DEAF = frozenset({"stall", "wedge", "link", "pacing"})
"""Faults during which TWS reads nothing, or acts on nothing that it reads."""

DELAYS = frozenset({"stall", "wedge", "rechunk"})
"""Faults that keep TWS's words back."""


def nothing_sent_in_vain(ledger: Iterable[Record]) -> int:
    """TWS got no order while it had no connection to IB and could say so. How many links were lost."""
    active: set[str] = set()
    silent_since, count = 0.0, 0
    for row in ledger:
        if row["record"] == "fault" and row["action"] in {"link", *DELAYS}:
            (active.add if row["state"] == "on" else active.discard)(row["action"])
            silent_since = row["time"]
            count += row["action"] == "link" and row["state"] == "on"
        if row["record"] == "request" and row["name"] == "PlaceOrder" and active == {"link"}:
            late = row["time"] - silent_since
            assert late < ON_THE_WAY_S, f"O6: order {row['order_id']} came {late:.2f} s after 1100"
    return count


def nothing_sent_while_halted(ledger: Iterable[Record], halts: Sequence[Span]) -> None:
    """Neither an order nor a change reached TWS between the answer to a halt and the wish to resume."""
    deaf = list(_deaf(ledger))
    for row in _placements(ledger):
        for halt in halts:
            sent_in_time = any(each.begin <= halt.begin and row["time"] < each.end + ON_THE_WAY_S for each in deaf)
            is_late = halt.begin + ON_THE_WAY_S < row["time"] < halt.end
            assert sent_in_time or not is_late, (
                f"O6: order {row['order_id']} came {row['time'] - halt.begin:.2f} s after HALTED"
            )


def nothing_sent_late(ledger: Sequence[Record], wishes: Iterable[Wish], pauses: Sequence[Span] = ()) -> int:
    """No order reached TWS after its client had given it up. `pauses`: when TWS stood still. How many came."""
    deadlines = {wish.mark: wish.deadline for wish in wishes}
    marks = {row["order_id"]: int(row["terms"]["total_quantity"]) for row in accepted(ledger)}
    deaf = [*_deaf(ledger), *pauses]
    seen: set[int] = set()
    for row in _placements(ledger):
        deadline = deadlines.get(marks.get(row["order_id"], 0))
        if deadline is None or row["order_id"] in seen:
            continue
        seen.add(row["order_id"])
        late = row["time"] - deadline
        waited = any(each.begin < deadline and each.end + LATE_S > row["time"] for each in deaf)
        assert late < LATE_S or waited, f"O6: order {row['order_id']} came {late:.2f} s after its deadline"
    return len(seen)


def _placements(ledger: Iterable[Record]) -> Iterator[Record]:
    return (row for row in ledger if row["record"] == "request" and row["name"] == "PlaceOrder")


def _deaf(ledger: Iterable[Record]) -> Iterator[Span]:
    since: dict[str, float] = {}
    for row in ledger:
        if row["record"] == "fault" and row["action"] in DEAF:
            if row["state"] == "on":
                since[row["action"]] = row["time"]
            else:
                yield Span(since.pop(row["action"], row["time"]), row["time"])
    yield from (Span(begin, float("inf")) for begin in since.values())
