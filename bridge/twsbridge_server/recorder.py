"""Records the raw TWS session, both directions. A thread of its own writes, so that no disk can hold up the bridge."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from contextlib import suppress
from importlib import metadata
from pathlib import Path

from twsbridge_server.errors import CannotStart
from twsbridge_server.recording_files import RecordingFiles
from twsbridge_server.tws.tap import LEFT

log = logging.getLogger(__name__)

LONGEST_BACKLOG = 32 << 20
"""Bytes that may wait for the disk. Then the recording stops, not the bridge."""

LAST_WORDS_S = 2.0
SIDES = ("client", "tws")

Entry = tuple[int, int, str, bytes]
"""Microseconds UTC, number of the session, what: a side or an event, the bytes or the text."""


class Recorder:
    """A Tap that writes files. What goes wrong ends the recording with one warning in the log, and nothing else."""

    def __init__(self, files: RecordingFiles, directory: Path) -> None:
        """Start to record; `directory` is only named in the log."""
        self._files = files
        self._directory = directory
        self._session = 0
        self._entries: deque[Entry] = deque()
        self._changed = threading.Condition()
        self._backlog = 0
        self._ended = False
        self._thread = threading.Thread(target=self._write_all, name="recorder", daemon=True)
        self._thread.start()

    def opened(self, endpoint: str) -> None:
        """See Tap."""
        self._session += 1
        self._add("opened", endpoint.encode())

    def sent(self, content: bytes) -> None:
        """See Tap."""
        self._add("client", content)

    def received(self, content: bytes) -> None:
        """See Tap."""
        self._add("tws", content)

    def closed(self, reason: str) -> None:
        """See Tap."""
        self._add("left" if reason == LEFT else "closed", reason.encode())

    def close(self) -> None:
        """Write what waits, for a moment at most, and end."""
        with self._changed:
            self._ended = True
            self._changed.notify()
        self._thread.join(LAST_WORDS_S)

    def _add(self, what: str, content: bytes) -> None:
        with self._changed:
            if self._ended:
                return
            self._entries.append((time.time_ns() // 1000, self._session, what, content))
            self._backlog += len(content)
            if self._backlog > LONGEST_BACKLOG:
                self._stop(f"its disk is too slow: {self._backlog >> 20} MiB wait to be written")
            self._changed.notify()

    def _stop(self, why: str) -> None:
        """Give up; what waits is dropped."""
        self._ended = True
        self._entries.clear()
        log.warning("The recording of the TWS session in %s has stopped: %s. The bridge goes on.", self._directory, why)

    def _write_all(self) -> None:
        try:
            while entries := self._taken():
                for entry in entries:
                    self._write(entry)
                self._files.flush()
        except OSError as error:
            with self._changed:
                self._stop(error.strerror or str(error))
        finally:
            with suppress(OSError):
                self._files.close()

    def _taken(self) -> list[Entry]:
        """All that waits; empty at the end."""
        with self._changed:
            while not self._entries and not self._ended:
                self._changed.wait()
            taken = list(self._entries)
            self._entries.clear()
            self._backlog = 0
            return taken

    def _write(self, entry: Entry) -> None:
        us, session, what, content = entry
        if what in SIDES:
            self._files.content(us, session, what, content)
        else:
            self._files.event(us, session, what, content.decode())


def record_to(directory: Path, limit: int) -> Recorder:
    """Begin a recording of at most `limit` bytes; raises CannotStart when nothing can be written there."""
    directory = directory.expanduser().absolute()
    probe = directory / ".writable"
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise CannotStart(
            f"The recording cannot be written to {directory}: {error.strerror}. Nothing was started. "
            "Choose another directory with --record, or leave it out."
        ) from None
    log.info("Recording the TWS session in %s, up to %d MiB.", directory, limit >> 20)
    return Recorder(RecordingFiles(directory, limit, f"twsbridge {metadata.version('twsbridge')}"), directory)
