"""Watching the journal's disk: how much is left, and, once it has failed, when it works again."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Sequence

from twsbridge_server.core.degraded import JournalFails, JournalWorks
from twsbridge_server.core.effects import Effect
from twsbridge_server.core.inputs import DiskSpace, Input
from twsbridge_server.core.restored import Restored
from twsbridge_server.errors import CannotStart, DiskFailed, JournalFailed
from twsbridge_server.journal_checks import Corrupt
from twsbridge_server.journal_file import Journal

log = logging.getLogger(__name__)

REMEMBERED_US = 30 * 24 * 3600 * 1_000_000
"""Finished orders and executions this old are on disk, but no longer in memory."""

LOOK_S = 10.0
RETRY_S = (1.0, 2.0, 5.0, 10.0)
"""Pauses between the attempts to write again: each attempt that succeeds reads the whole journal."""

CALM_S = 60.0
"""A journal that has worked for so long begins again with the shortest pause."""


class DiskWatch:
    """Tells the core about the disk. `next_s` is when there is something to look at, in seconds of `clock`."""

    def __init__(self, journal: Journal, clock: Callable[[], float] = time.monotonic) -> None:
        self._journal = journal
        self._clock = clock
        self._has_failed = False
        self._attempts = 0
        self._worked_s = clock()
        self.next_s = clock()

    def restore(self) -> Restored:
        """What the core has to remember of the journal."""
        return self._journal.restore(time.time_ns() // 1000 - REMEMBERED_US)

    def failed(self, error: DiskFailed, turn: Sequence[Input | JournalWorks], undone: list[Effect]) -> JournalFails:
        """The turn could not be written. Raises JournalFailed when the journal cannot even be read."""
        log.error("%s. No order is taken until it can; cancels are.", error)
        if self._clock() - self._worked_s > CALM_S:
            self._attempts = 0
        self._has_failed = True
        self._pause()
        self._journal.undo()
        try:
            return JournalFails(str(error), self.restore(), tuple(turn), tuple(undone))
        except (sqlite3.Error, Corrupt) as unreadable:
            raise JournalFailed(f"{error}, and it cannot be read: {unreadable}. Look at the disk.") from unreadable

    def look(self) -> list[Input | JournalWorks]:
        """What there is to tell by now."""
        if self._clock() < self.next_s:
            return []
        if self._has_failed:
            return self._try_again()
        self.next_s = self._clock() + LOOK_S
        try:
            return [DiskSpace(self._journal.free_bytes())]
        except OSError as error:
            log.warning("How much is left on the disk of the journal cannot be told: %s", error)
            return []

    def _try_again(self) -> list[Input | JournalWorks]:
        try:
            self._journal.mend()
        except DiskFailed as error:
            log.warning("%s. Trying again.", error)
            self._pause()
            return []
        except CannotStart as error:
            raise JournalFailed(f"The disk works again, but: {error}") from error
        log.warning("The journal can be written again.")
        self._has_failed = False
        self._worked_s = self.next_s = self._clock()
        return [JournalWorks(self.restore())]

    def _pause(self) -> None:
        self.next_s = self._clock() + RETRY_S[min(self._attempts, len(RETRY_S) - 1)]
        self._attempts += 1
