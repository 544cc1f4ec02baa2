"""Lines at TWS: one for everybody who wants the same, and none when nobody does."""

from __future__ import annotations

from twsbridge.protocol.errors import WireError, make_error
from twsbridge.protocol.models import Contract
from twsbridge.protocol.replies import LineStatus
from twsbridge.protocol.stream_rows import Tick
from twsbridge.protocol.streams import StreamTopic, parse_stream
from twsbridge.protocol.tick_values import NEWS
from twsbridge_server.core.answers import RequestIds
from twsbridge_server.core.calls import ReqMarketDataType
from twsbridge_server.core.contracts import Contracts
from twsbridge_server.core.effects import CallTws, Effect
from twsbridge_server.core.held_lines import HeldLines
from twsbridge_server.core.history.pacing import HistoryPacing
from twsbridge_server.core.inputs import Client, SubscriptionClosed, SubscriptionOpened, TwsErrorReceived
from twsbridge_server.core.line import Line, line_key
from twsbridge_server.core.line_errors import COMPETING_SESSION, line_error
from twsbridge_server.core.line_gates import LineGates
from twsbridge_server.core.line_outages import LineOutages
from twsbridge_server.core.line_room import RANKS, go_first, make_room, use_room
from twsbridge_server.core.open_lines import OpenLines
from twsbridge_server.core.paces import Paces
from twsbridge_server.core.settings import CoreSettings
from twsbridge_server.core.stream_bars import stream_bar
from twsbridge_server.core.stream_inputs import (
    AboutLine,
    HistoricalBars,
    HistoricalUpdate,
    MarketDataType,
    StreamRows,
    Ticks,
)

QUOTES = "md"


