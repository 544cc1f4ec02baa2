"""Handlers of requests about accounts, positions and P&L."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twssim import answers as ans
from twssim import requests as req
from twssim.family import later
from twssim.session import Session
from twssim.subscriptions import AccountRows, PnlStream

MOST_SUMMARIES = 2
UNSUBSCRIBED = "New account data requested from TWS.  API client has been unsubscribed from account data."


def _account_updates(session: Session, request: req.RequestAccountUpdates) -> None:
    gateway = session.gateway
    name = request.account or gateway.settings.accounts[0]
    if not request.subscribe:
        session.subscriptions.account = None
        return
    if name not in gateway.accounts:
        session.invalid(-1, f"Invalid account code '{name}'")
        return
    _replace_account(session, rows := AccountRows(name))

    def answer() -> None:
        if session.subscriptions.account is rows:
            gateway.account_streams.send_account(session, rows)
            session.send(ans.AccountDownloadEnd(name))

    gateway.scheduler.after(gateway.settings.answer_delay, answer)
    gateway.account_streams.start_refreshing()


def _replace_account(session: Session, rows: AccountRows) -> None:
    """A connection has one account stream; TWS says so when another account takes its place."""
    before, session.subscriptions.account = session.subscriptions.account, rows
    if before is not None and before.account != rows.account:
        session.error(-1, 2100, UNSUBSCRIBED)


def _account_summary(session: Session, request: req.RequestAccountSummary) -> None:
    gateway, summaries = session.gateway, session.subscriptions.summaries
    slots = session.subscriptions.summary_slots
    if request.req_id not in slots and len(slots) >= MOST_SUMMARIES:
        session.failed(request.req_id, "Maximum number of account summary requests exceeded")
        return
    if not gateway.account_streams.accounts(request.group):
        session.invalid(request.req_id, f"Invalid account or group '{request.group}'")
        return
    slots.add(request.req_id)
    summaries[request.req_id] = AccountRows(request.group, request.tags)
    gateway.scheduler.after(gateway.settings.answer_delay, lambda: _send_summary(session, request.req_id))
    gateway.account_streams.start_refreshing()


def _send_summary(session: Session, req_id: int) -> None:
    """The first image and its end, both twice as a real Gateway was recorded to do."""
    rows = session.subscriptions.summaries.get(req_id)
    if rows is None:
        return
    for _ in range(2 if session.gateway.settings.doubled_account_summary else 1):
        rows.sent.clear()
        session.gateway.account_streams.send_summary(session, req_id, rows)
        session.send(ans.AccountSummaryEnd(req_id))


def _cancel_account_summary(session: Session, request: req.CancelAccountSummary) -> None:
    """The slot is free for another id, unless TWS is one that counts ids."""
    session.subscriptions.summaries.pop(request.req_id, None)
    if not session.gateway.settings.summary_slots_stay:
        session.subscriptions.summary_slots.discard(request.req_id)


def _positions(session: Session, request: req.RequestPositions) -> None:
    gateway = session.gateway
    session.subscriptions.positions = True

    def answer() -> None:
        for row in gateway.account_streams.positions(gateway.accounts.values()):
            session.send(row)
        session.send(ans.PositionEnd())

    gateway.scheduler.after(gateway.settings.answer_delay, answer)


def _cancel_positions(session: Session, request: req.CancelPositions) -> None:
    session.subscriptions.positions = False


def _positions_multi(session: Session, request: req.RequestPositionsMulti) -> None:
    gateway = session.gateway
    accounts = gateway.account_streams.accounts(request.account)
    if not accounts:
        session.invalid(request.req_id, f"Invalid account code '{request.account}'")
        return
    if request.model_code:
        later(session, lambda: session.send(ans.PositionMultiEnd(request.req_id)))
        return
    wanted = session.subscriptions.positions_multi
    wanted[request.req_id] = request.account

    def answer() -> None:
        if request.req_id not in wanted:
            return
        for row in gateway.account_streams.positions(accounts):
            session.send(ans.PositionMulti(request.req_id, row, ""))
        session.send(ans.PositionMultiEnd(request.req_id))

    gateway.scheduler.after(gateway.settings.answer_delay, answer)


def _cancel_positions_multi(session: Session, request: req.CancelPositionsMulti) -> None:
    session.subscriptions.positions_multi.pop(request.req_id, None)


def _account_updates_multi(session: Session, request: req.RequestAccountUpdatesMulti) -> None:
    gateway = session.gateway
    if not gateway.account_streams.accounts(request.account):
        session.invalid(request.req_id, f"Invalid account code '{request.account}'")
        return
    if request.model_code:
        later(session, lambda: session.send(ans.AccountUpdateMultiEnd(request.req_id)))
        return
    rows = AccountRows(request.account, ("ledger",) if request.ledger_and_nlv else ())
    session.subscriptions.accounts_multi[request.req_id] = rows

    def answer() -> None:
        if session.subscriptions.accounts_multi.get(request.req_id) is not rows:
            return
        gateway.account_streams.send_multi(session, request.req_id, rows)
        session.send(ans.AccountUpdateMultiEnd(request.req_id))

    gateway.scheduler.after(gateway.settings.answer_delay, answer)
    gateway.account_streams.start_refreshing()


def _cancel_account_updates_multi(session: Session, request: req.CancelAccountUpdatesMulti) -> None:
    session.subscriptions.accounts_multi.pop(request.req_id, None)


def _pnl(session: Session, request: req.RequestPnl | req.RequestPnlSingle) -> None:
    single = isinstance(request, req.RequestPnlSingle)
    if request.account not in session.gateway.accounts or request.model_code:
        code, what = (10184, "PnL single") if single else (10183, "PnL")
        which = "model" if request.model_code else "account"
        session.error(request.req_id, code, f"Failed to request {what}: invalid {which} code")
        return
    con_id = request.con_id if isinstance(request, req.RequestPnlSingle) else None
    session.subscriptions.pnl[request.req_id] = PnlStream(request.account, con_id)
    session.gateway.account_streams.start_pnl()


def _cancel_pnl(session: Session, request: req.CancelPnl | req.CancelPnlSingle) -> None:
    if session.subscriptions.pnl.pop(request.req_id, None) is None:
        single = isinstance(request, req.CancelPnlSingle)
        code, what = (10186, "PnL single") if single else (10185, "PnL")
        session.error(request.req_id, code, f"Failed to cancel {what} (not subscribed)")


HANDLERS: dict[type, Callable[[Session, Any], None]] = {
    req.RequestAccountUpdates: _account_updates,
    req.RequestAccountSummary: _account_summary,
    req.CancelAccountSummary: _cancel_account_summary,
    req.RequestPositions: _positions,
    req.CancelPositions: _cancel_positions,
    req.RequestPositionsMulti: _positions_multi,
    req.CancelPositionsMulti: _cancel_positions_multi,
    req.RequestAccountUpdatesMulti: _account_updates_multi,
    req.CancelAccountUpdatesMulti: _cancel_account_updates_multi,
    req.RequestPnl: _pnl,
    req.RequestPnlSingle: _pnl,
    req.CancelPnl: _cancel_pnl,
    req.CancelPnlSingle: _cancel_pnl,
}
