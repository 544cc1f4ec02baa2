"""The part of the client that only reads: status, account, positions, contracts, history, quotes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

from twsbridge.bars import BarOptions, Bars, bars_command, patience, progress_heard
from twsbridge.channel import Channel, build
from twsbridge.contracts import ContractLike, to_contract
from twsbridge.orders import check_names
from twsbridge.protocol import commands, replies
from twsbridge.protocol.models import ContractDetails, Position
from twsbridge.quote import Quote
from twsbridge.rows import AccountSummary, Rows
from twsbridge.status import BridgeStatus
from twsbridge.ticks import snapshot
from twsbridge.watching import Watching


class Reading(Watching):
    """Questions; none of them changes anything. Every one takes `timeout=` in seconds."""

    _channel: Channel

    def status(self, timeout: float | None = None) -> BridgeStatus:
        """The state of the bridge and of TWS, the next order id, the last notices. Answered in every state."""
        return self._channel.ask(commands.GetStatus(), BridgeStatus, timeout)

    def account(self, account: str = "", tags: Sequence[str] = (), timeout: float | None = None) -> AccountSummary:
        """Values such as NetLiquidation; all of them without `tags`, of all accounts without `account`."""
        command = build(commands.GetAccountSummary, account=account, tags=list(tags))
        return AccountSummary(self._channel.ask(command, replies.AccountValues, timeout).rows)

    def positions(self, account: str = "", timeout: float | None = None) -> Rows[Position]:
        """Holdings, negative when short."""
        command = build(commands.ListPositions, account=account)
        return Rows(self._channel.ask(command, replies.Positions, timeout).rows)

    def contract(self, contract: ContractLike, timeout: float | None = None) -> Rows[ContractDetails]:
        """All that TWS knows of what matches; several rows mean that the description was ambiguous."""
        command = build(commands.GetContractDetails, contract=to_contract(contract))
        return Rows(self._channel.ask(command, replies.ContractMatches, timeout).rows)

    def bars(self, contract: ContractLike, duration: str | None, bar_size: str, **options: Unpack[BarOptions]) -> Bars:
        """Historical bars: `bars("AAPL", "30 D", "1 hour")`, or `bars("AAPL", None, "1 min", start=..., end=...)`.

        Options: what_to_show="TRADES", use_rth=True, start=None, end=None (datetimes; an end of None is now),
        progress=None (called with a BarsProgress), priority="interactive" (or "bulk"), timeout.
        """
        check_names("bars()", options, BarOptions.__optional_keys__)
        command = bars_command(to_contract(contract), duration, bar_size, options)
        seconds = patience(options, self._channel.timeout)
        return Bars(self._channel.ask(command, replies.Bars, seconds, progress_heard(options)))

    def quote(self, contract: ContractLike, timeout: float | None = None) -> Quote:
        """Bid, ask and last as they are now. Opens a line and closes it; use `ticks` to go on watching."""
        line = self._line(contract, timeout)
        return snapshot(self._channel, line, self._channel.seconds(timeout))