class Lines:
    """Opens, closes and re-opens lines, and turns what TWS says of them into frames for subscribers."""

    def __init__(self, settings: CoreSettings, ids: RequestIds, contracts: Contracts, history: HistoryPacing) -> None:
        self._market_data_type = settings.market_data_type
        self._contracts = contracts
        self._by_key: dict[str, Line] = {}
        self._by_topic: dict[str, Line] = {}
        self.gates = LineGates(history)
        self._open = OpenLines(settings.max_lines, ids, self.gates)
        self.held = HeldLines(self._open)
        self._by_id = self._open.by_id
        self.paces = Paces()
        self.outages = LineOutages(self._open, self._by_key)

    def __contains__(self, req_id: int) -> bool:
        return req_id in self._by_id

    def opened(self, wanted: SubscriptionOpened, now: int) -> list[Effect]:
        """Somebody subscribed: open the line if it is not, and say where it stands. Other topics mean nothing here.

        A line counts for the client that opened it, as long as anybody is subscribed.
        """
        topic = wanted.topic
        read = parse_stream(topic)
        if read is None:
            return []
        line = self._by_key.get(line_key(read))
        if line is None:
            line = Line(read, self._contract(read), wanted.client)
            if sum(each.opener == wanted.client for each in self._by_key.values()) >= wanted.rights.lines:
                line.join(topic, read, wanted.client)
                return line.become("ended", now, _over_quota(wanted))
            self._by_key[line.key] = line
        generic = line.wanted.generic_ticks
        view = line.join(topic, read, wanted.client)
        line.rank = max(line.rank, RANKS[wanted.role])
        self._by_topic[topic] = line
        if read.every_ms is not None:
            self.paces.add(view)
        if line.state == "ended":
            room = make_room(self._open, line, wanted.client, wanted.role, now)
            opened = self._open.open(line, now)
            line.interruption.asked_anew()
            return [*room, *opened, *view.image(now), *line.announce(now)]
        wider = self._open.widen(line, now) if line.wanted.generic_ticks != generic else []
        return [*wider, *view.image(now), view.state(line.condition(), now)]

    def closed(self, gone: SubscriptionClosed, now: int) -> list[Effect]:
        """A subscriber is gone; with the last one of its last topic the line goes."""
        line = self._by_topic.get(gone.topic)
        if line is None:
            return []
        is_last = line.leave(gone.topic, gone.left)
        if not gone.left:
            del self._by_topic[gone.topic]
            self.paces.drop(gone.topic)
        if not is_last:
            return []
        del self._by_key[line.key]
        self._open.release(line)
        return [*self._open.cancel(line), *self._use_room(now)]

    def ticks(self, said: Ticks | StreamRows, now: int) -> list[Effect]:
        """Rows of a line; those of a line that was closed meanwhile are dropped, and ticks beside the news of one.

        Headlines of a line of quotes are ticks of it.
        """
        line = self._by_id.get(said.req_id)
        if line is None:
            return []
        if isinstance(said, Ticks):
            return line.rows(said.ticks, now) if line.kind == QUOTES else []
        if line.kind == QUOTES:
            return line.rows(tuple(Tick(NEWS, row._asdict()) for row in said.rows), now)
        return line.rows(said.rows, now, said.whole)

    def bars(self, said: HistoricalBars | HistoricalUpdate, now: int) -> list[Effect]:
        """Bars of a stream, the first ones or the last one anew."""
        line = self._by_id.get(said.req_id)
        bars = said.bars if isinstance(said, HistoricalBars) else (said.bar,)
        return line.rows(tuple(map(stream_bar, bars)), now) if line else []

    def market_data_type(self, said: MarketDataType, now: int) -> list[Effect]:
        """What TWS gives for a line: live, delayed, frozen."""
        line = self._by_id.get(said.req_id)
        return line.gives(said.market_data_type, now) if line is not None else []

    def about(self, said: AboutLine, now: int) -> list[Effect]:
        """What TWS says of a line besides its rows."""
        line = self._by_id.get(said.req_id)
        return line.announce(now) if line is not None and line.terms.take(said.said) else []

    def error(self, said: TwsErrorReceived, now: int) -> list[Effect] | None:
        """TWS's error or notice for a line, or None when the id is not of a line."""
        line = self._by_id.get(said.id)
        if line is None:
            return None
        effects = line_error(self._open, line, said, now)
        if line.lacks_room:
            return [*effects, *go_first(self._open, line, now)]
        return [*effects, *self._use_room(now)]

    def ready(self, now: int) -> list[Effect]:
        """A new session, in which TWS knows of no line: open them all."""
        self._open.begin()
        return [CallTws(ReqMarketDataType(self._market_data_type)), *self.outages.open_all(now)]

    def lost(self, reason: str, now: int) -> list[Effect]:
        """The session is gone, and all lines with it."""
        return self.outages.session_lost(reason, now)

    def watched(self) -> list[Line]:
        """The lines open at TWS of which silence may mean something."""
        return [line for line in self._by_id.values() if line.rule.has_pace]

    @property
    def has_competitor(self) -> bool:
        """True while a line gets no data because another session of the user takes them."""
        errors = [line.error for line in self._by_id.values() if line.error is not None]
        return any(error.tws_code == COMPETING_SESSION for error in errors)

    def flowing(self) -> list[Line]:
        """The quotes that tell of the market now."""
        return [line for line in self._by_key.values() if line.kind == QUOTES and line.state in ("live", "delayed")]

    def __len__(self) -> int:
        return len(self._by_key)

    def rows(self, client: Client) -> list[LineStatus]:
        """The lines that this client has subscribed to; all of them for an admin."""
        sees_all = client.role == "admin"
        return [line.status() for line in self._by_key.values() if sees_all or client.name in line.clients]

    def subscriptions(self) -> list[SubscriptionOpened]:
        """Who is subscribed to what, as if it were told now: first of each topic the client that it counts for."""
        return [
            SubscriptionOpened(topic, client)
            for topic, line in self._by_topic.items()
            for client in line.holders[topic]
        ]

    def _contract(self, read: StreamTopic) -> Contract:
        """The contract of a line; an empty one where it is about none."""
        if "exchange" not in read.given:
            return Contract()
        return self._contracts.line_contract(int(read.given["con_id"]), read.given["exchange"])

    def _use_room(self, now: int) -> list[Effect]:
        return use_room(self._open, self._by_key.values(), now)


def _over_quota(wanted: SubscriptionOpened) -> WireError:
    text = f"{wanted.client} has opened all {wanted.rights.lines} market data lines that its key may open"
    return make_error("auth.lines", text)
