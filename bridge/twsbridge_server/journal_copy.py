"""Whole copies of a journal, made while it is in use."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path


def copy_to(connection: sqlite3.Connection, path: Path) -> None:
    """A whole copy of the journal, on the disk when this returns, also while it is written. Replaces the file."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    os.close(os.open(new, os.O_RDWR | os.O_CREAT, 0o600))
    target = sqlite3.connect(new)
    try:
        connection.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")
    finally:
        target.close()
    _sync(new)
    new.replace(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
