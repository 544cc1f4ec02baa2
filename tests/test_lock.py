"""The lock in requirements/: whole, hashed, without addresses, and one resolution in all its files."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.source_tree import ROOT

LOCKS = ("bridge", "demo", "dev")
FOREIGN = ROOT / "tests" / "foreign_clients" / "locks"
PIN = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>[^ ;]+)(?P<condition> ; [^\\]+)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")


def lines(lock: str) -> list[str]:
    return (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8").splitlines()


def pins(lock: str) -> set[str]:
    """The packages of a lock with version and condition, as written."""
    return {line for line in lines(lock) if PIN.match(line)}


def declared(project: dict[str, Any], group: str) -> Iterator[str]:
    """The normalised names that pyproject.toml asks for: base, every extra, and a dependency group."""
    base, extras = project["project"]["dependencies"], project["project"]["optional-dependencies"]
    asked = [*base, *sum(extras.values(), []), *project["dependency-groups"][group]]
    for each in asked:
        if isinstance(each, dict):
            yield from declared(project, each["include-group"])
        else:
            yield re.split(r"[<>=~!\[; ]", each)[0].lower().replace("_", "-").replace(".", "-")


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_is_a_pin_or_a_hash(lock: str) -> None:
    assert [line for line in lines(lock) if not PIN.match(line) and not HASH.match(line)] == []


@pytest.mark.parametrize("lock", sorted(FOREIGN.glob("*.txt")), ids=lambda lock: lock.stem)
def test_every_line_of_a_foreign_lock_is_a_pin_or_a_hash(lock: Path) -> None:
    written = lock.read_text(encoding="utf-8").splitlines()
    assert written and [line for line in written if not PIN.match(line) and not HASH.match(line)] == []
    wanted = [line for line in lock.with_suffix(".in").read_text(encoding="utf-8").splitlines() if "==" in line]
    assert [f"{line.lower().replace('_', '-')} \\" in written for line in wanted] == [True]


def test_the_foreign_lock_of_npm_names_no_address_and_hashes_everything() -> None:
    packages = json.loads((FOREIGN / "stoqey" / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    del packages[""]
    assert packages and all("integrity" in each and "resolved" not in each for each in packages.values())


def test_the_smaller_locks_are_part_of_the_larger() -> None:
    assert pins("bridge") < pins("demo") < pins("dev")


def test_everything_that_is_asked_for_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    locked = {match["name"] for line in lines("dev") if (match := PIN.match(line))}
    assert set(declared(project, "dev")) - {"twsbridge"} <= locked
