"""What financial advisors keep in TWS: groups of accounts, allocation profiles, and aliases, each as XML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from twssim.advisor_documents import InvalidAccounts, InvalidDocument
from twssim.answers import Answer
from twssim.family import Asked, Body, Family, Told, later
from twssim.requests import Request
from twssim.wire import Fields, escape, message

if TYPE_CHECKING:
    from twssim.session import Session

RECEIVE_FA, REPLACE_FA_END = 16, 103
NOT_AN_ADVISOR = "FA data operations ignored for non FA customers."
REPLACED = "success"


@dataclass(frozen=True, slots=True)
class RequestFa(Request):
    """requestFA: 1 groups, 2 profiles, 3 aliases; it has no request id."""

    kind: int


@dataclass(frozen=True, slots=True)
class ReplaceFa(Request):
    """replaceFA."""

    req_id: int
    kind: int
    xml: str


@dataclass(frozen=True, slots=True)
class ReceiveFa(Answer):
    """One document."""

    kind: int
    xml: str


@dataclass(frozen=True, slots=True)
class ReplaceFaEnd(Answer):
    """A document has been replaced."""

    req_id: int
    text: str


def _request(session: Session, request: RequestFa) -> None:
    documents = session.gateway.advisor
    if documents is None:
        session.invalid(-1, NOT_AN_ADVISOR)
    elif request.kind not in documents.xml:
        session.invalid(-1, f"Invalid FA data type: {request.kind}")
    else:
        later(session, lambda: session.send(ReceiveFa(request.kind, documents.xml[request.kind])))


def _replace(session: Session, request: ReplaceFa) -> None:
    documents = session.gateway.advisor
    if documents is None:
        session.invalid(request.req_id, NOT_AN_ADVISOR)
        return
    try:
        documents.replace(request.kind, request.xml)
    except InvalidAccounts as reason:
        text = f"The following Groups and/or Profiles contain invalid accounts: {reason}"
        session.error(request.req_id, 10231, text)
    except InvalidDocument as reason:
        session.invalid(request.req_id, str(reason))
    else:
        later(session, lambda: session.send(ReplaceFaEnd(request.req_id, REPLACED)))


def _read_request(fields: Fields, version: int) -> Request:
    fields.text()
    return RequestFa(fields.integer())


def _read_replace(fields: Fields, version: int) -> Request:
    fields.text()
    kind, xml = fields.integer(), fields.text()
    return ReplaceFa(fields.integer(), kind, xml)


def _receive_text(answer: ReceiveFa, version: int) -> bytes:
    return message(RECEIVE_FA, 1, answer.kind, escape(answer.xml))


def _receive_body(answer: ReceiveFa) -> Body:
    return Body(RECEIVE_FA, "ReceiveFA", {"faDataType": answer.kind, "xml": answer.xml})


def _end_text(answer: ReplaceFaEnd, version: int) -> bytes:
    return message(REPLACE_FA_END, answer.req_id, answer.text)


def _end_body(answer: ReplaceFaEnd) -> Body:
    return Body(REPLACE_FA_END, "ReplaceFAEnd", {"reqId": answer.req_id, "text": answer.text})


FAMILY = Family(
    asked=(
        Asked(18, RequestFa, _read_request, lambda m: RequestFa(m.faDataType), _request),
        Asked(19, ReplaceFa, _read_replace, lambda m: ReplaceFa(m.reqId, m.faDataType, m.xml), _replace),
    ),
    told=(
        Told(ReceiveFa, 211, _receive_text, _receive_body),
        Told(ReplaceFaEnd, 211, _end_text, _end_body),
    ),
)
