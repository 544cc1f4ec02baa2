"""A TWS that has bars of some sessions and answers as TWS does, and the history service with a cache in front of it."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.core.rig import SETTINGS, asked, of
from twsbridge.protocol.columns import unpack_ints
from twsbridge.protocol.commands import CancelBars, Command, GetBars
from twsbridge.protocol.models import Contract, ContractDetails
from twsbridge_server.core.answers import RequestIds
from twsbridge_server.core.calls import ReqContractDetails, ReqHistoricalData
from twsbridge_server.core.calm import Calm
from twsbridge_server.core.contracts import Contracts
from twsbridge_server.core.effects import CallTws, DropBars, Effect, LoadBars, Log, SendReply, StoreBars
from twsbridge_server.core.history.bar_sizes import parse_duration
from twsbridge_server.core.history.blocks import COLUMNS, INTEGERS, Block, SeriesKey
from twsbridge_server.core.history.queue import HistoryQueue
from twsbridge_server.core.history.scale import DAY_US, SECOND_US, Scale
from twsbridge_server.core.history.service import History
from twsbridge_server.core.inputs import (
    BarsLoaded,
    ContractDetailsEnd,
    ContractDetailsRow,
    TwsErrorReceived,
)
from twsbridge_server.core.requests import Requests
from twsbridge_server.core.sequencer import Sequencer
from twsbridge_server.core.session import Session
from twsbridge_server.core.stream_inputs import BarRow, HistoricalBars, HistoricalEnd

CSH2 = Contract(symbol="CSH2", sec_type="STK", exchange="LSE", currency="GBP")
FOUND = CSH2.model_copy(update={"con_id": 77})
NO_DATA = "Historical Market Data Service error message:HMDS query returned no data: CSH2@LSE Trades"


def at(text: str, zone: str = "UTC") -> int:
    """Microseconds of a local time like 2026-11-23 09:30."""
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1e6)


@dataclass
class Market:
    """Sessions of some hours on the exchange's clock, on working days but for holidays; bars at every full size."""

    zone: str = "Europe/London"
    opens: timedelta = timedelta(hours=8)
    closes: timedelta = timedelta(hours=16, minutes=30)
    first: str = "2015-01-05"
    holidays: frozenset[str] = frozenset()
    counts_sessions: bool = True
    """Whether a duration of days counts sessions, or days of the calendar: TWS does not say."""
    split: float = 1.0
    """By which all prices are divided."""

    def sessions(self, until: int, since: int) -> list[tuple[int, int, str]]:
        """(start, end, date) of all that touch [since, until), oldest first."""
        day = datetime.fromtimestamp(since / 1e6, UTC).date() - timedelta(days=2)
        found = []
        while (midnight := datetime.combine(day, time(), ZoneInfo(self.zone))).timestamp() * 1e6 < until + DAY_US:
            if day.weekday() < 5 and day.isoformat() not in self.holidays and day.isoformat() >= self.first:
                start = round((midnight + self.opens).timestamp() * 1e6)
                end = round((midnight + self.closes).timestamp() * 1e6)
                if start < until and end > since:
                    found.append((start, end, f"{day:%Y%m%d}"))
            day += timedelta(days=1)
        return found

    def bars(self, size_us: int, since: int, until: int) -> list[int]:
        """When the bars begin that begin in [since, until)."""
        return [
            time
            for start, end, _ in self.sessions(until, since)
            for time in range(start, end, size_us)
            if since <= time < until
        ]

    def answer(self, call: ReqHistoricalData, now: int) -> list[BarRow]:
        """The bars of one request."""
        rows = self._rows(call, now)
        return [row._replace(close=row.close / self.split) for row in rows] if self.split != 1.0 else rows

    def _rows(self, call: ReqHistoricalData, now: int) -> list[BarRow]:
        end = (
            round(datetime.strptime(call.end, "%Y%m%d-%H:%M:%S").replace(tzinfo=UTC).timestamp() * 1e6)
            if call.end
            else now
        )
        duration = parse_duration(call.duration)
        sessions = self.sessions(end, end - (2 * duration.seconds + 20 * 86_400) * SECOND_US)
        since = end - duration.seconds * SECOND_US
        if duration.unit == "D" and self.counts_sessions:
            since = sessions[-duration.number :][0][0] if sessions else end
        scale = Scale(call.bar_size, self.zone)
        if scale.is_dated:
            return [_row(day) for start, _, day in sessions if start >= since]
        if duration.unit == "S" and self.counts_sessions:
            times = [t for s, e, _ in sessions for t in range(s, min(e, end), scale.size_us)]
            return [_row(str(t // SECOND_US)) for t in times[-(duration.number * SECOND_US // scale.size_us) :]]
        return [_row(str(t // SECOND_US)) for t in self.bars(scale.size_us, since, end)]


def _row(date: str) -> BarRow:
    value = float(int(date) % 9973)
    return BarRow(date, value, value + 1, value - 1, value, 10.0, value, 5)


@dataclass
class World:
    """Runs the effects of the history service against a market; `calls` is what TWS was asked."""

    now: int
    market: Market = field(default_factory=Market)
    calls: list[ReqHistoricalData] = field(default_factory=list)
    replies: list[SendReply] = field(default_factory=list)
    kept: dict[SeriesKey, list[Block]] = field(default_factory=dict)
    dropped: list[SeriesKey] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    refuse: Callable[[ReqHistoricalData], tuple[int, str] | None] = lambda call: None
    seconds: float = 1.0

    def __post_init__(self) -> None:
        self.requests = Requests(RequestIds())
        self.requests.ready(self.now)
        self.session = Session(SETTINGS, Sequencer("e", {}))
        self.session.server_version = 200
        self.queue = HistoryQueue(self.requests)
        self.history = History(
            SETTINGS, Contracts(SETTINGS, self.requests, Calm(self.session)), self.queue, self.session
        )
        self._numbers = 0
        self.waiting: list[CallTws] = []
        self.sent: list[tuple[int, Any]] = []

    def ask(self, name: str = "alice", expires_us: int | None = None, **more: Any) -> str:
        """A client asks for bars; the id of its request."""
        command = GetBars(**{"contract": CSH2, "bar_size": "1 min", **more})
        return self.tell(command, name, expires_us)

    def cancel(self, request_id: str) -> None:
        self.tell(CancelBars(request_id=request_id))

    def tell(self, command: Command, name: str = "alice", expires_us: int | None = None) -> str:
        self._numbers += 1
        received = asked(command, name, f"r{self._numbers}")
        object.__setattr__(received, "expires_us", expires_us)
        handler: Any = self.history.bars if isinstance(command, GetBars) else self.history.cancel
        self.perform(handler(received, command, self.now))
        return received.request_id

    def bars(self, **more: Any) -> Any:
        """Ask, let everything happen, and return the body or error of the reply."""
        return self.reply(self.ask(**more))

    def reply(self, request_id: str) -> Any:
        """The last word on a request."""
        self.run()
        (reply,) = [each for each in self.replies if each.request_id == request_id and not each.more]
        return reply.error or reply.body

    def perform(self, effects: list[Effect]) -> None:
        self.replies += of(SendReply, effects)
        for effect in effects:
            if isinstance(effect, StoreBars):
                assert len(effect.block) and effect.block.start_us < effect.block.end_us
                self.kept.setdefault(effect.key, []).append(effect.block)
            elif isinstance(effect, DropBars):
                self.dropped.append(effect.key)
                self.kept.pop(effect.key, None)
            elif isinstance(effect, Log):
                self.log.append(effect.text)
            elif isinstance(effect, LoadBars):
                blocks = sorted(self.kept.get(effect.key, []), key=lambda block: block.start_us)
                start, end = effect.span
                touching = tuple(each.cut(start, end) for each in blocks if each.start_us < end and each.end_us > start)
                self.perform(self.history.loaded(BarsLoaded(effect.key, effect.span, touching), self.now))
            elif isinstance(effect, CallTws):
                self.waiting.append(effect)
                self.sent.append((self.now, effect.call))

    def run(self) -> None:
        """Let TWS answer, and time pass, until nothing is left to do."""
        while self.waiting or self.history.next_due() is not None:
            if self.waiting:
                self.step()
            else:
                self.now = max(self.now, self.history.next_due() or 0)
                self.perform(self.history.due(self.now))

    def step(self) -> None:
        """TWS answers one request."""
        call: Any = self.waiting.pop(0).call
        self.now += round(self.seconds * 1e6)
        due = self.history.next_due()
        if due is not None and due <= self.now:
            self.perform(self.history.due(self.now))
        if isinstance(call, ReqContractDetails):
            details = ContractDetails(contract=FOUND, time_zone_id=self.market.zone)
            self.perform(self.requests.row(ContractDetailsRow(call.req_id, details), self.now))
            self.perform(self.requests.end(ContractDetailsEnd(call.req_id), self.now))
        elif isinstance(call, ReqHistoricalData):
            self.calls.append(call)
            rows = self.market.answer(call, self.now)
            refused = self.refuse(call) or (None if rows else (162, NO_DATA))
            if refused:
                self.perform(self.requests.error(TwsErrorReceived(call.req_id, *refused), self.now) or [])
            else:
                self.perform(self.requests.row(HistoricalBars(call.req_id, tuple(rows)), self.now))
                self.perform(self.requests.end(HistoricalEnd(call.req_id), self.now))


def times(bars: Any) -> list[int]:
    """When the bars of a reply begin."""
    found: list[int] = unpack_ints(bars.i64["time_us"])
    return found


def block(start: int, end: int, *begins: int, fetched_us: int = 1, server_version: int = 200) -> Block:
    """A block with bars at these places."""
    columns: dict[str, Any] = {
        name: array("q", begins) if name in INTEGERS else array("d", map(float, begins)) for name in COLUMNS
    }
    return Block(start, end, columns, fetched_us, server_version)
