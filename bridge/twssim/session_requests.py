"""Handlers of requests about the session itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twssim import requests as req
from twssim.answers import CurrentTime, CurrentTimeInMillis, ManagedAccounts, NextValidId
from twssim.session import Session

MARKET_DATA_FARM = "Market data farm connection is OK:usfarm"
HISTORICAL_FARM = "HMDS data farm connection is OK:ushmds"
SEC_DEF_FARM = "Sec-def data farm connection is OK:secdefil"
CLIENT_ID_IN_USE = "Unable to connect as the client id is already in use. Retry with a unique client id."


def start_api(session: Session, request: req.StartApi) -> None:
    """Register the client id, then greet in the order a real TWS does."""
    gateway = session.gateway
    if session.started:
        return
    if not gateway.claim(session, request.client_id):
        session.error(-1, 326, CLIENT_ID_IN_USE)
        session.close()
        return
    session.send(ManagedAccounts(gateway.settings.accounts))
    session.send(NextValidId(gateway.orders.next_valid_id(session.client_id)))
    session.error(-1, 2104, MARKET_DATA_FARM)
    session.error(-1, 2106, HISTORICAL_FARM)
    gateway.scheduler.after(gateway.settings.sec_def_notice_delay, lambda: _late_notices(session))


def _late_notices(session: Session) -> None:
    """They interleave with the answers to a client's first requests."""
    session.error(-1, 2158, SEC_DEF_FARM)
    if date := session.gateway.settings.desupport_date:
        session.error(-1, 2172, f"This version of TWS will be desupported on {date}. Please upgrade.")


def _request_ids(session: Session, request: req.RequestIds) -> None:
    session.send(NextValidId(session.gateway.orders.next_valid_id(session.client_id)))


def _managed_accounts(session: Session, request: req.RequestManagedAccounts) -> None:
    session.send(ManagedAccounts(session.gateway.settings.accounts))


def _current_time(session: Session, request: req.RequestCurrentTime) -> None:
    session.send(CurrentTime(session.gateway.now))


def _current_time_in_millis(session: Session, request: req.RequestCurrentTimeInMillis) -> None:
    session.send(CurrentTimeInMillis(session.gateway.now))


def _set_server_log_level(session: Session, request: req.SetServerLogLevel) -> None:
    """TWS answers nothing to this request."""


HANDLERS: dict[type, Callable[[Session, Any], None]] = {
    req.StartApi: start_api,
    req.RequestIds: _request_ids,
    req.RequestManagedAccounts: _managed_accounts,
    req.RequestCurrentTime: _current_time,
    req.RequestCurrentTimeInMillis: _current_time_in_millis,
    req.SetServerLogLevel: _set_server_log_level,
}
