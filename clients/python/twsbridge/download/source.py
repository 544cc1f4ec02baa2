"""What a download asks of the bridge: which contract is meant, since when there are bars, and the bars of one file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from twsbridge.channel import Channel, build
from twsbridge.download.calendar import ExchangeDays, Piece
from twsbridge.download.wish import Wish
from twsbridge.errors import BridgeError
from twsbridge.interruption import CODE as CANCELLED
from twsbridge.interruption import Interruption
from twsbridge.protocol import commands, queries, query_replies, replies
from twsbridge.protocol.models import Contract, ContractDetails

PIECE_S = 3_600.0
RETRIES_S = (5.0, 15.0, 60.0, 120.0, 300.0)
"""So long it waits each time when bridge or TWS are away, until it gives a contract up. TWS restarts every day."""

PASSING = frozenset({"client.unreachable", "req.expired", "tws.lost", "tws.timeout"})
"""Only because bars may be asked for twice: what the bridge says of these is meant for orders too."""


class Source:
    """Asks on behalf of one download, from any thread. All may raise BridgeError; the interruption ends all of it."""

    def __init__(self, channel: Channel, wish: Wish) -> None:
        self.interruption = Interruption()
        self._channel = channel
        self._wish = wish

    def details(self, contract: Contract) -> ContractDetails:
        """The one contract that is meant; raises InvalidRequest with the candidates when there are several."""
        reply = self._ask(commands.GetContractDetails, replies.ContractMatches, contract=contract)
        found: list[ContractDetails] = reply.rows
        if len({row.contract.con_id for row in found}) > 1:
            self._ask(commands.OpenQuote, replies.QuoteLine, contract=contract)
        return found[0]

    def begins(self, contract: Contract, days: ExchangeDays) -> date | None:
        """The date from which TWS has bars; None where it does not say."""
        kind = self._wish.kind(contract)
        try:
            told = self._ask(
                queries.GetHeadTimestamp,
                query_replies.HeadTimestamp,
                contract=contract,
                what_to_show="BID" if kind == "BID_ASK" else kind,
                use_rth=self._wish.use_rth,
            )
        except BridgeError as error:
            if is_passing(error) or error.code == CANCELLED:
                raise
            return None
        return days.date_of(told.time_us)

    def bars(self, contract: Contract, days: ExchangeDays, piece: Piece, hear: Callable[[float], None]) -> replies.Bars:
        """The bars of one file; `hear` is told the share that is there."""
        start_us, end_us = days.instant(piece.first), days.instant(piece.before)
        command = self._wish.command(contract, start_us, end_us)
        return self._channel.ask(command, replies.Bars, PIECE_S, partial(_hear, hear), self.interruption)

    def _ask(self, command: type[commands.Command], reply: Any, **fields: object) -> Any:
        return self._channel.ask(build(command, **fields), reply, interruption=self.interruption)


def is_passing(error: BridgeError) -> bool:
    """Whether the same question may be answered later."""
    return error.retry != "no" or error.code in PASSING


def _hear(tell: Callable[[float], None], body: Any) -> None:
    if "progress" in body:
        tell(body["progress"]["done"])
