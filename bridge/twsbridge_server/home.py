"""Where the bridge keeps its files: keys, connection files, the journal, quarantined messages."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from twsbridge_server.errors import CannotStart

DEFAULT = Path("~/.twsbridge")


class Home:
    """One directory, mode 0700. Two bridges need two homes."""

    def __init__(self, path: Path) -> None:
        self.path = path.expanduser().absolute()
        self.bridge_key = self.path / "keys" / "bridge.json"
        self.clients = self.path / "keys" / "clients.toml"
        self.limits = self.path / "limits.toml"
        self.halt = self.path / "HALT"
        self.notices = self.path / "notices.toml"
        self.connection = self.path / "connection.json"
        self.journal = self.path / "journal.db"
        self.quarantine = self.path / "quarantine"
        self.bars = self.path / "bars.db"

    def bundle(self, name: str) -> Path:
        """The connection file of one client; `default` has its own place, where clients look first."""
        return self.connection if name == "default" else self.path / "clients" / f"{name}.json"

    def create(self) -> None:
        """Make the directories that are missing; raises CannotStart when that is impossible or unsafe."""
        try:
            for directory in (self.path, self.bridge_key.parent, self.path / "clients", self.quarantine):
                directory.mkdir(mode=0o700, parents=True, exist_ok=True)
                _check(directory)
        except OSError as error:
            raise CannotStart(
                f"The bridge's home {self.path} cannot be made: {error.strerror}. Nothing was started. "
                "Choose another place with --home or TWSBRIDGE_HOME."
            ) from None


def home_of(flag: Path | None, env: Mapping[str, str]) -> Home:
    """The home named by the flag, else by TWSBRIDGE_HOME, else ~/.twsbridge."""
    return Home(flag or Path(env.get("TWSBRIDGE_HOME") or DEFAULT))


def _check(directory: Path) -> None:
    status = directory.stat()
    mode = stat.S_IMODE(status.st_mode)
    if status.st_uid != os.geteuid() or mode & 0o022:
        raise CannotStart(
            f"{directory} belongs to another user or may be changed by others (mode {mode:04o}). "
            f"Keys there could be exchanged; nothing was started. Run: chmod 700 {directory}, or choose another --home."
        )
