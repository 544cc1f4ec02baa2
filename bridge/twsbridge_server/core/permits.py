"""What the state of the session allows: orders when it is ready, cancels whenever TWS listens."""

from __future__ import annotations

from twsbridge.protocol.errors import WireError, make_error
from twsbridge_server.core.session import LINK_DOWN, RECONCILING, REFUSED, Session

DRAINING = "DRAINING"
"""The state that clients are shown while the bridge is going down."""

DEGRADED = "DEGRADED"
"""The state that clients are shown while the journal cannot be written."""


def restart_ends_us(session: Session, now: int) -> int | None:
    """The end of the window of TWS's daily restart; None outside of it."""
    return session.daily_restart.ends_us(now) if session.daily_restart else None


def refusal_of_orders(session: Session, now: int) -> WireError | None:
    """Why no order can be placed or changed now, or None."""
    if session.is_draining:
        return make_error("br.draining", "The bridge is shutting down")
    if session.fault:
        return make_error("br.journal", session.fault)
    if session.state == RECONCILING:
        return make_error("br.starting", f"Not ready yet: {session.reason}")
    if session.state == LINK_DOWN:
        return make_error("tws.link_down", f"TWS has no connection to IB: {session.reason}")
    if session.is_up and session.read_only:
        return make_error("tws.read_only", "TWS's API is in read-only mode")
    ends_us = restart_ends_us(session, now)
    if session.is_up and ends_us is not None:
        text = "TWS is about to restart, as it does each day"
        return make_error("tws.restart_window", text, retry=f"after:{(ends_us - now) // 1000}")
    return refusal_of_cancels(session)


def refusal_of_cancels(session: Session) -> WireError | None:
    """Why no cancel can be sent now, or None."""
    if session.is_up:
        return None
    if session.refused is not None:
        return session.refused
    return make_error("tws.disconnected", f"No session with TWS: {session.reason}")


def shown(session: Session) -> tuple[str, str]:
    """(state, reason) as clients are told: what the bridge itself is about comes before whatever TWS does."""
    if session.is_draining:
        return DRAINING, "The bridge is shutting down"
    state, reason = (REFUSED, session.refused.msg) if session.refused else (session.state, session.reason)
    if not session.fault:
        return state, reason
    return DEGRADED, f"{session.fault}. TWS: {state}, {reason}"


def choose_account(session: Session, wanted: str) -> tuple[str, WireError | None]:
    """The account an order goes to: the one named, or the only one there is."""
    if not wanted and len(session.accounts) == 1:
        return session.accounts[0], None
    if wanted in session.accounts:
        return wanted, None
    listed = ", ".join(session.accounts)
    if not wanted:
        text = f"This login has several accounts ({listed}); an order must name one"
        return "", make_error("req.invalid", text, field="order.account")
    return "", make_error("auth.account", f"{wanted} is not an account of this login ({listed})")
