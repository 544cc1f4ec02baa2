"""Keeps every session's account, position and P&L subscriptions up to date."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

from twssim import answers as ans
from twssim.account import ZERO, Account
from twssim.account_values import account_rows, ledger_rows, wanted_rows
from twssim.clock import host_minute
from twssim.subscriptions import AccountRows, PnlStream
from twssim.valuation import PositionValue, Valuation, value_account

if TYPE_CHECKING:
    from twssim.gateway import Gateway
    from twssim.session import Session

PNL_INTERVAL = 1.0
ALL_ACCOUNTS = ("", "All")


class AccountStreams:
    """Sends first images on request, and changes afterwards as often as TWS does."""

    def __init__(self, gateway: Gateway) -> None:
        """Start with no subscriptions."""
        self._gateway = gateway
        self._refreshing = False
        self._pnl_running = False

    def value(self, account: Account) -> Valuation:
        """An account at the market of this moment."""
        return value_account(account, self._gateway.market, self._gateway.now)

    def accounts(self, name: str) -> list[Account]:
        """The accounts that a request names: one, all, or none when it is unknown."""
        accounts = self._gateway.accounts
        if name in ALL_ACCOUNTS:
            return list(accounts.values())
        return [accounts[name]] if name in accounts else []

    def send_summary(self, session: Session, req_id: int, rows: AccountRows) -> None:
        """The rows of a summary that are new to the client."""
        for account in self.accounts(rows.account):
            wanted = wanted_rows(self.value(account), rows.tags)
            for key, value, currency in rows.changed(account.name, wanted):
                session.send(ans.AccountSummary(req_id, account.name, key, value, currency))

    def send_account(self, session: Session, rows: AccountRows, con_id: int | None = None) -> None:
        """Changed account values, the positions (or only one of them), and the time."""
        valuation = self.value(self._gateway.accounts[rows.account])
        for key, value, currency in rows.changed(rows.account, account_rows(valuation)):
            session.send(ans.AccountValue(key, value, currency, rows.account))
        for held in valuation.positions:
            if con_id in (None, held.position.instrument.con_id):
                session.send(_portfolio_value(rows.account, held))
        session.send(ans.AccountTime(host_minute(self._gateway.now)))

    def send_multi(self, session: Session, req_id: int, rows: AccountRows) -> None:
        """Changed account values of a multi request; its `tags` tell whether ledger rows suffice."""
        for account in self.accounts(rows.account):
            valuation = self.value(account)
            wanted = ledger_rows(valuation) if rows.tags else account_rows(valuation)
            for key, value, currency in rows.changed(account.name, wanted):
                row = ans.AccountValue(key, value, currency, account.name)
                session.send(ans.AccountUpdateMulti(req_id, "", row))

    def positions(self, accounts: Iterable[Account]) -> list[ans.PositionRow]:
        """Every position that is not flat."""
        return [
            _position_row(account, con_id)
            for account in accounts
            for con_id, position in account.positions.items()
            if position.quantity
        ]

    def position_changed(self, account: Account, con_id: int) -> None:
        """Tell everybody who wants to know that a fill has changed a position and the cash."""
        row = _position_row(account, con_id)
        for session in self._gateway.sessions:
            subscriptions = session.subscriptions
            if subscriptions.positions:
                session.send(row)
            for req_id, name in subscriptions.positions_multi.items():
                if name in (*ALL_ACCOUNTS, account.name):
                    session.send(ans.PositionMulti(req_id, row, ""))
            if subscriptions.account and subscriptions.account.account == account.name:
                self.send_account(session, subscriptions.account, con_id)

    def start_refreshing(self) -> None:
        """Send changes of summaries and account values every few minutes from now on."""
        if not self._refreshing:
            self._refreshing = True
            interval = self._gateway.settings.account_update_interval
            self._gateway.scheduler.every(interval, self._refresh)

    def _refresh(self) -> bool:
        self._refreshing = False
        for session in self._gateway.sessions:
            subscriptions = session.subscriptions
            for req_id, rows in subscriptions.summaries.items():
                self.send_summary(session, req_id, rows)
            for req_id, rows in subscriptions.accounts_multi.items():
                self.send_multi(session, req_id, rows)
            if subscriptions.account:
                self.send_account(session, subscriptions.account)
            wanted = subscriptions.summaries or subscriptions.accounts_multi
            self._refreshing |= bool(wanted or subscriptions.account)
        return self._refreshing

    def start_pnl(self) -> None:
        """Send P&L about once a second from now on, whenever it changed."""
        if not self._pnl_running:
            self._pnl_running = True
            self._gateway.scheduler.every(PNL_INTERVAL, self._send_pnl)

    def _send_pnl(self) -> bool:
        self._pnl_running = False
        for session in self._gateway.sessions:
            for req_id, stream in session.subscriptions.pnl.items():
                self._pnl_running = True
                answer = self._pnl(req_id, stream)
                if answer != stream.sent:
                    stream.sent = answer
                    session.send(answer)
        return self._pnl_running

    def _pnl(self, req_id: int, stream: PnlStream) -> ans.Pnl | ans.PnlSingle:
        valuation = self.value(self._gateway.accounts[stream.account])
        if stream.con_id is None:
            unrealized = round(valuation.total("unrealized_pnl"), 2)
            realized = round(valuation.total("realized_pnl"), 2)
            return ans.Pnl(req_id, round(valuation.total("daily_pnl"), 2), unrealized, realized)
        for value in valuation.positions:
            if value.position.instrument.con_id == stream.con_id:
                return _pnl_single(req_id, value, valuation)
        return ans.PnlSingle(req_id, ZERO, ZERO, ZERO, ZERO, ZERO)


def _pnl_single(req_id: int, value: PositionValue, valuation: Valuation) -> ans.PnlSingle:
    rate = valuation.currencies[value.position.instrument.currency].rate

    def in_base(amount: Decimal) -> Decimal:
        return round(amount * rate, 2)

    unrealized, realized = in_base(value.unrealized_pnl), in_base(value.realized_pnl)
    worth = in_base(value.market_value)
    quantity = value.position.quantity
    return ans.PnlSingle(req_id, quantity, in_base(value.daily_pnl), unrealized, realized, worth)


def _position_row(account: Account, con_id: int) -> ans.PositionRow:
    position = account.positions[con_id]
    return ans.PositionRow(account.name, position.instrument, position.quantity, round(position.average_cost, 8))


def _portfolio_value(account: str, value: PositionValue) -> ans.PortfolioValue:
    position = value.position
    return ans.PortfolioValue(
        account=account,
        instrument=position.instrument,
        position=position.quantity,
        market_price=value.price,
        market_value=round(value.market_value, 2),
        average_cost=round(position.average_cost, 8),
        unrealized_pnl=round(value.unrealized_pnl, 2),
        realized_pnl=round(value.realized_pnl, 2),
    )
