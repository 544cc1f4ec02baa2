"""From the bytes of a request to the handler that answers it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from twssim import account_requests, market_requests, order_requests, session_requests
from twssim.families import ASKED
from twssim.requests import CancelOrder, GlobalCancel, PlaceOrder, Request, StartApi
from twssim.wire import UnreadableRequest

if TYPE_CHECKING:
    from twssim.session import Session

HANDLERS = {
    **session_requests.HANDLERS,
    **account_requests.HANDLERS,
    **market_requests.HANDLERS,
    **order_requests.HANDLERS,
    **{asked.kind: asked.answer for asked in ASKED.values()},
}


def dispatch(session: Session, payload: bytes) -> None:
    """Answer one request; before startApi everything else is ignored, as TWS does."""
    try:
        request = session.profile.read(payload)
    except UnreadableRequest as reason:
        _unreadable(session, payload, str(reason))
        return
    if session.started or isinstance(request, StartApi):
        _record(session, payload, request)
        gateway = session.gateway
        handler = partial(HANDLERS[type(request)], session, request)
        gateway.paced(session, request, partial(gateway.tampering.ask, session, request, handler))


def _unreadable(session: Session, payload: bytes, reason: str) -> None:
    if not session.started:
        return
    gateway = session.gateway
    gateway.ledger.append("unreadable", client_id=session.client_id, frame=payload.hex())
    where = gateway.error_class
    text = f"Error reading request.-'{where}' : cause - Unable to parse data. {reason}"
    session.error(-1, 320, text)


def _record(session: Session, payload: bytes, request: Request) -> None:
    """Every request counts; those about orders are kept to the byte."""
    facts: dict[str, object] = {"name": type(request).__name__}
    for name in ("req_id", "order_id"):
        if hasattr(request, name):
            facts[name] = getattr(request, name)
    if isinstance(request, PlaceOrder | CancelOrder | GlobalCancel):
        facts["frame"] = payload.hex()
    if isinstance(request, PlaceOrder):
        facts["order_ref"] = request.terms.order_ref
    session.gateway.ledger.append("request", client_id=session.client_id, **facts)
