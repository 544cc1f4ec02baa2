"""News on request: the providers of a login, headlines of the past, articles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice, takewhile
from typing import TYPE_CHECKING

from twssim.answers import Answer
from twssim.clock import moment
from twssim.family import Asked, Body, Family, Told, bare, later, plain
from twssim.newsroom import PROVIDERS, Headline, known
from twssim.requests import Request
from twssim.wire import Fields, message

if TYPE_CHECKING:
    from twssim.session import Session

NEWS_ARTICLE, NEWS_PROVIDERS, HISTORICAL_NEWS, HISTORICAL_NEWS_END = 83, 85, 86, 87
MOST_HEADLINES = 300
PLAIN_TEXT = 0


@dataclass(frozen=True, slots=True)
class RequestNewsProviders(Request):
    """reqNewsProviders; it has no request id."""


@dataclass(frozen=True, slots=True)
class RequestNewsArticle(Request):
    """reqNewsArticle."""

    req_id: int
    provider: str
    article_id: str


@dataclass(frozen=True, slots=True)
class RequestHistoricalNews(Request):
    """reqHistoricalNews: providers joined by `+`, times as the client wrote them (UTC without a zone)."""

    req_id: int
    con_id: int
    providers: str
    start: str
    end: str
    count: int


@dataclass(frozen=True, slots=True)
class NewsProviders(Answer):
    """Code and name of every provider."""

    providers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class NewsArticle(Answer):
    """An article; kind 0 is text or HTML."""

    req_id: int
    kind: int
    text: str


@dataclass(frozen=True, slots=True)
class HistoricalNews(Answer):
    """One headline of the past."""

    req_id: int
    headline: Headline


@dataclass(frozen=True, slots=True)
class HistoricalNewsEnd(Answer):
    """All headlines that were asked for, and whether there are older ones."""

    req_id: int
    has_more: bool


def _providers(session: Session, request: RequestNewsProviders) -> None:
    session.send(NewsProviders(tuple(PROVIDERS.items())))


def _article(session: Session, request: RequestNewsArticle) -> None:
    if request.provider not in PROVIDERS:
        session.error(request.req_id, 10276, f"News feed is not allowed: {request.provider}")
        return

    def answer() -> None:
        text = session.gateway.newsroom.article(request.article_id, session.gateway.now)
        if text is None or not request.article_id.startswith(f"{request.provider}$"):
            session.error(request.req_id, 10172, "Failed to request news article:No such article")
        else:
            session.send(NewsArticle(request.req_id, PLAIN_TEXT, text))

    later(session, answer)


def _historical(session: Session, request: RequestHistoricalNews) -> None:
    codes = [code for code in request.providers.split("+") if code]
    if not known(codes):
        session.error(request.req_id, 10277, f"News feed is not allowed: {request.providers}")
        return
    instrument = session.gateway.universe.by_con_id(request.con_id)
    try:
        start, end = _time(request.start, 0.0), _time(request.end, session.gateway.now)
    except ValueError:
        session.error(request.req_id, 10173, "Failed to request historical news:Invalid date or time")
        return
    if instrument is None:
        session.error(request.req_id, 10173, "Failed to request historical news:No such contract")
        return
    end = min(end, session.gateway.now)
    headlines = takewhile(lambda each: each.time > start, session.gateway.newsroom.backwards(instrument, end))
    wanted = (each for each in headlines if each.provider in codes)
    later(session, lambda: _send(session, request, list(islice(wanted, _count(request) + 1))))


def _count(request: RequestHistoricalNews) -> int:
    return min(request.count, MOST_HEADLINES) if request.count > 0 else MOST_HEADLINES


def _send(session: Session, request: RequestHistoricalNews, found: list[Headline]) -> None:
    for headline in found[: _count(request)]:
        session.send(HistoricalNews(request.req_id, headline))
    session.send(HistoricalNewsEnd(request.req_id, len(found) > _count(request)))


def _time(written: str, otherwise: float) -> float:
    """`yyyy-mm-dd hh:mm:ss`, with or without a fraction, or a time as of historical data."""
    if not written:
        return otherwise
    if written[4:5] == "-":
        return datetime.fromisoformat(written).replace(tzinfo=UTC).timestamp()
    return moment(written, "UTC")


def _stamp(time: float) -> str:
    return f"{datetime.fromtimestamp(time, UTC):%Y-%m-%d %H:%M:%S}.0"


def _read_article(fields: Fields, version: int) -> Request:
    return RequestNewsArticle(fields.integer(), fields.text(), fields.text())


def _read_historical(fields: Fields, version: int) -> Request:
    req_id, con_id = fields.integer(), fields.integer()
    providers, start, end = fields.texts(3)
    return RequestHistoricalNews(req_id, con_id, providers, start, end, fields.integer())


def _providers_text(answer: NewsProviders, version: int) -> bytes:
    return message(NEWS_PROVIDERS, len(answer.providers), *(field for pair in answer.providers for field in pair))


def _providers_body(answer: NewsProviders) -> Body:
    providers = [{"providerCode": code, "providerName": name} for code, name in answer.providers]
    return Body(NEWS_PROVIDERS, "NewsProviders", {"newsProviders": providers})


def _article_body(answer: NewsArticle) -> Body:
    fields = {"reqId": answer.req_id, "articleType": answer.kind, "articleText": answer.text}
    return Body(NEWS_ARTICLE, "NewsArticle", fields)


def _headline_text(answer: HistoricalNews, version: int) -> bytes:
    headline = answer.headline
    where = (headline.provider, headline.article_id)
    return message(HISTORICAL_NEWS, answer.req_id, _stamp(headline.time), *where, headline.text)


def _headline_body(answer: HistoricalNews) -> Body:
    headline = answer.headline
    fields = {
        "reqId": answer.req_id,
        "time": _stamp(headline.time),
        "providerCode": headline.provider,
        "articleId": headline.article_id,
        "headline": headline.text,
    }
    return Body(HISTORICAL_NEWS, "HistoricalNews", fields)


def _end_body(answer: HistoricalNewsEnd) -> Body:
    return Body(HISTORICAL_NEWS_END, "HistoricalNewsEnd", {"reqId": answer.req_id, "hasMore": answer.has_more})


FAMILY = Family(
    asked=(
        Asked(
            84,
            RequestNewsArticle,
            _read_article,
            lambda m: RequestNewsArticle(m.reqId, m.providerCode, m.articleId),
            _article,
        ),
        bare(85, RequestNewsProviders, _providers),
        Asked(
            86,
            RequestHistoricalNews,
            _read_historical,
            lambda m: RequestHistoricalNews(
                m.reqId, m.conId, m.providerCodes, m.startDateTime, m.endDateTime, m.totalResults
            ),
            _historical,
        ),
    ),
    told=(
        Told(
            NewsArticle, 209, plain(NEWS_ARTICLE, lambda a: a.req_id, lambda a: a.kind, lambda a: a.text), _article_body
        ),
        Told(NewsProviders, 209, _providers_text, _providers_body),
        Told(HistoricalNews, 209, _headline_text, _headline_body),
        Told(HistoricalNewsEnd, 209, plain(HISTORICAL_NEWS_END, lambda a: a.req_id, lambda a: a.has_more), _end_body),
    ),
)
