"""The part of the client that asks about the past of a contract, besides bars: ticks, histogram, sessions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, TypedDict, Unpack, overload

from twsbridge.channel import Channel, build
from twsbridge.contracts import ContractLike, to_contract
from twsbridge.notation import contract_text
from twsbridge.orders import check_names
from twsbridge.protocol import queries
from twsbridge.protocol import query_replies as r
from twsbridge.protocol.columns import unpack_floats, unpack_ints
from twsbridge.rows import Rows
from twsbridge.times import to_datetime, to_micros

if TYPE_CHECKING:
    import pandas


class TickOptions(TypedDict, total=False):
    """What `historical_ticks` may be told besides. Datetimes without a zone are local time."""

    start: datetime | None
    end: datetime | None
    count: int
    what_to_show: Literal["TRADES", "BID_ASK", "MIDPOINT"]
    use_rth: bool
    ignore_size: bool
    timeout: float | None


class PastTicks(Sequence[dict[str, Any]]):
    """Ticks, oldest first, each a map; `.df` is a DataFrame, `columns` are the packed arrays."""

    def __init__(self, columns: r.HistoricalTicks) -> None:
        self.columns = columns
        self._ticks: list[dict[str, Any]] | None = None

    @property
    def df(self) -> pandas.DataFrame:
        """A column for each value by `time`, UTC; needs the extra [pandas]."""
        import pandas

        return pandas.DataFrame(self._unpacked()).set_index("time") if len(self) else pandas.DataFrame()

    def __len__(self) -> int:
        return self.columns.count

    @overload
    def __getitem__(self, index: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, index: slice) -> list[dict[str, Any]]: ...
    def __getitem__(self, index: int | slice) -> dict[str, Any] | list[dict[str, Any]]:
        if self._ticks is None:
            self._ticks = self._unpacked()
        return self._ticks[index]

    def __repr__(self) -> str:
        return f"{len(self)} ticks: {contract_text(self.columns.contract)}, {self.columns.what_to_show}"

    def _unpacked(self) -> list[dict[str, Any]]:
        said = self.columns
        times = [to_datetime(us) for us in unpack_ints(said.i64["time_us"])]
        numbers = {name: unpack_floats(column) for name, column in said.f64.items()}
        flags = {
            name: [bool(flag) for flag in unpack_ints(column)] for name, column in said.i64.items() if name != "time_us"
        }
        columns = {"time": times, **numbers, **flags, **said.texts}
        return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


class LookingBack:
    """Questions about the past. Every one takes `timeout=` in seconds."""

    _channel: Channel

    def head_timestamp(
        self, contract: ContractLike, what_to_show: str = "TRADES", use_rth: bool = True, timeout: float | None = None
    ) -> datetime:
        """The instant from which TWS has history, UTC."""
        command = build(
            queries.GetHeadTimestamp, contract=to_contract(contract), what_to_show=what_to_show, use_rth=use_rth
        )
        return to_datetime(self._channel.ask(command, r.HeadTimestamp, timeout).time_us)

    def histogram(
        self, contract: ContractLike, period: str = "3 days", use_rth: bool = True, timeout: float | None = None
    ) -> Rows[r.HistogramEntry]:
        """How much was traded at which price."""
        command = build(queries.GetHistogram, contract=to_contract(contract), period=period, use_rth=use_rth)
        return Rows(self._channel.ask(command, r.Histogram, timeout).rows)

    def historical_ticks(self, contract: ContractLike, **options: Unpack[TickOptions]) -> PastTicks:
        """At most 1000 ticks from `start` on or up to `end`: `historical_ticks("AAPL", end=datetime.now())`.

        Options: start or end, count=1000, what_to_show="TRADES", use_rth=True, ignore_size=False, timeout.
        """
        check_names("historical_ticks()", options, TickOptions.__optional_keys__)
        said: dict[str, Any] = dict(options)
        timeout = said.pop("timeout", None)
        span = {f"{end}_us": to_micros(said.pop(end)) for end in ("start", "end") if said.get(end)}
        command = build(queries.GetHistoricalTicks, contract=to_contract(contract), **span, **said)
        return PastTicks(self._channel.ask(command, r.HistoricalTicks, timeout))

    def schedule(
        self,
        contract: ContractLike,
        duration: str = "1 M",
        end: datetime | None = None,
        use_rth: bool = True,
        timeout: float | None = None,
    ) -> Rows[r.TradingSession]:
        """Trading sessions in the time before `end`, None for now."""
        command = build(
            queries.GetSchedule,
            contract=to_contract(contract),
            duration=duration,
            end_us=None if end is None else to_micros(end),
            use_rth=use_rth,
        )
        return Rows(self._channel.ask(command, r.Schedule, timeout).sessions)
