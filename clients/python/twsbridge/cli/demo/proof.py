"""The proof: what the programs saw against the simulator's own ledger, which shares no code with the bridge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Record = Mapping[str, Any]
Key = tuple[str, str]

SIDES = {"BOT": "BUY", "SLD": "SELL"}


@dataclass(frozen=True)
class Finding:
    """One thing that was claimed, and whether it holds."""

    holds: bool
    text: str


def of(kind: str, ledger: Iterable[Record], **fields: Any) -> list[Record]:
    """The records of one kind, with these values."""
    return [
        record
        for record in ledger
        if record["record"] == kind and all(record.get(name) == value for name, value in fields.items())
    ]


def fills_are_complete(ledger: Sequence[Record], rows: Sequence[Mapping[str, str]]) -> Finding:
    """Every execution of the ledger stands in the CSV file once, with the same account, side, size and price."""
    executed = [_executed(record) for record in of("execution", ledger)]
    logged = [_logged(row) for row in rows]
    twice = len(logged) - len(set(logged))
    missing, invented = len(set(executed) - set(logged)), len(set(logged) - set(executed))
    text = f"fills: {len(executed)} in the simulator's ledger, {len(logged)} in fills.csv"
    if executed and not (twice or missing or invented):
        return Finding(True, f"{text}: equal, each once, although the logger was killed on the way")
    return Finding(False, f"{text}: {missing} missing, {twice} twice, {invented} that never were")


def _executed(record: Record) -> tuple[object, ...]:
    numbers = Decimal(record["shares"]), Decimal(record["price"]), record["order_id"]
    return record["exec_id"], record["account"], SIDES[record["side"]], *numbers


def _logged(row: Mapping[str, str]) -> tuple[object, ...]:
    numbers = Decimal(row["shares"]), Decimal(row["price"]), int(row["order_id"])
    return row["exec_id"], row["account"], row["action"], *numbers


def orders_are_single(ledger: Sequence[Record], keys: Sequence[Key], repeated: int) -> Finding:
    """As many orders reached TWS as there are keys (owner, client order id), each under its own reference."""
    accepted = of("order", ledger, event="accepted")
    references = {record["order_ref"] for record in accepted}
    text = f"orders: {len(accepted)} in the ledger, {len(set(keys))} client order ids"
    holds = bool(keys) and len(accepted) == len(references) == len(keys) == len(set(keys))
    if holds:
        return Finding(True, f"{text}: no key made two orders; {repeated} were sent twice on purpose")
    return Finding(False, f"{text}, {len(references)} order references, {len(keys)} orders at the bridge")


def line_was_shared(ledger: Sequence[Record], con_id: int, ticks: Sequence[int], closed_early: bool) -> Finding:
    """One market data line served every subscriber, and was cancelled only when the last of them had been killed."""
    opened = len(of("line", ledger, con_id=con_id, state="opened"))
    closed = len(of("line", ledger, con_id=con_id, state="closed"))
    text = f"ticks: {len(ticks)} programs got {min(ticks)} to {max(ticks)} updates each"
    if opened == closed == 1 and min(ticks) and not closed_early:
        return Finding(True, f"{text} from 1 market data line of TWS, cancelled when the last of them was killed")
    early = ", too early" if closed_early else ""
    return Finding(False, f"{text}; lines of TWS: {opened} opened, {closed} cancelled{early}")
