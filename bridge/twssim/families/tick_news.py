"""News as ticks: headlines about an instrument (generic tick 292), or the whole tape of a provider."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twssim.answers import Answer
from twssim.contracts import ContractQuery
from twssim.family import Body, Family, Told, plain
from twssim.lookup import NO_DEFINITION
from twssim.newsroom import PROVIDERS, Headline
from twssim.streams import Stream

if TYPE_CHECKING:
    from twssim.session import Session
    from twssim.subscriptions import MarketLine

TICK_NEWS = 84
WIDE_NEWS = "292"
LANGUAGE = "A:800015:L:en"


@dataclass(frozen=True, slots=True)
class TickNews(Answer):
    """One headline as it is written."""

    req_id: int
    headline: Headline


@dataclass(slots=True)
class BroadTape(Stream):
    """A request for market data of a NEWS contract: every headline of its provider."""


def _wait(session: Session, stream: Stream, next_one: Callable[[float], Headline | None]) -> None:
    """Tell the next headline when it is written, then wait for the one after it."""
    gateway = session.gateway
    headline = next_one(gateway.now)
    if headline is None:
        return

    def tell() -> None:
        session.send(TickNews(stream.req_id, headline))
        _wait(session, stream, next_one)

    stream.later(gateway.scheduler, headline.time - gateway.now, tell)


@dataclass(slots=True)
class Headlines(Stream):
    """The news of one line."""


def follow(session: Session, line: MarketLine, generic_ticks: str) -> None:
    """Headlines of a line that has generic tick 292; `292:BRFG+DJNL` names the providers."""
    entries = [entry.strip().partition(":") for entry in generic_ticks.split(",")]
    codes = [code for number, _, codes in entries if number == WIDE_NEWS for code in codes.split("+") if code]
    newsroom, wanted = session.gateway.newsroom, codes or list(PROVIDERS)

    def next_one(now: float) -> Headline | None:
        headline = newsroom.next_after(line.instrument, now)
        while headline is not None and headline.provider not in wanted:
            headline = newsroom.next_after(line.instrument, headline.time)
        return headline

    if set(wanted) & set(PROVIDERS):
        stream = Headlines(line.req_id)
        session.subscriptions.streams.add(stream)
        _wait(session, stream, next_one)


def unfollow(session: Session, req_id: int) -> bool:
    """End the news of a line, or a tape; False when there is no tape with this id."""
    streams = session.subscriptions.streams
    streams.close(Headlines, req_id)
    return streams.close(BroadTape, req_id)


def follow_tape(session: Session, req_id: int, contract: ContractQuery) -> None:
    """The tape of a NEWS contract such as `BRFG:BRFG_ALL` on exchange `BRFG`."""
    provider, streams = contract.exchange, session.subscriptions.streams
    if streams.get(BroadTape, req_id):
        session.failed(req_id, "Duplicate ticker ID")
    elif provider not in PROVIDERS or contract.symbol != f"{provider}:{provider}_ALL":
        session.error(req_id, 200, NO_DEFINITION)
    else:
        stream = BroadTape(req_id)
        streams.add(stream)
        _wait(session, stream, lambda now: session.gateway.newsroom.tape_after(provider, now))


def _body(answer: TickNews) -> Body:
    headline = answer.headline
    fields = {
        "reqId": answer.req_id,
        "timestamp": round(headline.time * 1000),
        "providerCode": headline.provider,
        "articleId": headline.article_id,
        "headline": headline.text,
        "extraData": LANGUAGE,
    }
    return Body(TICK_NEWS, "TickNews", fields)


_text = plain(
    TICK_NEWS,
    lambda a: a.req_id,
    lambda a: round(a.headline.time * 1000),
    lambda a: a.headline.provider,
    lambda a: a.headline.article_id,
    lambda a: a.headline.text,
    lambda a: LANGUAGE,
)

FAMILY = Family(asked=(), told=(Told(TickNews, 206, _text, _body),))
