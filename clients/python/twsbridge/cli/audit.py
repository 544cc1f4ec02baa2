"""`twsbridge audit`: who asked for what, what was decided, and whether that record is as it was written."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Annotated, Any, TypedDict, Unpack

import typer

from twsbridge.cli.exit_codes import ExitCode
from twsbridge.cli.failures import Failure
from twsbridge.cli.journal import FileOption, HomeOption, journal_of
from twsbridge.cli.options import with_options
from twsbridge.cli.output import note

app = typer.Typer(help="The audit in the journal: check its chain, read it.", no_args_is_help=True)

COLUMNS = ("seq", "time", "client", "decision", "command", "rule", "about", "account", "key")
MOST_ABOUT = 60

Instant = datetime | None
FORMATS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]


class Filters(TypedDict, total=False):
    """Which rows are shown."""

    client: Annotated[str, typer.Option("--client", help="Of this client; `bridge` for what it did by itself.")]
    key: Annotated[str, typer.Option("--key", help="With this key: its fingerprint, or how that begins.")]
    account: Annotated[str, typer.Option("--account", help="About this account.")]
    decision: Annotated[str, typer.Option("--decision", help="accepted|repeated|refused|answered|done|noted.")]
    since: Annotated[Instant, typer.Option("--since", help="From this day or time on (UTC).", formats=FORMATS)]
    until: Annotated[Instant, typer.Option("--until", help="Before this day or time (UTC).", formats=FORMATS)]
    as_json: Annotated[bool, typer.Option("--json", help="Every field, a line of JSON for each row.")]


@app.command()
def verify(home: HomeOption = None, file: FileOption = None) -> None:
    """Follow the chain and name the first row that is not as it was written: exit code 1. The bridge may be running."""
    from twsbridge_server import audit_tools

    with journal_of(home, file) as path:
        verdict = audit_tools.verify(path)
        if verdict.broken:
            raise Failure(f"The audit in {path} is broken: {verdict.broken}. {verdict.rows} rows before it are whole. "
                          "Keep this file, and compare it with a backup.", ExitCode.REJECTED)  # fmt: skip
        typer.echo(f"The audit in {path} is whole: {verdict.rows} rows from row {verdict.first} on")
        if not verdict.marked:
            note("There is no mark of this journal beside it: whether rows are missing at the end cannot be told.")


@app.command()
@with_options
def show(home: HomeOption = None, file: FileOption = None, **filters: Unpack[Filters]) -> None:
    """Print what was asked, decided and done, oldest first. The bridge may be running."""
    from twsbridge_server import audit_tools

    wanted = audit_tools.Wanted(
        *(filters["client"], filters["key"], filters["account"], filters["decision"]),
        since_us=_micros(filters["since"], 0),
        until_us=_micros(filters["until"], 2**62),
    )
    with journal_of(home, file) as path:
        if filters["as_json"]:
            for row in audit_tools.show(path, wanted):
                typer.echo(json.dumps(row, separators=(",", ":")))
            return
        rows = [_for_people(row) for row in audit_tools.show(path, wanted)]
    _print(rows)


def _print(rows: list[dict[str, Any]]) -> None:
    from twsbridge.cli.tables import print_table

    if not rows:
        return note("There is no such row.")
    print_table(rows, COLUMNS)


def _for_people(row: dict[str, Any]) -> dict[str, Any]:
    instant = datetime.fromtimestamp(row["ts_us"] / 1e6, UTC)
    command = row.get("command") or row.get("cause")
    return {**row, "time": f"{instant:%Y-%m-%d %H:%M:%S}", "command": command, "about": _about(row)}


def _about(row: dict[str, Any]) -> str:
    """What else there is to know at a glance: the meaning, or what was done."""
    if "count" in row:
        return f"{row['count']} more"
    told = row.get("text") or _order(row.get("means") or {}) or row.get("outcome") or row.get("done") or ""
    return str(told)[:MOST_ABOUT]


def _order(means: dict[str, Any]) -> str:
    order, contract = means.get("order"), means.get("contract")
    if not isinstance(order, dict):
        return ", ".join(f"{name} {value}" for name, value in means.items() if value not in ("", None, False))
    name = (contract or {}).get("symbol") or (contract or {}).get("con_id") or means.get("order_id", "")
    price = order.get("limit_price")
    terms = [order.get("action"), order.get("quantity"), name, order.get("order_type"), price]
    return " ".join(str(term) for term in terms if term not in (None, ""))


def _micros(instant: datetime | None, otherwise: int) -> int:
    return int(instant.replace(tzinfo=UTC).timestamp()) * 1_000_000 if instant else otherwise
