"""Short names for keys and files, so that records can tell which one was in force without repeating it."""

from __future__ import annotations

import hashlib

DIGITS = 16


def fingerprint(text: str) -> str:
    """The first 16 hex digits of the SHA-256 of a text; empty for an empty one."""
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS] if text else ""
