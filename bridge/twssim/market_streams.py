"""Market data lines of all sessions: opening, ticking at TWS's cadence, closing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from twssim.answers import Answer, MarketDataType, TickReqParams, TickSnapshotEnd
from twssim.combos import combo_quote
from twssim.delayed_ticks import DELAY, delayed
from twssim.generic_ticks import Scene, generic_ticks, same
from twssim.market import Quote
from twssim.option_ticks import option_ticks
from twssim.profile import PRECISION_SINCE
from twssim.subscriptions import MarketLine
from twssim.ticks import changes, first_burst

if TYPE_CHECKING:
    from twssim.gateway import Gateway
    from twssim.session import Session

BBO_EXCHANGE = "9c0001"
SNAPSHOT_PERMISSIONS = 3
LIVE, FROZEN, DELAYED, DELAYED_FROZEN = 1, 2, 3, 4


class MarketStreams:
    """Feeds every open market data line from the one market."""

    def __init__(self, gateway: Gateway) -> None:
        """Start with no lines."""
        self._gateway = gateway
        self._ticking = False

    def open(self, session: Session, line: MarketLine) -> None:
        """Begin to serve a line; its first ticks come a moment later."""
        gateway = self._gateway
        session.subscriptions.market[line.req_id] = line
        self._record(session, line, "opened")
        delay = gateway.settings.answer_delay
        line.timers.append(gateway.scheduler.after(delay, lambda: self._begin(session, line)))
        if line.snapshot:
            seconds = gateway.settings.snapshot_seconds
            end = gateway.scheduler.after(seconds, lambda: self._end_snapshot(session, line))
            line.timers.append(end)

    def close(self, session: Session, req_id: int) -> bool:
        """Stop a line; False when there is none with this id."""
        line = session.subscriptions.market.pop(req_id, None)
        if line is None:
            return False
        line.close()
        self._record(session, line, "closed")
        return True

    def close_all(self, session: Session) -> None:
        """Stop every line of a session."""
        for req_id in list(session.subscriptions.market):
            self.close(session, req_id)

    def _record(self, session: Session, line: MarketLine, state: str) -> None:
        self._gateway.ledger.append(
            "line",
            client_id=session.client_id,
            req_id=line.req_id,
            con_id=line.instrument.con_id,
            state=state,
        )

    def _now(self, line: MarketLine) -> Quote:
        return self.quote(line, self._gateway.now)

    def quote(self, line: MarketLine, at: float) -> Quote:
        """The quote of an instrument or of a combination."""
        market = self._gateway.market
        return combo_quote(market, line.legs, at) if line.legs else market.quote(line.instrument.con_id, at)

    def _begin(self, session: Session, line: MarketLine) -> None:
        instrument = line.instrument
        session.send(MarketDataType(line.req_id, self._kind(session, line)))
        step = instrument.size_increment if session.version >= PRECISION_SINCE else None
        session.send(TickReqParams(line.req_id, instrument.min_tick, BBO_EXCHANGE, SNAPSHOT_PERMISSIONS, step))
        quote = self._shown(line, self._now(line))
        self._send(session, line, first_burst(line.req_id, quote, instrument.sec_type))
        self._send_extra(session, line, quote)
        line.sent = quote
        self._start_ticking()

    def _kind(self, session: Session, line: MarketLine) -> int:
        """Live, frozen, delayed or delayed frozen."""
        frozen = session.market_data_kind in (FROZEN, DELAYED_FROZEN)
        is_closed = not self._gateway.calendar.is_open(line.instrument, self._gateway.now)
        if line.is_delayed:
            return DELAYED_FROZEN if frozen and is_closed else DELAYED
        return FROZEN if frozen and is_closed else LIVE

    def _shown(self, line: MarketLine, quote: Quote) -> Quote:
        """The quote that a line may show."""
        if not line.is_delayed:
            return quote
        return self.quote(line, quote.time - DELAY)

    def _send(self, session: Session, line: MarketLine, ticks: Iterable[Answer]) -> None:
        for tick in ticks:
            answer = delayed(tick) if line.is_delayed else tick
            if answer is not None:
                session.send(answer)

    def _send_extra(self, session: Session, line: MarketLine, quote: Quote) -> None:
        """Computations of an option and generic ticks, as far as the client does not know them."""
        market, instrument = self._gateway.market, line.instrument
        scene = Scene(line.req_id, market, instrument, quote)
        for tick in (*option_ticks(line.req_id, market, instrument, quote), *generic_ticks(scene, line.generic)):
            if not same(line.extra.get(tick.tick_type), tick):
                line.extra[tick.tick_type] = tick
                self._send(session, line, [tick])

    def _end_snapshot(self, session: Session, line: MarketLine) -> None:
        session.send(TickSnapshotEnd(line.req_id))
        self.close(session, line.req_id)

    def _start_ticking(self) -> None:
        if not self._ticking:
            self._ticking = True
            self._gateway.scheduler.every(self._gateway.settings.tick_interval, self._tick)

    def _tick(self) -> bool:
        sessions = self._gateway.sessions
        lines = [(each, line) for each in sessions for line in each.subscriptions.market.values()]
        quoted = {(line.instrument.con_id, line.legs): line for _, line in lines}
        quotes = {key: self._now(line) for key, line in quoted.items()}
        for session, line in lines:
            self._update(session, line, quotes[line.instrument.con_id, line.legs])
        self._ticking = bool(quotes)
        return self._ticking

    def _update(self, session: Session, line: MarketLine, quote: Quote) -> None:
        """Send what changed; a client that does not read is spared, it gets the newest later."""
        flood = self._gateway.settings.flood
        if line.sent is None or line.snapshot or session.congested or flood:
            return
        shown = self._shown(line, quote)
        self._send(session, line, changes(line.req_id, line.sent, shown, line.instrument.sec_type))
        if line.generic or line.instrument.sec_type == "OPT":
            self._send_extra(session, line, shown)
        line.sent = shown
