"""Files with secrets: written whole or not at all, mode 0600, refused when others may read or change them."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from twsbridge_server.errors import CannotStart

READABLE_BY_OTHERS = 0o066
CHANGEABLE_BY_OTHERS = 0o022


def read_json(path: Path, *, forbidden: int = READABLE_BY_OTHERS) -> Any:
    """The value in `path`. Raises FileNotFoundError, or CannotStart for a file that cannot be trusted or read."""
    try:
        return json.loads(read_text(path, forbidden=forbidden))
    except ValueError as error:
        raise CannotStart(
            f"{path} is not readable JSON ({error}). It was not used. Mend it, or restore it from a copy."
        ) from None


def read_text(path: Path, *, forbidden: int = READABLE_BY_OTHERS) -> str:
    """The text in `path`. Raises FileNotFoundError, or CannotStart for a file that cannot be trusted or read."""
    with path.open("rb") as file:
        mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
        if mode & forbidden:
            raise CannotStart(
                f"{path} has mode {mode:04o}: other users of this machine can read or change it. "
                f"It was not used. If nobody has, run: chmod 600 {path}"
            )
        try:
            return file.read().decode()
        except UnicodeDecodeError:
            raise CannotStart(f"{path} is not text in UTF-8. It was not used. Restore it from a copy.") from None


def write_json(path: Path, value: object) -> None:
    """Put `value` into `path`, as `write_text` does."""
    write_text(path, json.dumps(value, indent=2) + "\n")


def write_text(path: Path, text: str) -> None:
    """Put `text` into `path` in one step: a reader sees the old file or the new one, also after a power cut."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    _sync_directory(path.parent)


@contextmanager
def locked(directory: Path) -> Iterator[None]:
    """Hold the directory's lock: one process at a time reads, changes and writes the files in it."""
    descriptor = os.open(directory / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
