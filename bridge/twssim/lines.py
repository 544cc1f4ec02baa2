"""The market data lines of the login: which instruments use one, and refusing one too many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twssim.contracts import Instrument

if TYPE_CHECKING:
    from twssim.gateway import Gateway
    from twssim.session import Session

TOO_MANY_LINES = "Max number of tickers has been reached"


def used(gateway: Gateway) -> set[int]:
    """The con_ids with at least one stream; however many of them, an instrument uses one line."""
    market = {line.instrument.con_id for each in gateway.sessions for line in each.subscriptions.market.values()}
    others = {line.instrument.con_id for each in gateway.sessions for line in each.subscriptions.streams.lines()}
    return market | others


def line_is_free(session: Session, req_id: int, instrument: Instrument) -> bool:
    """Whether a stream of this instrument may begin; otherwise error 101 goes to the client."""
    taken = used(session.gateway)
    if instrument.con_id in taken or len(taken) < session.gateway.settings.market_data_lines:
        return True
    session.error(req_id, 101, TOO_MANY_LINES)
    return False
