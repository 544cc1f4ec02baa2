"""ibapi's callbacks, each of which only notes an input. What the core does not use is ignored.

ibapi calls the `...ProtoBuf` form of a callback first, with the raw message, then the plain one. Arguments come by
position, as in the releases from 10.37 on.
"""

from __future__ import annotations

from twsbridge_server.core.inputs import TwsInput
from twsbridge_server.tws.market_callbacks import MarketCallbacks
from twsbridge_server.tws.order_callbacks import OrderCallbacks
from twsbridge_server.tws.query_callbacks import DocumentCallbacks
from twsbridge_server.tws.session_callbacks import SessionCallbacks
from twsbridge_server.tws.stream_callbacks import StreamCallbacks


class Wrapper(SessionCallbacks, OrderCallbacks, MarketCallbacks, DocumentCallbacks, StreamCallbacks):
    """Everything that ibapi's decoder may call."""

    def taken(self) -> list[TwsInput]:
        """What the last message said; the next one starts afresh."""
        self.end_bars()
        said, self.said = self.said, []
        return said

    def forget(self) -> None:
        """Drop what a message had said before it turned out to be broken: a message counts whole or not at all."""
        self.said, self.bars, self.scanned = [], [], []
