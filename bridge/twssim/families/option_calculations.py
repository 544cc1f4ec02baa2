"""calculateImpliedVolatility and calculateOptionPrice, and the option computation that answers them."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor
from typing import TYPE_CHECKING, Any

from twssim.answers import Answer
from twssim.contract_message import read_contract as read_message
from twssim.contracts import ContractQuery
from twssim.family import Asked, Body, Family, Told, one_id
from twssim.lookup import the_instrument
from twssim.path import DAY
from twssim.pricing import OptionTerms, terms_of
from twssim.requests import Request, RequestById
from twssim.streams import Stream
from twssim.text_contract import read_contract
from twssim.wire import Fields, message

if TYPE_CHECKING:
    from twssim.session import Session

TICK_OPTION_COMPUTATION = 21
CALCULATED = 53
PRICE_BASED = 1
NOT_COMPUTED = {"impliedVol": -1, "delta": -2, "optPrice": -1, "pvDividend": -1, "gamma": -2, "vega": -2, "theta": -2}
"""What text sends for a value that is missing; undPrice is -1, too. Protobuf leaves it out."""


@dataclass(frozen=True, slots=True)
class RequestCalculation(Request):
    """One of the two calculations: `given` is the price, or the volatility, of the option."""

    req_id: int
    contract: ContractQuery
    given: float
    under_price: float


@dataclass(frozen=True, slots=True)
class CalculateImpliedVolatility(RequestCalculation):
    """calculateImpliedVolatility."""


@dataclass(frozen=True, slots=True)
class CalculateOptionPrice(RequestCalculation):
    """calculateOptionPrice."""


@dataclass(frozen=True, slots=True)
class CancelImpliedVolatility(RequestById):
    """cancelCalculateImpliedVolatility; never answered."""


@dataclass(frozen=True, slots=True)
class CancelOptionPrice(RequestById):
    """cancelCalculateOptionPrice; never answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionComputation(Answer):
    """Price, volatility and greeks; None for what is not computed."""

    req_id: int
    tick_type: int
    under_price: float
    price: float | None
    volatility: float | None = None
    delta: float | None = None
    gamma: float | None = None
    vega: float | None = None
    theta: float | None = None


@dataclass(slots=True)
class Calculation(Stream):
    """One that has not been answered yet; the two kinds share their ids."""


def computation(
    ids: tuple[int, int], terms: OptionTerms, under_price: float, price: float | None, volatility: float | None
) -> OptionComputation:
    """Request id and tick type, and everything that follows from a volatility, if there is one."""
    req_id, tick_type = ids
    if volatility is None:
        return OptionComputation(req_id=req_id, tick_type=tick_type, under_price=under_price, price=price)
    greeks = terms.greeks(under_price, volatility)
    return OptionComputation(
        req_id=req_id,
        tick_type=tick_type,
        under_price=under_price,
        price=greeks.price if price is None else price,
        volatility=volatility,
        delta=greeks.delta,
        gamma=greeks.gamma,
        vega=greeks.vega,
        theta=greeks.theta,
    )


def _request(session: Session, request: RequestCalculation) -> None:
    gateway = session.gateway
    option = the_instrument(session, request.req_id, request.contract)
    if option is None:
        return
    if option.sec_type != "OPT" or request.given <= 0 or request.under_price <= 0:
        session.invalid(request.req_id, "Option calculations need an option and two values greater than zero")
        return

    def answer() -> None:
        session.subscriptions.streams.done(waiting)
        terms, ids = terms_of(option, floor(gateway.now // DAY)), (request.req_id, CALCULATED)
        spot, given = request.under_price, request.given
        if isinstance(request, CalculateOptionPrice):
            session.send(computation(ids, terms, spot, None, given))
        else:
            session.send(computation(ids, terms, spot, given, terms.implied_volatility(spot, given)))

    waiting = Calculation(request.req_id)
    session.subscriptions.streams.add(waiting)
    waiting.later(gateway.scheduler, gateway.settings.answer_delay, answer)


def _cancel(session: Session, request: RequestById) -> None:
    session.subscriptions.streams.close(Calculation, request.req_id)


def _values(answer: OptionComputation) -> dict[str, float | None]:
    return {
        "impliedVol": answer.volatility,
        "delta": answer.delta,
        "optPrice": answer.price,
        "pvDividend": None if answer.volatility is None else 0.0,
        "gamma": answer.gamma,
        "vega": answer.vega,
        "theta": answer.theta,
    }


def _text(answer: OptionComputation, version: int) -> bytes:
    values = [NOT_COMPUTED[name] if value is None else value for name, value in _values(answer).items()]
    head = (answer.req_id, answer.tick_type, PRICE_BASED)
    return message(TICK_OPTION_COMPUTATION, *head, *values, answer.under_price)


def _body(answer: OptionComputation) -> Body:
    head = {"reqId": answer.req_id, "tickType": answer.tick_type, "tickAttrib": PRICE_BASED}
    fields = {**head, **_values(answer), "undPrice": answer.under_price}
    return Body(TICK_OPTION_COMPUTATION, "TickOptionComputation", fields)


def _asked(message_id: int, kind: type[RequestCalculation], given: str) -> Asked:
    def read(fields: Fields, version: int) -> Request:
        fields.text()
        return kind(fields.integer(), read_contract(fields), float(fields.decimal()), float(fields.decimal()))

    def read_body(m: Any) -> Request:
        return kind(m.reqId, read_message(m.contract), getattr(m, given), m.underPrice)

    return Asked(message_id, kind, read, read_body, _request)


FAMILY = Family(
    asked=(
        _asked(54, CalculateImpliedVolatility, "optionPrice"),
        _asked(55, CalculateOptionPrice, "volatility"),
        one_id(56, CancelImpliedVolatility, _cancel),
        one_id(57, CancelOptionPrice, _cancel),
    ),
    told=(Told(OptionComputation, 206, _text, _body),),
)
