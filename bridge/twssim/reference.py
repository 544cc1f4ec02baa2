"""The generated tables of README.md, of faults, settings and the ledger; `python -m twssim.reference` writes them."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import fields
from pathlib import Path

from twssim import ledger
from twssim.faults import ACTIONS
from twssim.settings import Settings

README = Path(__file__).with_name("README.md")

MEANINGS = {
    "server_version": "highest protocol version to speak: text up to 200, mixed to 212, protobuf from 213 on",
    "seed": "same seed, same market",
    "accounts": "the accounts of the login",
    "currency": "base currency of the accounts",
    "cash": "cash of each account at the beginning",
    "advisor": "whether the login is one of a financial advisor",
    "ledger": "file for the ledger; kept and reread",
    "scenario": "file that says what goes wrong and when",
    "replay": "recording to serve instead of a simulation",
    "pace": "of a replay: `recorded`, or `fast`",
    "speed": "simulated seconds per real second; 0 for a time that only a test moves on",
    "start": "epoch seconds at which to begin; None for now",
    "calendar": "`always` open, or `regular` hours and holidays",
    "tick_interval": "seconds between ticks of a line",
    "flood": "send ticks as fast as clients take them",
    "market_data_lines": "lines for all clients together; one more is error 101",
    "real_time_bars_in_ten_minutes": "requests for real-time bars in ten minutes",
    "message_pacing": "whether a client may send only half as many messages a second as there are lines: error 100",
    "historical_pacing": "whether the rules for historical queries are enforced: 162 and 322 for what breaks them",
    "historical_in_ten_minutes": "queries for bars of 30 seconds and less, or ticks, in ten minutes",
    "historical_open_requests": "queries for bars that may be open at once",
    "snapshot_seconds": "until a snapshot ends",
    "answer_delay": "until a question is answered",
    "sec_def_notice_delay": "from startApi to notice 2158",
    "ack_delay": "from placeOrder to the acknowledgement, at least and at most",
    "fill_delay": "between fills, at least and at most",
    "fill_slices": "executions that a fill may be divided into",
    "cancel_delay": "from cancelOrder to Cancelled",
    "commission_delay": "from an execution to its commission report",
    "market_data": "what the login may see: `live`, `delayed` or `none`",
    "desupport_date": "date of notice 2172, which tells a client that TWS is too old; empty for none",
    "summary_slots_stay": "whether a cancelled account summary still counts as one of the two that are allowed",
    "master_client_id": "the client that hears of all orders",
    "read_only": "Read-Only API: requests about orders fail with 321",
    "doubled_account_summary": "send each row of a summary twice, as some TWS do",
    "doubled_order_status": "send each pair of openOrder and orderStatus twice",
    "execution_end_when_empty": "whether execDetailsEnd follows when there are no executions",
    "commission_plan": "which of IB's published schedules is charged: `fixed` or `tiered`",
    "expiry_notice": "whether 202 is sent when the time of an order is over",
    "hard_to_borrow": "symbols of which a short sale waits for shares to be located",
    "locate_seconds": "how long a locate takes",
    "cross_client_cancel": "whether a client may cancel another's order, as was once observed",
    "account_update_interval": "seconds between account updates",
}


def tables() -> dict[str, str]:
    """Every generated table, by the name of its place in README.md."""
    return {
        "faults": _table(("action", "arguments", "what happens"), map(_fault, ACTIONS)),
        "settings": _table(("setting", "default", "meaning"), map(_setting, fields(Settings))),
        "ledger": _table(("record", "what it says"), _records()),
    }


def with_tables(page: str) -> str:
    """A page with each table between its two marks."""
    for name, table in tables().items():
        begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
        before, _, rest = page.partition(begin)
        page = f"{before}{begin}\n{table}{end}{rest.partition(end)[2]}"
    return page


def _fault(name: str) -> tuple[str, ...]:
    parameters = list(inspect.signature(ACTIONS[name]).parameters.values())[1:]
    given = [each.name if each.default is each.empty else f"{each.name} = {_toml(each.default)}" for each in parameters]
    told = inspect.cleandoc(ACTIONS[name].__doc__ or "").partition("\n\n")[0].replace("\n", " ")
    return f"`{name}`", ", ".join(f"`{each}`" for each in given), told


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else "(any)" if value is None else str(value)


def _setting(setting: object) -> tuple[str, ...]:
    name = getattr(setting, "name", "")
    return f"`{name}`", f"`{getattr(setting, 'default', '')!r}`", MEANINGS.get(name, "")


def _records() -> Iterable[tuple[str, ...]]:
    """From the description in the ledger's own module."""
    described = inspect.cleandoc(ledger.__doc__ or "")
    for names, text in re.findall(r"^ {4}(\S[\w, ]*?) {2,}(\S.*(?:\n {8,}.*)*)", described, re.MULTILINE):
        yield f"`{names}`", re.sub(r"\s+", " ", text)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |\n" for row in lines)


def main() -> int:
    """Write the tables anew."""
    README.write_text(with_tables(README.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
