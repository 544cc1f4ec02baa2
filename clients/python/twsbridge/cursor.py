"""Where a reader of events stands, in a form that can be stored and given back, and what `since=` may be."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from twsbridge.times import start_of_today, to_micros

_TEXT = re.compile(r"(?P<epoch>[^/]*)/(?P<seqs>.*)")


@dataclass(frozen=True)
class Cursor:
    """The last event seen of each stream, all in one epoch. `str(cursor)` and `Cursor.parse` are inverses."""

    epoch: str
    seqs: Mapping[str, int] = field(default_factory=dict)

    @property
    def seq(self) -> int:
        """The seq of the only stream; raises ValueError when there are several."""
        if len(self.seqs) != 1:
            raise ValueError(f"this cursor has {len(self.seqs)} streams; use .seqs")
        return next(iter(self.seqs.values()))

    def __str__(self) -> str:
        """EPOCH/STREAM=SEQ,STREAM=SEQ: one line of printable text."""
        return f"{self.epoch}/{','.join(f'{stream}={seq}' for stream, seq in sorted(self.seqs.items()))}"

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """The cursor out of its text; raises ValueError for anything else."""
        match = _TEXT.fullmatch(text)
        if match is None:
            raise ValueError(f"not a cursor: {text!r}")
        pairs = [part.rpartition("=") for part in match["seqs"].split(",") if part]
        if not all(stream and seq.isdecimal() for stream, _, seq in pairs):
            raise ValueError(f"not a cursor: {text!r}")
        return cls(match["epoch"], {stream: int(seq) for stream, _, seq in pairs})


Since = Cursor | tuple[str, int] | datetime | str | None
"""Where to begin: a cursor (or its text, or (epoch, seq) where there is one stream), a datetime, "today", "now",
or None for everything that the bridge has kept."""


@dataclass(frozen=True)
class Start:
    """What `since` means: exactly one of a cursor, a pair, an instant (microseconds UTC), now, or none: all."""

    cursor: Cursor | None = None
    pair: tuple[str, int] | None = None
    instant: int | None = None
    now: bool = False

    def cursor_for(self, streams: Collection[str]) -> Cursor:
        """The cursor among these streams; without one, the empty cursor. A pair needs exactly one stream."""
        if self.pair is None:
            return self.cursor or Cursor("")
        if len(streams) != 1:
            raise ValueError(f"(epoch, seq) is for one stream, here are {len(streams)}: use a Cursor")
        return Cursor(self.pair[0], {next(iter(streams)): self.pair[1]})


def start_from(since: Since) -> Start:
    """Read a `since` argument; raises ValueError when it is none of the known forms."""
    if since is None:
        return Start()
    if isinstance(since, Cursor):
        return Start(cursor=since)
    if isinstance(since, datetime):
        return Start(instant=to_micros(since))
    if isinstance(since, str):
        return _start_from_word(since)
    epoch, seq = since
    return Start(pair=(str(epoch), int(seq)))


def _start_from_word(word: str) -> Start:
    if word == "now":
        return Start(now=True)
    if word == "today":
        return Start(instant=start_of_today())
    if "/" in word:
        return Start(cursor=Cursor.parse(word))
    try:
        return Start(instant=to_micros(datetime.fromisoformat(word)))
    except ValueError:
        raise ValueError(f"since={word!r}: give 'today', 'now', a date, a datetime, a cursor, or None") from None
