"""Handler of reqExecutions: every fill that matches the filter, each with its commission."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from twssim import answers as ans
from twssim import requests as req
from twssim.clock import HOST_ZONE, moment
from twssim.combos import BAG_CON_ID
from twssim.contracts import Instrument
from twssim.order import Execution
from twssim.session import Session

MOST_DAYS = 7
SIDES = {"BUY": "BOT", "BOT": "BOT", "SELL": "SLD", "SLD": "SLD", "SSHORT": "SLD"}


def _executions(session: Session, request: req.RequestExecutions) -> None:
    gateway = session.gateway
    try:
        since = moment(request.time, HOST_ZONE.key) if request.time else None
    except ValueError:
        session.invalid(request.req_id, f"Invalid date/time format: {request.time}")
        return
    days = _days(request, gateway.now)

    def answer() -> None:
        found = False
        for execution in gateway.orders.executions:
            instrument = gateway.instrument_of(execution)
            early = since is not None and execution.time < since
            if early or _day(execution.time) not in days:
                continue
            if _matches(request, execution, instrument):
                found = True
                session.send(ans.ExecutionDetails(request.req_id, instrument, execution))
                if execution.con_id != BAG_CON_ID:
                    session.send(ans.CommissionReport(execution))
        if found or gateway.settings.execution_end_when_empty:
            session.send(ans.ExecutionDetailsEnd(request.req_id))

    gateway.scheduler.after(gateway.settings.answer_delay, answer)


def _day(time: float) -> str:
    return f"{datetime.fromtimestamp(time, HOST_ZONE):%Y%m%d}"


def _days(request: req.RequestExecutions, now: float) -> set[str]:
    """Since midnight, unless the filter names more days (server version 200)."""
    today = datetime.fromtimestamp(now, HOST_ZONE)
    back = range(max(1, min(request.last_n_days or 1, MOST_DAYS)))
    days = {f"{today - timedelta(days=number):%Y%m%d}" for number in back}
    return set(request.specific_dates) or days


def _matches(request: req.RequestExecutions, execution: Execution, instrument: Instrument) -> bool:
    wanted = (
        (request.account, execution.account),
        (request.symbol, instrument.symbol),
        (request.sec_type, instrument.sec_type),
        (request.exchange, execution.exchange),
        (SIDES.get(request.side, request.side), execution.side),
        (request.client_id, execution.client_id),
    )
    return all(not value or value == actual for value, actual in wanted)


HANDLERS: dict[type, Callable[[Session, Any], None]] = {req.RequestExecutions: _executions}
