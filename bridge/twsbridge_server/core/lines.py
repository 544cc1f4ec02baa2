"""Market data lines: one for each topic, however many are subscribed to it, and none when nobody is."""

from __future__ import annotations

from twsbridge.protocol import topics
from twsbridge.protocol.errors import WireError, make_error
from twsbridge.protocol.models import Reason
from twsbridge.protocol.replies import LineStatus
from twsbridge_server.core import tws_errors
from twsbridge_server.core.answers import RequestIds
from twsbridge_server.core.calls import ReqMarketDataType
from twsbridge_server.core.contracts import Contracts
from twsbridge_server.core.effects import CallTws, Effect
from twsbridge_server.core.inputs import Client, MarketDataType, SubscriptionOpened, Ticks, TwsErrorReceived
from twsbridge_server.core.line import Line
from twsbridge_server.core.notices import Kind, classify
from twsbridge_server.core.open_lines import OpenLines
from twsbridge_server.core.settings import CoreSettings

COMPETING_SESSION = 10197
"""Another login takes the data; they come back by themselves when it ends."""

DELAYED_INSTEAD = 10167
DELAYED = 3


class Lines:
    """Opens, closes and re-opens lines, and turns what TWS says of them into frames for subscribers."""

    def __init__(self, settings: CoreSettings, ids: RequestIds, contracts: Contracts) -> None:
        self._market_data_type = settings.market_data_type
        self._contracts = contracts
        self._by_topic: dict[str, Line] = {}
        self._clients: dict[str, list[str]] = {}
        self._open = OpenLines(settings.max_lines, ids)
        self._by_id = self._open.by_id

    def opened(self, wanted: SubscriptionOpened, now: int) -> list[Effect]:
        """Somebody subscribed: open the line if it is not, and say where it stands. Other topics mean nothing here.

        A line counts for the client that opened it, as long as anybody is subscribed.
        """
        topic = wanted.topic
        line = self._by_topic.get(topic)
        if line is None:
            parsed = topics.parse_market_data(topic)
            if parsed is None:
                return []
            line = Line(topic, self._contracts.line_contract(*parsed))
            if sum(clients[0] == wanted.client for clients in self._clients.values()) >= wanted.rights.lines:
                return line.become("ended", now, _over_quota(wanted))
            self._by_topic[topic], self._clients[topic] = line, []
        if wanted.client not in self._clients[topic]:
            self._clients[topic].append(wanted.client)
        begun = self._open.open(line) if line.state == "ended" else []
        return [*begun, *line.image(now), *line.announce(now)]

    def closed(self, topic: str, now: int) -> list[Effect]:
        """The last subscriber is gone."""
        line = self._by_topic.pop(topic, None)
        self._clients.pop(topic, None)
        if line is None:
            return []
        self._open.release(line)
        return self._open.cancel(line)

    def ticks(self, said: Ticks, now: int) -> list[Effect]:
        """Ticks of a line; those of a line that was closed meanwhile are dropped."""
        line = self._by_id.get(said.req_id)
        return line.ticks(said.ticks, now) if line is not None else []

    def market_data_type(self, said: MarketDataType, now: int) -> list[Effect]:
        """What TWS gives for a line: live, delayed, frozen."""
        line = self._by_id.get(said.req_id)
        return line.gives(said.market_data_type, now) if line is not None else []

    def error(self, said: TwsErrorReceived, now: int) -> list[Effect] | None:
        """TWS's error or notice for a line, or None when the id is not of a line."""
        line = self._by_id.get(said.id)
        if line is None:
            return None
        kind = classify(said.code)
        if kind is Kind.LATE:
            return []
        if kind is Kind.REQUEST:
            return self._failed(line, said, now)
        line.notice = Reason(tws_code=said.code, text=said.text)
        gives_delayed = line.gives(DELAYED, now) if said.code == DELAYED_INSTEAD else []
        return gives_delayed or line.announce(now)

    def ready(self, now: int) -> list[Effect]:
        """A new session, in which TWS knows of no line: open them all."""
        self._open.is_ready = True
        return [CallTws(ReqMarketDataType(self._market_data_type)), *self._open_all(now)]

    def lost(self, reason: str, now: int) -> list[Effect]:
        """The session is gone, and all lines with it."""
        self._open.is_ready = False
        effects: list[Effect] = []
        for line in list(self._by_id.values()):
            self._open.forget(line)
            effects += line.become("stale", now)
        return effects

    def link_lost(self, now: int) -> list[Effect]:
        """TWS is cut off from IB: what is known may be old. The next tick of a line makes it current again."""
        return [effect for line in self._by_id.values() for effect in line.become("stale", now)]

    def link_back(self, now: int) -> list[Effect]:
        """TWS has IB again and has kept the lines: they go on as they were."""
        return [effect for line in self._by_id.values() for effect in line.flows(now)]

    def data_lost(self, now: int) -> list[Effect]:
        """TWS was cut off from IB and has lost the lines: cancel what it may still hold, open all under new ids."""
        if not self._open.is_ready:
            return []
        cancelled = [effect for line in self._by_topic.values() for effect in self._open.cancel(line)]
        return [*cancelled, *self._open_all(now)]

    @property
    def has_competitor(self) -> bool:
        """True while a line gets no data because another session of the user takes them."""
        errors = [line.error for line in self._by_id.values() if line.error is not None]
        return any(error.tws_code == COMPETING_SESSION for error in errors)

    def flowing(self) -> list[Line]:
        """The lines whose ticks tell of the market now."""
        return [line for line in self._by_topic.values() if line.state in ("live", "delayed")]

    def __len__(self) -> int:
        return len(self._by_topic)

    def subscriptions(self) -> list[SubscriptionOpened]:
        """Who is subscribed to what, as it was told: first of each line the client that it counts for."""
        return [SubscriptionOpened(topic, name) for topic, names in self._clients.items() for name in names]

    def rows(self, client: Client) -> list[LineStatus]:
        """The lines that this client has subscribed to; all of them for an admin."""
        sees_all = client.role == "admin"
        lines = self._by_topic.items()
        return [line.status() for topic, line in lines if sees_all or client.name in self._clients[topic]]

    def _failed(self, line: Line, said: TwsErrorReceived, now: int) -> list[Effect]:
        error = tws_errors.refusal(said.code, said.text)
        if said.code == COMPETING_SESSION:
            return line.become("stale", now, error)
        self._open.forget(line)
        self._open.release(line)
        return line.become("ended", now, error)

    def _open_all(self, now: int) -> list[Effect]:
        return [effect for line in self._by_topic.values() for effect in (*self._open.open(line), *line.announce(now))]


def _over_quota(wanted: SubscriptionOpened) -> WireError:
    text = f"{wanted.client} has opened all {wanted.rights.lines} market data lines that its key may open"
    return make_error("auth.lines", text)
