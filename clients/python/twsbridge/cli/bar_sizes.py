"""Bar sizes as people type them: TWS's own words, or short ones such as 1m, 5m, 1h, 1d."""

from __future__ import annotations

from twsbridge.cli.exit_codes import ExitCode
from twsbridge.cli.failures import Failure
from twsbridge.protocol.bar_sizes import SIZES

LETTERS = {"sec": "s", "min": "m", "hour": "h", "day": "d", "week": "w", "month": "mo"}


def bar_size(text: str) -> str:
    """TWS's name of a bar size; raises Failure with all that there are."""
    wanted = " ".join(text.split())
    name = wanted if wanted in SIZES else SHORT.get(wanted.replace(" ", ""))
    if name is None:
        known = ", ".join(f"{short} ({name})" for short, name in SHORT.items())
        raise Failure(f"{text!r} is no bar size of TWS. It has: {known}", ExitCode.USAGE)
    return name


def _short(name: str) -> str:
    count, unit = name.split(" ")
    return count + LETTERS[unit.removesuffix("s")]


SHORT = {_short(name): name for name in SIZES}
"""Short word -> TWS's name."""
