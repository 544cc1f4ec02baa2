"""The base of all callbacks: where they note what TWS said."""

from __future__ import annotations

from ibapi.wrapper import EWrapper

from twsbridge.protocol.stream_rows import ScanRow
from twsbridge_server.core.inputs import TwsInput
from twsbridge_server.core.stream_inputs import BarRow


class Collector(EWrapper):
    """`said` holds the inputs of the message being decoded, `bars` and `scanned` its rows of those kinds so far."""

    def __init__(self) -> None:
        self.said: list[TwsInput] = []
        self.bars: list[BarRow] = []
        self.bars_req_id = 0
        self.scanned: list[ScanRow] = []
