"""One bridge at a time on one journal."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from twsbridge_server.errors import CannotStart


def hold(path: Path) -> int:
    """Hold the journal for this process alone until the descriptor is closed; raises CannotStart when another has it.

    The lock is beside the file: SQLite has its own locks on that.
    """
    try:
        descriptor = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise unopenable(path, error) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        owner = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
        os.close(descriptor)
        raise CannotStart(
            f"Another bridge (process {owner or 'unknown'}) is using the journal {path}. Nothing was started. "
            "Stop that one, or give this one its own --home."
        ) from None
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, b"%d\n" % os.getpid(), 0)
    return descriptor


def unopenable(path: Path, error: Exception) -> CannotStart:
    """What to say when the file system refuses."""
    return CannotStart(
        f"The journal {path} cannot be opened: {error}. Nothing was started. "
        "Look at the directory and its rights, or choose another --home."
    )
