"""What the exit code of a command says. Scripts rely on these numbers: they never change."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """0 to 5 and 130 are for every command; those from 70 on follow sysexits.h."""

    OK = 0
    REJECTED = 1
    """Refused, by the bridge or by TWS; nothing was done."""
    USAGE = 2
    """The command line makes no sense, or something it needs is not installed."""
    UNREACHABLE = 3
    """No bridge answered."""
    TWS_DOWN = 4
    """The bridge is there, TWS or its connection to IB is not."""
    UNKNOWN = 5
    """No answer in time: whether it was done is not known."""
    DEFECT = 70
    """A defect in this program."""
    JOURNAL = 74
    """`serve` has stopped because its journal can be neither written nor read, or is damaged."""
    CANNOT_START = 78
    """`serve` or `keys` has refused to start: a file, a port, an address."""
    INTERRUPTED = 130
    """Ctrl-C."""
