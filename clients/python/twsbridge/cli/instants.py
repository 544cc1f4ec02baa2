"""Instants and days as people type them: 2026-03-01, "2026-03-01 09:30", 2026-03-01T14:30Z."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from twsbridge.cli.exit_codes import ExitCode
from twsbridge.cli.failures import Failure

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def instant(flag: str, text: str, zone: ZoneInfo, *, is_end: bool = False) -> datetime:
    """The instant meant; in `zone` where the text has no offset of its own. A day as an end includes the day."""
    try:
        read = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Failure(
            f"{flag} cannot be {text!r}: write 2026-03-01, '2026-03-01 09:30' or 2026-03-01T14:30Z", ExitCode.USAGE
        ) from None
    if is_end and _DAY.fullmatch(text.strip()):
        read += timedelta(days=1)
    return read if read.tzinfo is not None else read.replace(tzinfo=zone)


def zone(flag: str, name: str) -> ZoneInfo:
    """A time zone by its name; raises Failure."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise Failure(f"{flag} cannot be {name!r}: write a name such as UTC or Europe/London", ExitCode.USAGE) from None
