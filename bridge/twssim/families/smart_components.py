"""reqSmartComponents: which exchange stands behind which letter of the exchange ticks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from twssim.answers import Answer
from twssim.family import Asked, Body, Family, Told
from twssim.requests import Request
from twssim.wire import message

if TYPE_CHECKING:
    from twssim.session import Session

SMART_COMPONENTS = 82
BBO_EXCHANGES = ("9c0001", "a60001")
"""The maps that tickReqParams names."""
LETTERS = {
    "AMEX": "A",
    "BEX": "B",
    "ISE": "I",
    "EDGEA": "J",
    "DRCTEDGE": "K",
    "CHX": "M",
    "NYSE": "N",
    "ARCA": "P",
    "NASDAQ": "Q",
    "IEX": "V",
    "PHLX": "X",
    "BYX": "Y",
    "BATS": "Z",
    "CBOE": "W",
}


@dataclass(frozen=True, slots=True)
class RequestSmartComponents(Request):
    """reqSmartComponents."""

    req_id: int
    bbo_exchange: str


@dataclass(frozen=True, slots=True)
class SmartComponents(Answer):
    """Exchanges and their letters; the place of each is its bit number."""

    req_id: int
    components: tuple[tuple[str, str], ...]


def _answer(session: Session, request: RequestSmartComponents) -> None:
    if request.bbo_exchange in BBO_EXCHANGES:
        session.send(SmartComponents(request.req_id, tuple(LETTERS.items())))
    else:
        session.invalid(request.req_id, f"Invalid BBO exchange: {request.bbo_exchange}")


def _text(answer: SmartComponents, version: int) -> bytes:
    rows = [value for bit, component in enumerate(answer.components) for value in (bit, *component)]
    return message(SMART_COMPONENTS, answer.req_id, len(answer.components), *rows)


def _body(answer: SmartComponents) -> Body:
    rows = [
        {"bitNumber": bit, "exchange": exchange, "exchangeLetter": letter}
        for bit, (exchange, letter) in enumerate(answer.components)
    ]
    return Body(SMART_COMPONENTS, "SmartComponents", {"reqId": answer.req_id, "smartComponents": rows})


FAMILY = Family(
    asked=(
        Asked(
            83,
            RequestSmartComponents,
            lambda fields, version: RequestSmartComponents(fields.integer(), fields.text()),
            lambda m: RequestSmartComponents(m.reqId, m.bboExchange),
            _answer,
        ),
    ),
    told=(Told(SmartComponents, 212, _text, _body),),
)
