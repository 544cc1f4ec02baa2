"""`twsbridge download`: bars of many contracts and years into files, which a later run completes."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypedDict, Unpack

import typer

from twsbridge.cli.asking import Asking, asks
from twsbridge.cli.bar_sizes import bar_size
from twsbridge.cli.exit_codes import ExitCode
from twsbridge.cli.failures import Failure, explained
from twsbridge.cli.market import CONTRACT
from twsbridge.cli.output import Record, note
from twsbridge.cli.pace import Show, pace, span_text

if TYPE_CHECKING:
    from twsbridge.download import Downloaded, DownloadProgress

COLUMNS = ("contract", "bars", "files", "unfinished", "folder", "error")
DAY = ["%Y-%m-%d"]

Symbols = Annotated[list[str], typer.Argument(help=CONTRACT)]


class DownloadOptions(TypedDict, total=False):
    """Which bars, and where to put them."""

    bar: Annotated[
        str | None, typer.Option("--bar", "-b", "--bar-size", help='"1m", "5m", "1h", "1d" or "1 min". Default 1d')
    ]
    since: Annotated[datetime | None, typer.Option("--from", formats=DAY, help="First day, the exchange's date.")]
    until: Annotated[
        datetime | None, typer.Option("--to", formats=DAY, help="Last day. Default: the last one that is over.")
    ]
    what: Annotated[
        Literal["TRADES", "MIDPOINT", "BID", "ASK", "BID_ASK"] | None,
        typer.Option("--what", help="Default TRADES, for currencies MIDPOINT."),
    ]
    rth: Annotated[bool | None, typer.Option("--rth/--all-hours", help="Regular trading hours only: the default.")]
    out: Annotated[Path | None, typer.Option("--out", help="Default: bars", metavar="DIR")]
    file_format: Annotated[Literal["parquet", "csv"] | None, typer.Option("--format", help="Default parquet")]


@asks
def download(asking: Asking, symbols: Symbols, **options: Unpack[DownloadOptions]) -> None:
    """Download bars into files. Ctrl-C ends it at any time, and the same command goes on where it was.

    Only bars that do not change any more are written; files and folders are explained in the README.
    """
    since, until = options["since"], options["until"]
    if since is None:
        raise Failure("--from is missing: the first day to download, such as --from 2024-01-01", ExitCode.USAGE)
    size = bar_size(options["bar"] or "1d")
    try:
        with pace() as show:
            results = asking.client.download(
                symbols,
                size,
                options["out"] or Path("bars"),
                since.date(),
                end=until.date() + timedelta(days=1) if until else None,
                what_to_show=options["what"],
                use_rth=options["rth"] is not False,
                file_format=options["file_format"] or "parquet",
                progress=Teller(show),
            )
    except KeyboardInterrupt:
        note("Stopped. What is written stays: the same command goes on from there.")
        raise
    asking.printer.records([_record(result) for result in results], COLUMNS, "")
    _fail(results)


class Teller:
    """Says the estimate first, then how far it is."""

    def __init__(self, show: Show) -> None:
        self._show = show
        self._has_begun = False

    def __call__(self, progress: DownloadProgress) -> None:
        """The next news."""
        if not self._has_begun:
            self._has_begun = True
            left = span_text(progress.left_s or 0.0)
            note(f"At most about {progress.requests} requests to TWS, {left}; less where the bridge has the bars.")
        left_s = "" if progress.left_s is None else f"about {span_text(progress.left_s)} left, "
        self._show(progress.share, f"{left_s}{progress.bars} bars  {progress.now}")


def _record(result: Downloaded) -> Record:
    return {
        "contract": result.symbol,
        "bars": result.bars,
        "files": result.files,
        "unfinished": len(result.unfinished),
        "folder": str(result.folder or ""),
        "error": str(result.error or ""),
    }


def _fail(results: list[Downloaded]) -> None:
    """Name what failed; the exit code is that of the first."""
    failed = [(result.symbol, result.error) for result in results if result.error is not None]
    if failed:
        codes = [explained(error)[1] for _, error in failed]
        code = ExitCode.REJECTED if codes[0] is ExitCode.DEFECT else codes[0]
        what = "\n".join(f"  {symbol}: {error}" for symbol, error in failed)
        raise Failure(f"{len(failed)} of {len(results)} failed; run it again for these:\n{what}", code)
