"""What one API connection is subscribed to; all of it dies with the connection."""

from __future__ import annotations

from dataclasses import dataclass, field

from twssim.account_values import Row
from twssim.answers import Answer
from twssim.combos import Leg
from twssim.contracts import Instrument
from twssim.market import Quote
from twssim.scheduler import Timer
from twssim.streams import Streams


@dataclass(slots=True)
class MarketLine:
    """One reqMktData; `sent` is the quote the client knows, None before the first burst.

    `legs` make a combination, `generic` are its generic ticks; `extra` is what the client knows apart from the
    quote, by tick type.
    """

    req_id: int
    instrument: Instrument
    snapshot: bool
    generic: tuple[str, ...] = ()
    is_delayed: bool = False
    legs: tuple[Leg, ...] = ()
    sent: Quote | None = None
    extra: dict[int, Answer] = field(default_factory=dict)
    timers: list[Timer] = field(default_factory=list)

    def close(self) -> None:
        """Let nothing more happen for this request."""
        for timer in self.timers:
            timer.cancel()


@dataclass(slots=True)
class AccountRows:
    """A stream of account rows: which rows the client has, so that only changes are sent."""

    account: str
    tags: tuple[str, ...] = ()
    sent: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def changed(self, account: str, rows: list[Row]) -> list[Row]:
        """The rows that differ from what was sent before; they count as sent from now on."""
        different = []
        for key, value, currency in rows:
            if self.sent.get((account, key, currency)) != value:
                self.sent[account, key, currency] = value
                different.append((key, value, currency))
        return different


@dataclass(slots=True)
class PnlStream:
    """One reqPnL, or with a con_id one reqPnLSingle; `sent` are the amounts the client has."""

    account: str
    con_id: int | None
    sent: object = None


@dataclass(slots=True)
class Subscriptions:
    """Everything a connection has asked to be kept informed about, by request id."""

    market: dict[int, MarketLine] = field(default_factory=dict)
    bars: dict[int, Timer] = field(default_factory=dict)
    summaries: dict[int, AccountRows] = field(default_factory=dict)
    summary_slots: set[int] = field(default_factory=set)
    account: AccountRows | None = None
    accounts_multi: dict[int, AccountRows] = field(default_factory=dict)
    positions: bool = False
    positions_multi: dict[int, str] = field(default_factory=dict)
    pnl: dict[int, PnlStream] = field(default_factory=dict)
    streams: Streams = field(default_factory=Streams)

    def close(self) -> None:
        """Stop everything that would still happen by itself."""
        for line in self.market.values():
            line.close()
        for timer in self.bars.values():
            timer.cancel()
        self.streams.close_all()
