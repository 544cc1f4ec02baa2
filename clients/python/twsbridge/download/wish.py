"""Which bars a download is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, TypedDict, get_args

from twsbridge.channel import build
from twsbridge.download.formats import FORMATS, Format, FormatName
from twsbridge.download.progress import Hear
from twsbridge.errors import InvalidRequest, make_error
from twsbridge.protocol.commands import GetBars
from twsbridge.protocol.models import Contract

Kind = Literal["TRADES", "MIDPOINT", "BID", "ASK", "BID_ASK"]
"""Not ADJUSTED_LAST: nothing of it is ever final."""


class DownloadOptions(TypedDict, total=False):
    """What `download` may be told besides. Dates are the exchange's; `end` is the first one that is left out.

    Without an `end` all days up to yesterday. `progress` is called, in the caller's thread, with a DownloadProgress.
    """

    end: date | None
    what_to_show: Kind | None
    use_rth: bool
    file_format: FormatName
    progress: Hear | None


@dataclass(frozen=True, slots=True)
class Wish:
    """The bars of [start, end), the exchange's dates. `what_to_show` None: TRADES, for currencies MIDPOINT."""

    bar_size: str
    start: date
    end: date | None = None
    what_to_show: Kind | None = None
    use_rth: bool = True
    format_name: FormatName = "parquet"

    @property
    def format(self) -> Format:
        """How the files are written."""
        return FORMATS[self.format_name]

    def kind(self, contract: Contract) -> str:
        """What is shown of this contract."""
        return self.what_to_show or ("MIDPOINT" if contract.sec_type == "CASH" else "TRADES")

    def check(self) -> None:
        """Refuse what can never be had, before anybody is asked: raises InvalidRequest or MissingExtra."""
        if self.format_name not in FORMATS:
            raise _refused("file_format", f"{self.format_name!r} is no format: write {' or '.join(FORMATS)}")
        self.format.check()
        if self.what_to_show not in (None, *get_args(Kind)):
            words = f"{self.what_to_show!r} cannot be downloaded: write {', '.join(get_args(Kind))}"
            raise _refused("what_to_show", f"{words}. Ask for ADJUSTED_LAST with bars(): it is never final")
        if self.end is not None and self.end <= self.start:
            raise _refused("end", f"{self.end} does not come after the start {self.start}")
        self.command(Contract(symbol="?"), 0, 0)

    def command(self, contract: Contract, start_us: int, end_us: int) -> GetBars:
        """The command for the bars of [start_us, end_us); raises InvalidRequest."""
        return build(
            GetBars,
            contract=contract,
            bar_size=self.bar_size,
            what_to_show=self.kind(contract),
            use_rth=self.use_rth,
            start_us=start_us,
            end_us=end_us,
            progress=True,
            priority="bulk",
        )


def _refused(field: str, text: str) -> InvalidRequest:
    return InvalidRequest(make_error("req.invalid", text, field=field))
