"""News bulletins of IB about its systems and about exchanges; one subscription per connection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from twssim.answers import Answer
from twssim.family import Asked, Body, Family, Told, bare, later
from twssim.newsroom import DAY, Bulletin
from twssim.requests import Request
from twssim.streams import Stream
from twssim.wire import Fields, escape, message

if TYPE_CHECKING:
    from twssim.session import Session

NEWS_BULLETIN = 14
THE_ONE = -1
"""The request id of the only stream: these requests have none."""


@dataclass(frozen=True, slots=True)
class RequestBulletins(Request):
    """reqNewsBulletins; `all_of_today` asks for those that came before, too."""

    all_of_today: bool


@dataclass(frozen=True, slots=True)
class CancelBulletins(Request):
    """cancelNewsBulletins."""


@dataclass(frozen=True, slots=True)
class NewsBulletin(Answer):
    """One bulletin."""

    bulletin: Bulletin


@dataclass(slots=True)
class BulletinStream(Stream):
    """The subscription of a connection."""


def _subscribe(session: Session, request: RequestBulletins) -> None:
    streams, gateway = session.subscriptions.streams, session.gateway
    streams.close(BulletinStream, THE_ONE)
    streams.add(stream := BulletinStream(THE_ONE))
    if request.all_of_today:
        today = gateway.now - gateway.now % DAY
        _replay(session, gateway.newsroom.bulletins(today, gateway.now))
    _wait(session, stream)


def _replay(session: Session, past: list[Bulletin]) -> None:
    def answer() -> None:
        for bulletin in past:
            session.send(NewsBulletin(bulletin))

    later(session, answer)


def _wait(session: Session, stream: BulletinStream) -> None:
    gateway = session.gateway
    bulletin = gateway.newsroom.next_bulletin(gateway.now)

    def tell() -> None:
        session.send(NewsBulletin(bulletin))
        _wait(session, stream)

    stream.timers = [gateway.scheduler.after(bulletin.time - gateway.now, tell)]


def _cancel(session: Session, request: CancelBulletins) -> None:
    """TWS answers nothing."""
    session.subscriptions.streams.close(BulletinStream, THE_ONE)


def _read(fields: Fields, version: int) -> Request:
    fields.text()
    return RequestBulletins(fields.flag())


def _text(answer: NewsBulletin, version: int) -> bytes:
    bulletin = answer.bulletin
    return message(NEWS_BULLETIN, 1, bulletin.number, bulletin.kind, escape(bulletin.text), bulletin.exchange)


def _body(answer: NewsBulletin) -> Body:
    bulletin = answer.bulletin
    fields = {
        "newsMsgId": bulletin.number,
        "newsMsgType": bulletin.kind,
        "newsMessage": bulletin.text,
        "originatingExch": bulletin.exchange,
    }
    return Body(NEWS_BULLETIN, "NewsBulletin", fields)


FAMILY = Family(
    asked=(
        Asked(12, RequestBulletins, _read, lambda m: RequestBulletins(m.allMessages), _subscribe),
        bare(13, CancelBulletins, _cancel),
    ),
    told=(Told(NewsBulletin, 209, _text, _body),),
)
