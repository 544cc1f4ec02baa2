"""Callbacks about the session and the accounts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import ibapi.contract

from twsbridge_server.core.inputs import (
    AccountSummaryEnd,
    AccountSummaryRow,
    CurrentTime,
    ManagedAccounts,
    NextValidId,
    PositionEnd,
    PositionRow,
    TwsErrorReceived,
)
from twsbridge_server.tws.collector import Collector
from twsbridge_server.tws.contracts import contract_from_tws
from twsbridge_server.tws.unset import number, size, text

NO_ID = -1


class SessionCallbacks(Collector):
    """Errors and notices, order id, accounts, clock, account values, holdings."""

    def error(self, *args: Any) -> None:
        """An error, warning or notice. ibapi decodes an absent id as 0, which no request and no order has."""
        error_id, _time, code, words, advanced_reject = args
        self.said.append(TwsErrorReceived(error_id or NO_ID, code, text(words), text(advanced_reject)))

    def nextValidId(self, orderId: int) -> None:
        """The next order id, as TWS sees it."""
        self.said.append(NextValidId(orderId))

    def managedAccounts(self, accountsList: str) -> None:
        """The accounts of the login, separated by commas, sometimes with one at the end."""
        accounts = (account.strip() for account in text(accountsList).split(","))
        self.said.append(ManagedAccounts(tuple(account for account in accounts if account)))

    def currentTime(self, time: int) -> None:
        """TWS's clock, in seconds."""
        self.said.append(CurrentTime(time))

    def accountSummary(self, *args: Any) -> None:
        """One account value."""
        req_id, *texts = args
        account, tag, value, currency = map(text, texts)
        self.said.append(AccountSummaryRow(req_id, account.strip(), tag, value, currency))

    def accountSummaryEnd(self, reqId: int) -> None:
        """The first image is complete."""
        self.said.append(AccountSummaryEnd(reqId))

    def position(self, account: str, contract: ibapi.contract.Contract, position: Decimal, avgCost: float) -> None:
        """One holding. ValueError when its size is missing: to call it flat would be a guess."""
        held = size(position)
        if held is None:
            raise ValueError("a position without a size")
        row = PositionRow(text(account).strip(), contract_from_tws(contract), held, number(avgCost) or 0.0)
        self.said.append(row)

    def positionEnd(self) -> None:
        """The first image is complete."""
        self.said.append(PositionEnd())
