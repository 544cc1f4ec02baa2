"""Files that are whole or not there, whenever the process is killed: written under another name, then renamed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

UNFINISHED = ".unfinished"


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` make the file under another name, and give it its own once it is on disk. Passes on OSError."""
    unfinished = path.with_name(path.name + UNFINISHED)
    try:
        write(unfinished)
        _to_disk(unfinished)
        os.replace(unfinished, path)
        _to_disk(path.parent)
    finally:
        unfinished.unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Remove what a process that was killed has left unfinished."""
    for left in folder.glob(f"*{UNFINISHED}"):
        left.unlink(missing_ok=True)


def _to_disk(path: Path) -> None:
    if sys.platform == "win32" and path.is_dir():
        return  # Windows has no descriptors of directories.
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
