"""TWS's times of executions as microseconds UTC. Pure.

A fill is never lost for its time: what cannot be read becomes a doubt that the caller reports beside it.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from twsbridge_server.core.zones import zone

_STAMP = re.compile(r"(\d{8})(-| +)(\d{1,2}:\d{2}:\d{2})(?:\.\d+)? *(.*)", re.ASCII)
_YEARS = range(1970, 2200)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Instant(NamedTuple):
    """Microseconds UTC, 0 when the text is no time at all; `doubt` says what was assumed, empty when nothing."""

    micros: int
    doubt: str


def execution_time(text: str) -> Instant:
    """Read "20260413 15:27:04 US/Eastern", with one blank or two, a zone or none; "20260413-15:27:04" is UTC."""
    found = _STAMP.fullmatch(text.strip())
    if found is None:
        return Instant(0, "it is no time; 0 stands for it")
    day, separator, clock, zone_name = found.groups()
    try:
        local = datetime.strptime(f"{day} {clock}", "%Y%m%d %H:%M:%S")
    except ValueError:
        local = datetime.min
    if local.year not in _YEARS:
        return Instant(0, "there is no such time; 0 stands for it")
    if separator == "-" and not zone_name:
        return Instant(_micros(local.replace(tzinfo=UTC)), "")
    known = zone(zone_name) if zone_name else None
    doubt = "" if known else "its time zone is not known; taken as UTC"
    return Instant(_micros(local.replace(tzinfo=known or UTC)), doubt)


def _micros(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)
