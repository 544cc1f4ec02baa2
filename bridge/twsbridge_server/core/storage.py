"""The disk under the journal: how much of it is left, and whether it can be written at all."""

from __future__ import annotations

from twsbridge.protocol import topics
from twsbridge.protocol.events import JournalChanged
from twsbridge.protocol.replies import JournalStatus
from twsbridge_server.core.effects import Effect, Log
from twsbridge_server.core.inputs import DiskSpace
from twsbridge_server.core.sequencer import Sequencer
from twsbridge_server.core.settings import CoreSettings

WORKS, LOW, FAILED, REPLACED = "works", "low", "failed", "replaced"


class Storage:
    """State of the journal's disk; `fault` says why it cannot be written and is empty when it can."""

    def __init__(self, settings: CoreSettings, sequencer: Sequencer, fault: str) -> None:
        self._low_bytes = settings.low_disk_bytes
        self._sequencer = sequencer
        self._fault = fault
        self._free_bytes: int | None = None
        self._is_low = False

    def begun(self, replaced: str, now: int) -> list[Effect]:
        """Say it when the journal is an older copy of what was there."""
        if not replaced:
            return []
        changed = JournalChanged(state=REPLACED, reason=replaced)
        return [Log("error", replaced), *self._sequencer.event(topics.SYSTEM, changed, now)]

    def space(self, said: DiskSpace, now: int) -> list[Effect]:
        """So much is left: said once when it becomes little, and once when that is over."""
        self._free_bytes = said.free_bytes
        is_low = said.free_bytes < self._low_bytes
        if is_low == self._is_low:
            return []
        self._is_low = is_low
        text = f"The disk of the journal has {said.free_bytes // 2**20} MiB left"
        if is_low:
            text += ": make room. When it is full no order is taken until there is room again"
        changed = JournalChanged(state=LOW if is_low else WORKS, reason=text)
        level = "warning" if is_low else "info"
        return [Log(level, text), *self._sequencer.event(topics.SYSTEM, changed, now)]

    def status(self) -> JournalStatus:
        """As `status` shows it."""
        state = FAILED if self._fault else LOW if self._is_low else WORKS
        return JournalStatus(state=state, reason=self._fault, free_bytes=self._free_bytes)
