"""Ticks as fast as a client can take them: precomputed blocks of frames, for benchmarks."""

from __future__ import annotations

from twssim.session import Session
from twssim.subscriptions import MarketLine
from twssim.ticks import changes

QUOTES_PER_BLOCK = 400


class FloodBlocks:
    """Precomputes one block per market data line of a connection and repeats it."""

    def __init__(self) -> None:
        """Start with no blocks."""
        self._blocks: dict[int, bytes] = {}

    def of(self, session: Session) -> list[bytes]:
        """One block for each line that has had its first burst."""
        lines = session.subscriptions.market.values()
        return [self._block(session, line) for line in lines if line.sent is not None]

    def _block(self, session: Session, line: MarketLine) -> bytes:
        if line.req_id not in self._blocks:
            self._blocks[line.req_id] = flood_block(session, line)
        return self._blocks[line.req_id]


def flood_block(session: Session, line: MarketLine) -> bytes:
    """The frames of the next quotes of a line, at its usual cadence."""
    gateway = session.gateway
    interval = gateway.settings.tick_interval
    times = [gateway.now + interval * number for number in range(QUOTES_PER_BLOCK)]
    quotes = [gateway.market_streams.quote(line, moment) for moment in times]
    return b"".join(
        session.profile.write(answer)
        for before, now in zip(quotes, quotes[1:] + quotes[:1], strict=True)
        for answer in changes(line.req_id, before, now, line.instrument.sec_type)
    )
