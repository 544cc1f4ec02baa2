"""A disk that fails on demand, and a wall clock that jumps, for one bridge: see `trouble.c`."""

from __future__ import annotations

import mmap
import struct
from pathlib import Path

from tests.campaign import preload

NUMBERS = struct.Struct("7q")
"""countdown, error, lasts, is_torn, failed, calls, shift_ns."""


class Trouble:
    """Nothing is wrong at first. `environment` is for the process that is to have the trouble."""

    def __init__(self, directory: Path) -> None:
        library, plan = preload.build("trouble", directory), directory / "trouble.plan"
        plan.write_bytes(bytes(NUMBERS.size))
        with plan.open("r+b") as file:
            self._plan = mmap.mmap(file.fileno(), NUMBERS.size)
        self.environment = {"LD_PRELOAD": str(library), "TROUBLE": str(plan)}

    @property
    def failed(self) -> int:
        """How many calls have failed since the last `break_disk`."""
        return int(NUMBERS.unpack(self._plan[:])[4])

    @property
    def calls(self) -> int:
        """How many calls there were: writes, syncs, truncations, and files opened to write."""
        return int(NUMBERS.unpack(self._plan[:])[5])

    def break_disk(self, after: int, error: int, lasts: bool, is_torn: bool = False) -> None:
        """The call number `after` (1: the next) about a file of the journal fails with this errno, and all later if it
        lasts. A torn write leaves half of its bytes."""
        *_, calls, shift = NUMBERS.unpack(self._plan[:])
        self._plan[:] = NUMBERS.pack(after, error, lasts, is_torn, 0, calls, shift)

    def mend_disk(self) -> None:
        """Every call works again."""
        _, error, _, _, *rest = NUMBERS.unpack(self._plan[:])
        self._plan[:] = NUMBERS.pack(0, error, 0, 0, *rest)

    def shift_clock(self, seconds: float) -> None:
        """The wall clock is so far ahead (or behind) of the true one."""
        *others, _ = NUMBERS.unpack(self._plan[:])
        self._plan[:] = NUMBERS.pack(*others, int(seconds * 1e9))
