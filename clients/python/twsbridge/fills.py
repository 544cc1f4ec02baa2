"""Fills as they happen, and those that happened before: each once, with the place from which to go on."""

from __future__ import annotations

from datetime import datetime
from itertools import islice

from twsbridge.cursor import Cursor
from twsbridge.notation import contract_text
from twsbridge.protocol.envelope import EventFrame
from twsbridge.protocol.fields import decimal_text
from twsbridge.protocol.models import Commission, Execution
from twsbridge.reader import EventReader
from twsbridge.stream import Stream
from twsbridge.times import clock, to_datetime

ACTIONS = {"BOT": "BUY", "SLD": "SELL"}
COMMISSION_LOOKAHEAD = 50


class Fill(Execution):
    """An execution and its place in its stream. `is_correction`: it takes the place of the one named by `replaces`.

    `commission` is filled when it was known already; live, it arrives a moment after the fill.
    """

    stream: str = ""
    epoch: str = ""
    seq: int = 0
    is_correction: bool = False
    commission: Commission | None = None

    @property
    def action(self) -> str:
        """BUY or SELL."""
        return ACTIONS.get(self.side, self.side)

    @property
    def symbol(self) -> str:
        """The contract's symbol."""
        return self.contract.symbol

    @property
    def time(self) -> datetime:
        """When it happened, by TWS's word (UTC)."""
        return to_datetime(self.time_us)

    def __str__(self) -> str:
        """10:31:02 BUY 10 AAPL @ 190.11 order 17 (meanrev)."""
        shares, contract = decimal_text(self.shares), contract_text(self.contract)
        owner = f" ({self.owner})" if self.owner else ""
        note = f" corrects {self.replaces}" if self.is_correction else ""
        order = f"order {self.order_id}" if self.order_id else "manual order"
        return f"{clock(self.time_us)} {self.action} {shares} {contract} @ {self.price:g} {order}{owner}{note}"

    def __repr__(self) -> str:
        return f"Fill({self})"


def fill_of(event: EventFrame, commission: Commission | None = None) -> Fill:
    """The fill out of an `execution` or `correction` event."""
    place = {"stream": event.topic, "epoch": event.epoch, "seq": event.seq}
    is_correction = event.type == "correction"
    return Fill.model_validate({**event.body, **place, "is_correction": is_correction, "commission": commission})


class Fills(Stream[Fill]):
    """Iterator of fills and corrections from a reader of order streams, as they come."""

    def __init__(self, reader: EventReader, since_us: int | None = None) -> None:
        self._reader = reader
        self._since_us = since_us or 0

    @property
    def cursor(self) -> Cursor:
        """The place behind the last fill that came out: store it together with what you made of the fill."""
        return self._reader.cursor

    @property
    def is_caught_up(self) -> bool:
        """True when nothing is known to be missing or waiting."""
        return self._reader.is_caught_up

    def next(self, timeout: float | None = None) -> Fill | None:
        """The next fill; None when nothing at all came within `timeout` seconds, or at the end when not following."""
        while (event := self._reader.next(timeout)) is not None:
            if event.type in ("execution", "correction"):
                fill = fill_of(event, self._commission_of(event.body.get("exec_id")))
                if fill.time_us >= self._since_us:
                    return fill
        return None

    def close(self) -> None:
        """End every loop over these fills."""
        self._reader.close()

    def _commission_of(self, exec_id: object) -> Commission | None:
        """The commission, if it stands among the next events that have arrived."""
        for event in islice(self._reader.upcoming, COMMISSION_LOOKAHEAD):
            if event.type == "commission" and event.body.get("exec_id") == exec_id:
                return Commission.model_validate(event.body)
        return None
