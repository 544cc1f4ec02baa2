"""The base of all callbacks: where they note what TWS said."""

from __future__ import annotations

from ibapi.wrapper import EWrapper

from twsbridge_server.core.inputs import BarRow, TwsInput


class Collector(EWrapper):
    """`said` holds the inputs of the message being decoded, `bars` its historical bars so far."""

    def __init__(self) -> None:
        self.said: list[TwsInput] = []
        self.bars: list[BarRow] = []
        self.bars_req_id = 0
