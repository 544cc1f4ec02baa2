"""`twsbridge scan` and `pnl`: what a market scanner finds, and profit and loss."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypedDict, Unpack

import typer

from twsbridge.cli.asking import Asking, asks
from twsbridge.cli.exit_codes import ExitCode
from twsbridge.cli.failures import Failure
from twsbridge.cli.following import Count, Follow, line_of, told
from twsbridge.cli.output import Record

if TYPE_CHECKING:
    from twsbridge.protocol.stream_rows import Pnl, ScanRow

SCAN_COLUMNS = ("rank", "contract", "con_id", "distance", "benchmark", "projection")
PNL_COLUMNS = ("account", "daily", "unrealized", "realized")

Account = Annotated[str | None, typer.Argument(help="Default: every account of the login.")]
Filters = Annotated[
    list[str] | None, typer.Option("--filter", help="IB's name and a value: abovePrice=5. May be repeated.")
]


class ScanOptions(TypedDict, total=False):
    """Where to look."""

    instrument: Annotated[str, typer.Option("--instrument", help="IB's word for the kind: STK, FUT.US. Default STK")]
    location: Annotated[str, typer.Option("--location", help="IB's word for the exchanges. Default STK.US.MAJOR")]
    rows: Annotated[int, typer.Option("--rows", help="At most so many. Default 10", min=0, max=50)]


@asks
def scan(
    asking: Asking,
    code: Annotated[str, typer.Argument(help="IB's scan code, such as TOP_PERC_GAIN or HOT_BY_VOLUME.")],
    filters: Filters = None,
    **options: Unpack[ScanOptions],
) -> None:
    """Show what a market scanner finds now."""
    where = (options["instrument"] or "STK", options["location"] or "STK.US.MAJOR", options["rows"] or 10)
    chosen: dict[str, object] = {}
    for each in filters or ():
        name, mark, value = each.partition("=")
        if not (name and mark and value):
            raise Failure(f"A filter is NAME=VALUE, not {each!r}", ExitCode.USAGE)
        chosen[name] = value
    with asking.client.scanner(code, *where, chosen) as stream:
        found = stream.next(asking.timeout)
    if found is None:
        raise TimeoutError(f"The scanner {code} found nothing within {asking.timeout:g} s (state {stream.state})")
    asking.printer.records([_found(row) for row in found], SCAN_COLUMNS, "Nothing was found.")


@asks
def pnl(asking: Asking, account: Account = None, follow: Follow = False, count: Count = None) -> None:
    """Show profit and loss of the day, unrealised and realised, in the base currency of each account."""
    accounts = [account] if account else asking.client.accounts
    if not (follow or count):
        asking.printer.records([_now(asking, each) for each in accounts], PNL_COLUMNS, "There is no account yet.")
        return
    if len(accounts) != 1:
        raise Failure(f"Name one of the accounts to follow: {', '.join(accounts)}", ExitCode.USAGE)
    with asking.client.pnl(accounts[0]) as stream:
        for row in told(stream, count):
            record = _pnl(accounts[0], row)
            asking.printer.one(record, PNL_COLUMNS, line_of(record, PNL_COLUMNS))


def _now(asking: Asking, account: str) -> Record:
    with asking.client.pnl(account) as stream:
        row = stream.next(asking.timeout)
    if row is None:
        raise TimeoutError(f"TWS told no profit and loss of {account} within {asking.timeout:g} s")
    return _pnl(account, row)


def _pnl(account: str, row: Pnl) -> Record:
    return {"account": account, **row._asdict()}


def _found(row: ScanRow) -> Record:
    from twsbridge.notation import contract_text
    from twsbridge.protocol.models import Contract

    contract = Contract.model_validate(row.contract)
    return {**row._asdict(), "contract": contract_text(contract), "con_id": contract.con_id, "symbol": contract.symbol}
