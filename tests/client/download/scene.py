"""A bridge without sockets, for downloads: it answers with bars of every working day at noon in New York."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from twsbridge.channel import Channel
from twsbridge.download.run import Download
from twsbridge.download.wish import Wish
from twsbridge.errors import BridgeError, make_error
from twsbridge.protocol.bar_sizes import DATED
from twsbridge.protocol.columns import pack_floats, pack_ints
from twsbridge.protocol.commands import GetBars, GetContractDetails
from twsbridge.protocol.models import Contract, ContractDetails
from twsbridge.protocol.queries import GetHeadTimestamp
from twsbridge.protocol.query_replies import HeadTimestamp
from twsbridge.protocol.replies import Bars, BarSource, ContractMatches
from twsbridge.times import to_datetime, to_micros

ZONE = ZoneInfo("US/Eastern")
FLOATS = ("open", "high", "low", "close", "volume", "wap")
START = date(2024, 1, 1)


def noon(day: date) -> int:
    """When the bar of a day begins."""
    return to_micros(datetime.combine(day, time(12), ZONE))


def bars_of(days: list[date], bar_size: str, final_us: int, count: int = 7, **fields: Any) -> Bars:
    """An answer with one bar for each of these days."""
    size = len(days)
    ints = {"bar_count": pack_ints([count] * size)}
    is_dated = bar_size in DATED
    return Bars(
        contract=fields.get("contract", Contract(symbol="AAPL")),
        bar_size=bar_size,
        what_to_show=fields.get("what_to_show", "TRADES"),
        tz="US/Eastern",
        count=size,
        dates=[day.isoformat() for day in days] if is_dated else None,
        i64=ints if is_dated else {"time_us": pack_ints(map(noon, days)), **ints},
        f64={name: pack_floats([day.toordinal() + 0.1 for day in days]) for name in FLOATS},
        sources=[BarSource(start_us=0, end_us=final_us, count=size, fetched_us=5, server_version=200)] if size else [],
        final_us=final_us,
    )


@dataclass
class Scene:
    """`final` is the first date that is not final; `refuse` may raise before an answer."""

    root: Path
    final: date = date(2024, 6, 15)
    begins: date = date(2020, 1, 1)
    asked: list[GetBars] = field(default_factory=list)
    refuse: Callable[[GetBars], None] = lambda command: None
    con_id: int = 1

    def ask(self, command: Any, reply: Any, timeout: Any = None, hear: Any = None, interruption: Any = None) -> Any:
        """As a Channel does."""
        if interruption is not None:
            interruption.check()
        if isinstance(command, GetContractDetails):
            if command.contract.symbol == "XXXX":
                raise BridgeError(make_error("tws.not_found", "TWS lists no contract that matches"))
            found = command.contract.model_copy(update={"con_id": self.con_id})
            return ContractMatches(rows=[ContractDetails(contract=found, time_zone_id="US/Eastern")])
        if isinstance(command, GetHeadTimestamp):
            return HeadTimestamp(time_us=noon(self.begins))
        self.asked.append(command)
        self.refuse(command)
        if hear is not None:
            hear({"progress": {"done": 0.5, "requests": 1}})
        return self._bars(command)

    def _bars(self, command: GetBars) -> Bars:
        assert command.start_us is not None and command.end_us is not None
        day, end = (to_datetime(us).astimezone(ZONE).date() for us in (command.start_us, command.end_us))
        days = []
        while day < min(end, self.final + timedelta(days=1)):
            if day.weekday() < 5:
                days.append(day)
            day += timedelta(days=1)
        zone = UTC if command.bar_size in DATED else ZONE
        final_us = to_micros(datetime.combine(min(end, self.final), time(), zone))
        kept = {"contract": command.contract, "what_to_show": command.what_to_show}
        return bars_of(days, command.bar_size, final_us if days else 0, **kept)

    def run(self, *symbols: str, hear: Any = None, **wish: Any) -> list[Any]:
        """One download."""
        terms = Wish(**{"bar_size": "1 min", "start": START, "end": date(2024, 7, 1), "format_name": "csv", **wish})
        return Download(cast(Channel, self), terms, self.root, hear).run(symbols)
