"""One contract of a download: what is missing of it, and fetching that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from twsbridge.download.calendar import ExchangeDays, Piece, pieces
from twsbridge.download.folder import SeriesFolder, place_of
from twsbridge.download.manifest import Manifest
from twsbridge.download.progress import requests_for
from twsbridge.download.result import Downloaded
from twsbridge.download.source import RETRIES_S, Source, is_passing
from twsbridge.download.wish import Wish
from twsbridge.errors import BridgeError
from twsbridge.notation import contract_text
from twsbridge.protocol.models import Contract
from twsbridge.protocol.replies import Bars
from twsbridge.times import to_micros

Say = Callable[[str], None]


@dataclass(eq=False)
class Series:
    """The open folder of one contract, and the pieces to be fetched. `done` counts requests, as `requests` does."""

    contract: Contract
    wish: Wish
    folder: SeriesFolder
    wanted: list[Piece]
    missing: list[Piece] = field(default_factory=list)
    requests: int = 0
    done: float = 0.0

    def __post_init__(self) -> None:
        self.missing = self.folder.missing(self.wanted)
        self.requests = self._requests(self.missing)

    def fetch(self, source: Source, result: Downloaded, say: Say) -> None:
        """Fetch what is missing, the oldest first; each file counts as soon as it is whole."""
        for piece in self.missing:
            before, cost = self.done, self._requests([piece])

            def hear(share: float, before: float = before, cost: int = cost) -> None:
                self.done = before + share * cost

            bars = self._patiently(source, piece, hear, say)
            written = self.folder.keep(piece, bars)
            self.done = before + cost
            result.bars += written
            result.files += written > 0
            say(f"{result.symbol} {piece.name}: {written or 'no final'} bars")
        result.unfinished = [piece.name for piece in self.folder.missing(self.wanted)]

    def _patiently(self, source: Source, piece: Piece, hear: Callable[[float], None], say: Say) -> Bars:
        """Ask, and ask again when what stands in the way passes by itself."""
        for wait_s in RETRIES_S:
            try:
                return source.bars(self.contract, self.folder.days, piece, hear)
            except BridgeError as error:
                if not is_passing(error):
                    raise
                say(f"{contract_text(self.contract)}: {error.code}, asked again in {wait_s:g} s")
            source.interruption.pause(wait_s)
        return source.bars(self.contract, self.folder.days, piece, hear)

    def _requests(self, which: list[Piece]) -> int:
        return requests_for(self.wish.bar_size, self.wish.use_rth, which)


def find(contract: Contract, wish: Wish, root: Path, source: Source) -> Series:
    """Look up a contract and open its folder, to be closed by the caller. BridgeError, ValueError, OSError."""
    details = source.details(contract)
    kind = wish.kind(details.contract)
    about = Manifest(
        version=1,
        contract=details.contract,
        tz=details.time_zone_id,
        bar_size=wish.bar_size,
        what_to_show=kind,
        use_rth=wish.use_rth,
    )
    folder = SeriesFolder(place_of(root, contract, wish.bar_size, kind, wish.use_rth), about, wish.format)
    try:
        return Series(contract, wish, folder, _wanted(contract, wish, folder, source))
    except BaseException:
        folder.close()
        raise


def _wanted(contract: Contract, wish: Wish, folder: SeriesFolder, source: Source) -> list[Piece]:
    """The files from the start, or from the first bar that TWS has, to the end, or to the last whole day."""
    if folder.manifest.begins is None:
        folder.manifest.begins = source.begins(contract, folder.days)
    today = _today(folder.days)
    first = max(wish.start, folder.manifest.begins or wish.start)
    return pieces(wish.bar_size, first, min(wish.end or today, today))


def _today(days: ExchangeDays) -> date:
    return days.date_of(to_micros(datetime.now(UTC)))
