"""Answers to one-shot questions as inputs, and those of their rows that need more than copying."""

from __future__ import annotations

from typing import Any

from ibapi.common import DepthMktDataDescription, HistoricalSession
from ibapi.softdollartier import SoftDollarTier as OfficialTier

from twsbridge.protocol.fields import WireModel
from twsbridge.protocol.order_attributes import SoftDollarTier
from twsbridge.protocol.query_replies import DepthExchange, SmartComponent, TradingSession
from twsbridge_server.core.inputs import TwsInput
from twsbridge_server.core.queries.answers import AnswerEnd, AnswerPart, IdlessAnswer
from twsbridge_server.core.queries.questions import UnnumberedQuestion
from twsbridge_server.tws.times import execution_time
from twsbridge_server.tws.unset import integer, text


def whole(req_id: int, *parts: Any) -> list[TwsInput]:
    """An answer that TWS gives in one message."""
    return [AnswerPart(req_id, parts), AnswerEnd(req_id)]


def idless(question: UnnumberedQuestion, *parts: WireModel) -> list[TwsInput]:
    """The answer to a question without an id."""
    return [IdlessAnswer(question.subject, parts)]


def ticks_told(req_id: int, done: bool, ticks: list[Any]) -> list[TwsInput]:
    """Ticks of the past; `done` when no more follow."""
    return whole(req_id, *ticks) if done else [AnswerPart(req_id, tuple(ticks))]


def depth_exchange(said: DepthMktDataDescription) -> DepthExchange:
    """An exchange with market depth."""
    return DepthExchange(
        exchange=text(said.exchange),
        sec_type=text(said.secType),
        listing_exch=text(said.listingExch),
        service_data_type=text(said.serviceDataType),
        agg_group=integer(said.aggGroup),
    )


def smart_components(said: Any) -> list[SmartComponent]:
    """Exchanges and their letters. ibapi decodes text into a list, but protobuf into a map from bits to pairs."""
    if isinstance(said, dict):
        found = [(bit, *pair) for bit, pair in said.items()]
    else:
        found = [(each.bitNumber, each.exchange, each.exchangeLetter) for each in said]
    return [
        SmartComponent(bit_number=bit, exchange=text(exchange), exchange_letter=text(letter))
        for bit, exchange, letter in found
    ]


def tier(said: OfficialTier) -> SoftDollarTier:
    """A soft dollar tier."""
    return SoftDollarTier(name=text(said.name), value=text(said.val), display_name=text(said.displayName))


def session(said: HistoricalSession, zone_name: str) -> TradingSession:
    """A trading session. Its times are of the exchange's zone; ValueError when they cannot be read."""
    return TradingSession(
        start_us=_instant(said.startDateTime, zone_name),
        end_us=_instant(said.endDateTime, zone_name),
        ref_date=text(said.refDate),
    )


def _instant(written: str, zone_name: str) -> int:
    read = execution_time(f"{written.replace('-', ' ', 1)} {zone_name}")
    if read.doubt:
        raise ValueError(f"{written!r} of the zone {zone_name!r}: {read.doubt}")
    return read.micros
