"""Handlers of requests about contracts and market data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twssim import requests as req
from twssim.answers import ContractDetails, ContractDetailsEnd
from twssim.combos import bag, legs_of
from twssim.contracts import Instrument
from twssim.families.contract_cancel import DetailsQuery
from twssim.families.tick_news import WIDE_NEWS, follow, follow_tape, unfollow
from twssim.generic_ticks import parse
from twssim.historical_requests import HANDLERS as HISTORICAL_HANDLERS
from twssim.lines import line_is_free
from twssim.lookup import NO_DEFINITION, the_instrument
from twssim.profile import PRECISION_SINCE
from twssim.session import Session
from twssim.subscriptions import MarketLine

DELAYED_KINDS = (3, 4)
NOT_SUBSCRIBED = "Requested market data is not subscribed."
SHOWING_DELAYED = "Requested market data is not subscribed. Displaying delayed market data."
DELAYED_NOT_ENABLED = "Requested market data is not subscribed. Delayed market data is not enabled."
NO_GENERIC_SNAPSHOT = "Snapshot market data subscription is not applicable to generic ticks"


def _contract_details(session: Session, request: req.RequestContractDetails) -> None:
    gateway = session.gateway

    def answer() -> None:
        session.subscriptions.streams.done(query)
        found = gateway.universe.find(request.contract)
        if not found:
            session.error(request.req_id, 200, NO_DEFINITION)
            return
        for instrument in found:
            session.send(_details(session, request.req_id, instrument))
        session.send(ContractDetailsEnd(request.req_id))

    query = DetailsQuery(request.req_id)
    session.subscriptions.streams.add(query)
    query.later(gateway.scheduler, gateway.settings.answer_delay, answer)


def _details(session: Session, req_id: int, instrument: Instrument) -> ContractDetails:
    calendar, now = session.gateway.calendar, session.gateway.now
    trading_hours = calendar.trading_hours(instrument, now)
    liquid_hours = calendar.liquid_hours(instrument, now)
    return ContractDetails(req_id, instrument, trading_hours, liquid_hours, session.version >= PRECISION_SINCE)


def _market_data_type(session: Session, request: req.RequestMarketDataType) -> None:
    if request.kind in (1, 2, 3, 4):
        session.market_data_kind = request.kind
    else:
        session.invalid(-1, "Invalid market data type")


def _market_data(session: Session, request: req.RequestMarketData) -> None:
    if request.req_id in session.subscriptions.market:
        session.failed(request.req_id, "Duplicate ticker ID")
        return
    snapshot = request.snapshot or request.regulatory
    if snapshot and request.generic_ticks:
        session.invalid(request.req_id, NO_GENERIC_SNAPSHOT)
        return
    if request.contract.sec_type == "NEWS":
        follow_tape(session, request.req_id, request.contract)
        return
    instrument = _quoted(session, request)
    if instrument is None:
        return
    try:
        legs = legs_of(session.gateway.universe, request.legs)
        generic = parse(request.generic_ticks, instrument.sec_type)
    except ValueError as refusal:
        session.invalid(request.req_id, str(refusal))
        return
    if _is_permitted(session, request.req_id) and line_is_free(session, request.req_id, instrument):
        is_delayed = session.gateway.settings.market_data != "live"
        line = MarketLine(request.req_id, instrument, snapshot, generic=generic, is_delayed=is_delayed, legs=legs)
        session.gateway.market_streams.open(session, line)
        if WIDE_NEWS in generic:
            follow(session, line, request.generic_ticks)


def _quoted(session: Session, request: req.RequestMarketData) -> Instrument | None:
    """The instrument, or what stands for a combination; None when the client was told that there is none."""
    wanted = request.contract
    if wanted.sec_type == "BAG" and request.legs:
        return bag(wanted.symbol, wanted.currency, wanted.exchange)
    return the_instrument(session, request.req_id, wanted)


def _is_permitted(session: Session, req_id: int) -> bool:
    """Whether the login may see this: live, or late if it asked for that; TWS says if not."""
    allowed = session.gateway.settings.market_data
    if allowed == "none":
        session.error(req_id, 354, NOT_SUBSCRIBED)
    elif allowed == "delayed" and session.market_data_kind in DELAYED_KINDS:
        session.error(req_id, 10167, SHOWING_DELAYED)
    elif allowed == "delayed":
        session.error(req_id, 10168, DELAYED_NOT_ENABLED)
        return False
    return allowed != "none"


def _cancel_market_data(session: Session, request: req.CancelMarketData) -> None:
    tape = unfollow(session, request.req_id)
    if not session.gateway.market_streams.close(session, request.req_id) and not tape:
        session.error(request.req_id, 300, f"Can't find EId with tickerId:{request.req_id}")


HANDLERS: dict[type, Callable[[Session, Any], None]] = {
    req.RequestContractDetails: _contract_details,
    req.RequestMarketDataType: _market_data_type,
    req.RequestMarketData: _market_data,
    req.CancelMarketData: _cancel_market_data,
    **HISTORICAL_HANDLERS,
}
