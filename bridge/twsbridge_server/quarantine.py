"""Messages of TWS that could not be decoded, kept for whoever looks into it."""

from __future__ import annotations

import json
import logging
import os
from datetime import UTC, datetime
from pathlib import Path

log = logging.getLogger(__name__)

MAX_FILES = 1_000


class Quarantine:
    """Call it with a payload and what was wrong: one JSON file each, up to `max_files` in the directory."""

    def __init__(self, directory: Path, max_files: int = MAX_FILES) -> None:
        self._directory = directory
        self._max_files = max_files
        self._count = sum(1 for _ in directory.glob("*.json"))

    def __call__(self, payload: bytes, problem: str) -> None:
        """Keep one message; a full directory or disk never stops the bridge."""
        log.error("A message of TWS could not be decoded: %s", problem)
        if self._count >= self._max_files:
            log.warning("The quarantine %s is full; the message was not kept.", self._directory)
            return
        self._count += 1
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}Z-{self._count:04d}.json"
        try:
            descriptor = os.open(self._directory / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump({"problem": problem, "payload_hex": payload.hex()}, file)
        except OSError as error:
            log.warning("A message could not be kept in the quarantine: %s", error)
