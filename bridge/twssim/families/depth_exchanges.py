"""reqMktDepthExchanges: which exchange offers which kind of depth for what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from twssim.answers import Answer
from twssim.contracts import Instrument
from twssim.family import Body, Family, Told, bare
from twssim.requests import Request
from twssim.wire import UNSET_INTEGER, message

if TYPE_CHECKING:
    from twssim.session import Session

MKT_DEPTH_EXCHANGES = 80
ANONYMOUS, WITH_MAKERS = "Deep", "Deep2"
_OFFERED = {
    "STK": {
        WITH_MAKERS: "ARCA BATS BEX BYX DRCTEDGE EDGEA IEX ISLAND NASDAQ NYSE AMEX CHX",
        ANONYMOUS: "LSE LSEETF IBIS FWB CHIXUK BATEUK TRQXUK CHIXDE BATEDE",
    },
    "CASH": {ANONYMOUS: "IDEALPRO"},
    "FUT": {ANONYMOUS: "CME"},
    "OPT": {ANONYMOUS: "AMEX CBOE PHLX ISE BOX BATS"},
}


@dataclass(frozen=True, slots=True)
class RequestDepthExchanges(Request):
    """reqMktDepthExchanges; it has no request id."""


@dataclass(frozen=True, slots=True)
class DepthExchange:
    """One row: an exchange, a kind of instrument, and whether the makers are named."""

    exchange: str
    sec_type: str
    service: str


@dataclass(frozen=True, slots=True)
class DepthExchanges(Answer):
    """Every exchange with depth."""

    rows: tuple[DepthExchange, ...]


ROWS = tuple(
    DepthExchange(exchange, sec_type, service)
    for sec_type, services in _OFFERED.items()
    for service, exchanges in services.items()
    for exchange in exchanges.split()
)


def service_of(instrument: Instrument) -> str:
    """The kind of depth of an instrument on its exchange, "" if there is none."""
    return next(
        (row.service for row in ROWS if (row.exchange, row.sec_type) == (instrument.exchange, instrument.sec_type)), ""
    )


def _answer(session: Session, request: RequestDepthExchanges) -> None:
    session.send(DepthExchanges(ROWS))


def _text(answer: DepthExchanges, version: int) -> bytes:
    rows = [(each.exchange, each.sec_type, "", each.service, UNSET_INTEGER) for each in answer.rows]
    return message(MKT_DEPTH_EXCHANGES, len(rows), *(value for row in rows for value in row))


def _body(answer: DepthExchanges) -> Body:
    rows = [
        {"exchange": each.exchange, "secType": each.sec_type, "serviceDataType": each.service} for each in answer.rows
    ]
    return Body(MKT_DEPTH_EXCHANGES, "MarketDepthExchanges", {"depthMarketDataDescriptions": rows})


FAMILY = Family(
    asked=(bare(82, RequestDepthExchanges, _answer),),
    told=(Told(DepthExchanges, 213, _text, _body),),
)
