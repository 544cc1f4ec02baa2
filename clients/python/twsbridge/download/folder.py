"""The folder of one series: which bars are in it, which are missing, and how new ones come in."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from twsbridge.download.calendar import ExchangeDays, Piece
from twsbridge.download.formats import Format
from twsbridge.download.manifest import FileEntry, Manifest, read_manifest, write_manifest
from twsbridge.download.table import table_of
from twsbridge.download.whole_files import sweep, write_whole
from twsbridge.notation import contract_text
from twsbridge.protocol.models import Contract
from twsbridge.protocol.replies import Bars

if sys.platform != "win32":
    import fcntl

_UNSAFE = re.compile(r"[^A-Za-z0-9.@_-]+")


def place_of(root: Path, contract: Contract, bar_size: str, what_to_show: str, use_rth: bool) -> Path:
    """The folder of a series: `AAPL/1_min_TRADES_rth`."""
    symbol = _UNSAFE.sub("_", contract_text(contract)).strip(".") or "_"
    return root / symbol / f"{bar_size.replace(' ', '_')}_{what_to_show}_{'rth' if use_rth else 'all'}"


class SeriesFolder:
    """Opened by one process at a time. Raises ValueError when it is in use, or about something else; OSError."""

    def __init__(self, path: Path, about: Manifest, file_format: Format) -> None:
        path.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._format = file_format
        self._lock = _locked(path)
        try:
            sweep(path)
            self.manifest = read_manifest(path) or about
            if not self.manifest.is_about(about):
                raise ValueError(
                    f"{path} has bars of another contract, con_id {self.manifest.contract.con_id} and not "
                    f"{about.contract.con_id}. Nothing was changed: choose another folder, or move that one away."
                )
        except BaseException:
            self.close()
            raise
        self.days = ExchangeDays(about.bar_size, about.tz)

    def missing(self, wanted: list[Piece]) -> list[Piece]:
        """What is to be fetched so that all wanted pieces are here; with what their files have, which they replace."""
        found = []
        for piece in wanted:
            entry = self._entry(piece)
            if entry is None:
                found.append(piece)
            elif piece.first < entry.first or entry.before < piece.before:
                found.append(Piece(piece.name, min(piece.first, entry.first), max(piece.before, entry.before)))
        return found

    def keep(self, piece: Piece, bars: Bars) -> int:
        """Write what is final of a piece, then that it is here. How many bars these are; none, when none is final."""
        before = min(piece.before, self.days.date_at(bars.final_us))
        table = table_of(bars).cut(self.days.place(piece.first), self.days.place(before))
        entry = self._entry(piece)
        if not len(table) or (entry is not None and before < entry.before):
            return 0
        path = self._file(piece)
        write_whole(path, lambda unfinished: self._format.write(unfinished, table, self._said()))
        size = path.stat().st_size
        self.manifest.files[path.name] = FileEntry(
            first=piece.first, before=before, count=len(table), bytes=size, sources=bars.sources
        )
        write_manifest(self.path, self.manifest)
        return len(table)

    def close(self) -> None:
        """Let others open it."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _entry(self, piece: Piece) -> FileEntry | None:
        """What the manifest says of a file, if the file is as it says."""
        path = self._file(piece)
        entry = self.manifest.files.get(path.name)
        is_there = entry is not None and path.is_file() and path.stat().st_size == entry.bytes
        return entry if is_there else None

    def _file(self, piece: Piece) -> Path:
        return self.path / f"{piece.name}{self._format.suffix}"

    def _said(self) -> dict[str, str]:
        """What a file tells of itself."""
        about = self.manifest
        return {
            "contract": about.contract.model_dump_json(exclude_defaults=True),
            "tz": about.tz,
            "bar_size": about.bar_size,
            "what_to_show": about.what_to_show,
            "use_rth": str(about.use_rth).lower(),
        }


def _locked(path: Path) -> int | None:
    """A descriptor that keeps other processes out; none on Windows, where directories have none."""
    if sys.platform == "win32":
        return None
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise ValueError(f"Another download writes to {path} now: wait for it, or end it.") from None
    return descriptor
