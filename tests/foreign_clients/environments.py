"""The environments of the foreign clients: one folder below .foreign/ for each, made from a lock with hashes.

`python -m tests.foreign_clients.environments` makes those that are missing or older than their lock.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.source_tree import ROOT

LOCKS = Path(__file__).with_name("locks")
FOLDER = ROOT / ".foreign"


class CannotMake(Exception):
    """An environment could not be made, with the reason in one or two lines."""


@dataclass(frozen=True)
class Environment:
    """The packages of one lock, installed for one client alone."""

    name: str

    @property
    def path(self) -> Path:
        return FOLDER / self.name

    @property
    def lock(self) -> Path:
        """A file for pip, or a folder with the two files that npm wants."""
        file = LOCKS / f"{self.name}.txt"
        return file if file.exists() else LOCKS / self.name

    @property
    def program(self) -> str:
        """The interpreter that runs its sessions."""
        return "node" if self.lock.is_dir() else str(self.path / "bin" / "python")

    @property
    def fingerprint(self) -> str:
        """What it is made from; a checkout that moved, and another Python, need a new one."""
        files = sorted(self.lock.iterdir()) if self.lock.is_dir() else [self.lock]
        digest = hashlib.sha256(b"".join(file.read_bytes() for file in files))
        return f"{self.path} {sysconfig.get_python_version()} {digest.hexdigest()}"

    @property
    def is_ready(self) -> bool:
        mark = self.path / ".ready"
        return mark.exists() and mark.read_text(encoding="utf-8") == self.fingerprint

    def make(self) -> None:
        """Install it anew; raises CannotMake, and then leaves nothing behind."""
        shutil.rmtree(self.path, ignore_errors=True)
        self.path.mkdir(parents=True)
        try:
            (_install_with_npm if self.lock.is_dir() else _install_with_pip)(self)
        except CannotMake:
            shutil.rmtree(self.path)
            raise
        (self.path / ".ready").write_text(self.fingerprint, encoding="utf-8")


def environments() -> list[Environment]:
    """Every environment that there is a lock for."""
    return [
        Environment(path.stem if path.is_file() else path.name) for path in sorted(LOCKS.iterdir()) if _is_lock(path)
    ]


def _is_lock(path: Path) -> bool:
    return path.is_dir() or path.suffix == ".txt"


def _install_with_pip(environment: Environment) -> None:
    path, lock = str(environment.path), str(environment.lock)
    if shutil.which("uv"):
        _call("uv", "venv", "--quiet", "--allow-existing", "--python", sys.executable, path)
        _call("uv", "pip", "install", "--quiet", "--python", environment.program, "--require-hashes", "-r", lock)
    else:
        _call(sys.executable, "-m", "venv", "--without-pip", path)
        pip = (sys.executable, "-m", "pip", "--python", environment.program)
        _call(*pip, "install", "--quiet", "--require-hashes", "-r", lock)


def _install_with_npm(environment: Environment) -> None:
    if not (shutil.which("npm") and shutil.which("node")):
        raise CannotMake("no node and npm on this machine")
    for file in environment.lock.iterdir():
        shutil.copy(file, environment.path)
    _call("npm", "ci", "--silent", "--ignore-scripts", "--prefix", str(environment.path))


def _call(*command: str) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    except subprocess.TimeoutExpired:
        raise CannotMake(f"{command[0]} took longer than five minutes") from None
    if done.returncode:
        raise CannotMake(" ".join((done.stderr or done.stdout).split())[-300:])


def make_all(wanted: Iterable[Environment]) -> dict[str, str]:
    """Make what is not ready, several at a time; name -> reason of those that could not be made."""
    failed: dict[str, str] = {}

    def make(environment: Environment) -> None:
        sys.stderr.write(f"run: setting up {environment.path.relative_to(ROOT)} ...\n")
        try:
            environment.make()
        except CannotMake as reason:
            failed[environment.name] = str(reason)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(make, [each for each in wanted if not each.is_ready]))
    return failed


def main() -> int:
    failed = make_all(environments())
    for name, reason in failed.items():
        print(f"run: no environment for {name}, its sessions will not be tested: {reason}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
