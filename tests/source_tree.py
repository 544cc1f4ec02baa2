"""The source tree as the structural tests see it: which modules there are, and what a file parses to."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCE_FOLDERS = ("bridge", "clients/python")
PACKAGES = ("twsbridge", "twsbridge_command", "twsbridge_server", "twsbridge_drill", "twssim")


@dataclass(frozen=True)
class Module:
    """One source file: its dotted import name (a package's `__init__` has the package's name) and its path."""

    name: str
    path: Path

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @property
    def where(self) -> str:
        """The path from the top of the checkout, as a failure shows it."""
        return self.path.relative_to(ROOT).as_posix()


@cache
def modules() -> tuple[Module, ...]:
    """Every module of the packages, sorted by name."""
    found = []
    for folder in SOURCE_FOLDERS:
        for package in PACKAGES:
            for path in (ROOT / folder / package).rglob("*.py"):
                found.append(Module(_name(path.relative_to(ROOT / folder)), path))
    assert found, "no source found: the folders of the source tree have moved"
    return tuple(sorted(found, key=lambda module: module.name))


def _name(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def parsed(module: Module) -> ast.Module:
    """The syntax tree of a module."""
    return ast.parse(module.text, filename=module.where)
