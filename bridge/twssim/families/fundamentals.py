"""Fundamental reports about stocks, as XML; everything else has none (430)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from twssim.answers import Answer
from twssim.contract_message import read_contract
from twssim.contracts import ContractQuery
from twssim.family import Asked, Body, Family, Told, later, one_id
from twssim.fundamental_reports import report_xml
from twssim.lookup import the_instrument
from twssim.requests import Request, RequestById
from twssim.streams import Stream
from twssim.wire import Fields, escape, message

if TYPE_CHECKING:
    from twssim.session import Session

FUNDAMENTAL_DATA = 51
NOT_AVAILABLE = "We are sorry, but fundamentals data for the security specified is not available."


@dataclass(frozen=True, slots=True)
class RequestFundamentals(Request):
    """reqFundamentalData."""

    req_id: int
    contract: ContractQuery
    report: str


@dataclass(frozen=True, slots=True)
class CancelFundamentals(RequestById):
    """cancelFundamentalData."""


@dataclass(frozen=True, slots=True)
class Fundamentals(Answer):
    """One report."""

    req_id: int
    xml: str


@dataclass(slots=True)
class ReportWanted(Stream):
    """A request that has not been answered yet."""


def _request(session: Session, request: RequestFundamentals) -> None:
    stock = the_instrument(session, request.req_id, request.contract)
    if stock is None:
        return
    gateway, streams = session.gateway, session.subscriptions.streams
    xml = report_xml(request.report, stock, gateway.market.quote(stock.con_id, gateway.now))
    if xml is None:
        session.error(request.req_id, 430, NOT_AVAILABLE)
        return
    streams.add(ReportWanted(request.req_id))

    def answer() -> None:
        if streams.close(ReportWanted, request.req_id):
            session.send(Fundamentals(request.req_id, xml))

    later(session, answer)


def _cancel(session: Session, request: CancelFundamentals) -> None:
    """TWS answers nothing; a report that is under way does not arrive."""
    session.subscriptions.streams.close(ReportWanted, request.req_id)


def _read(fields: Fields, version: int) -> Request:
    fields.text()
    req_id, con_id = fields.integer(), fields.integer()
    symbol, sec_type, exchange, primary, currency, local_symbol, report = fields.texts(7)
    query = ContractQuery(
        con_id=con_id,
        symbol=symbol,
        sec_type=sec_type,
        exchange=exchange,
        primary_exchange=primary,
        currency=currency,
        local_symbol=local_symbol,
    )
    return RequestFundamentals(req_id, query, report)


def _text(answer: Fundamentals, version: int) -> bytes:
    return message(FUNDAMENTAL_DATA, 1, answer.req_id, escape(answer.xml))


def _body(answer: Fundamentals) -> Body:
    return Body(FUNDAMENTAL_DATA, "FundamentalsData", {"reqId": answer.req_id, "data": answer.xml})


FAMILY = Family(
    asked=(
        Asked(
            52,
            RequestFundamentals,
            _read,
            lambda m: RequestFundamentals(m.reqId, read_contract(m.contract), m.reportType),
            _request,
        ),
        one_id(53, CancelFundamentals, _cancel),
    ),
    told=(Told(Fundamentals, 210, _text, _body),),
)
