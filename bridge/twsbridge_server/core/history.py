"""Historical bars: the contract is resolved, TWS is asked once for equal requests, the answer is columns of numbers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import NamedTuple

from twsbridge.protocol.columns import pack_floats, pack_ints
from twsbridge.protocol.commands import GetBars
from twsbridge.protocol.errors import WireError
from twsbridge.protocol.models import ContractDetails
from twsbridge.protocol.replies import Bars
from twsbridge_server.core import tws_errors
from twsbridge_server.core.answers import answer, fail
from twsbridge_server.core.calls import CancelHistoricalData, ReqHistoricalData
from twsbridge_server.core.contracts import Contracts
from twsbridge_server.core.effects import Effect
from twsbridge_server.core.history_pacing import HistoryPacing
from twsbridge_server.core.inputs import CommandReceived
from twsbridge_server.core.requests import RequestKind, Requests
from twsbridge_server.core.settings import CoreSettings
from twsbridge_server.core.stream_inputs import BarRow

DATED = frozenset({"1 day", "1 week", "1 month"})
"""Bar sizes that TWS gives as dates; all others are instants."""

PRICES = ("open", "high", "low", "close", "volume", "wap")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SERVICE_ERROR = 162


class Columns(NamedTuple):
    """Bars as packed columns, made once for all who asked."""

    length: int
    dates: list[str] | None
    i64: dict[str, bytes]
    f64: dict[str, bytes]


class History:
    """The command `history.bars`."""

    def __init__(self, settings: CoreSettings, contracts: Contracts, requests: Requests) -> None:
        self._contracts = contracts
        self._requests = requests
        timeout_us, self.pacing = settings.history_timeout_us, HistoryPacing()
        shared = partial(RequestKind, timeout_us, CancelHistoricalData, refusal=_refusal, gate=self.pacing)
        self._dated, self._timed = shared(finish=_dated), shared(finish=_timed)

    def bars(self, asked: CommandReceived, command: GetBars, now: int) -> list[Effect]:
        """Bars of the one contract that is meant; no bars is an answer, not an error."""
        return self._contracts.resolve(command.contract, partial(self._resolved, asked, command), now)

    def _resolved(
        self, asked: CommandReceived, command: GetBars, match: ContractDetails | WireError, now: int
    ) -> list[Effect]:
        if isinstance(match, WireError):
            return [fail(asked, match)]
        call = ReqHistoricalData(
            req_id=0,
            contract=match.contract,
            end=end_text(command.end_us),
            duration=command.duration,
            bar_size=command.bar_size,
            what_to_show=command.what_to_show,
            use_rth=command.use_rth,
        )
        kind = self._dated if command.bar_size in DATED else self._timed
        return self._requests.ask(kind, call, partial(_reply, asked, call, match.time_zone_id), now)


def end_text(end_us: int | None) -> str:
    """TWS's notation of an instant, UTC, whole seconds: "20261123-16:00:00"; "" for now."""
    if end_us is None:
        return ""
    return f"{EPOCH + timedelta(microseconds=end_us):%Y%m%d-%H:%M:%S}"


def _reply(
    asked: CommandReceived, call: ReqHistoricalData, tz: str, outcome: Columns | WireError, now: int
) -> list[Effect]:
    if isinstance(outcome, WireError):
        return [fail(asked, outcome)]
    bars = Bars(
        contract=call.contract,
        bar_size=call.bar_size,
        what_to_show=call.what_to_show,
        tz=tz,
        count=outcome.length,
        dates=outcome.dates,
        i64=dict(outcome.i64),
        f64=dict(outcome.f64),
    )
    return [answer(asked, bars)]


def _refusal(code: int, text: str) -> WireError | None:
    """Error 162 that only says that there are no bars is no error."""
    if code == SERVICE_ERROR and "no data" in text.lower():
        return None
    return tws_errors.refusal(code, text)


def _dated(rows: list[BarRow]) -> Columns:
    return Columns(len(rows), [_day(row.date) for row in rows], _counts(rows), _prices(rows))


def _day(text: str) -> str:
    if len(text) != 8:
        raise ValueError(f"{text!r} is not a day as yyyymmdd")
    return date.fromisoformat(text).isoformat()


def _timed(rows: list[BarRow]) -> Columns:
    times = pack_ints([int(row.date) * 1_000_000 for row in rows])
    return Columns(len(rows), None, {"time_us": times, **_counts(rows)}, _prices(rows))


def _counts(rows: list[BarRow]) -> dict[str, bytes]:
    return {"bar_count": pack_ints([row.bar_count for row in rows])}


def _prices(rows: list[BarRow]) -> dict[str, bytes]:
    return {name: pack_floats([getattr(row, name) for row in rows]) for name in PRICES}
