"""What became of each contract of a download."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(slots=True)
class Downloaded:
    """One contract: the folder of its files, the bars written by this run, and the error that stopped it, if any.

    `folder` is None when it was not even found. `unfinished` names the files that a later run has to look at
    again: not all of their bars are final yet, or there are none, or the error came before.
    """

    symbol: str
    folder: Path | None = None
    bars: int = 0
    files: int = 0
    unfinished: list[str] = field(default_factory=list)
    error: Exception | None = None
