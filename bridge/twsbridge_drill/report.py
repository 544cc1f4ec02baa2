"""The report of a drill: Markdown for people, JSON for programs; account numbers are masked in both."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from twsbridge_drill.compare import Difference

ACCOUNT = re.compile(r"(?<![A-Za-z0-9])[DU][A-Z]{0,2}\d{5,9}[A-Z]?(?![A-Za-z0-9])")


def masked(text: str, accounts: Iterable[str]) -> str:
    """The same text, as long as before, without account numbers: those of the login, and what looks like one."""
    for account in accounts:
        text = text.replace(account, _mask(account))
    return ACCOUNT.sub(lambda found: _mask(found[0]), text)


def masked_bytes(content: bytes, accounts: Iterable[str]) -> bytes:
    """The same for a message, which keeps its length."""
    return masked(content.decode("latin-1"), accounts).encode("latin-1")


def _mask(account: str) -> str:
    letters = re.match(r"[A-Z]*", account)
    kept = letters[0] if letters else ""
    return kept + "0" * (len(account) - len(kept))


@dataclass(frozen=True, slots=True)
class Report:
    """What a drill has found."""

    server_version: int
    steps: tuple[str, ...]
    differences: tuple[Difference, ...]
    accounts: tuple[str, ...]
    left_over: tuple[int, ...] = ()

    def as_json(self) -> str:
        """Everything, for a program."""
        content = {
            "server_version": self.server_version,
            "steps": self.steps,
            "left_over": self.left_over,
            "differences": [asdict(each) for each in self.differences],
        }
        return masked(json.dumps(content, indent=2), self.accounts) + "\n"

    def as_markdown(self) -> str:
        """A page with one table for each step that differs."""
        lines = ["# Drill", "", f"Server version {self.server_version}, {len(self.steps)} sequences, ", ""]
        lines[2] += f"{len(self.differences)} differences between TWS and the simulator."
        if self.left_over:
            lines += [f"**Orders that could not be verified as cancelled: {', '.join(map(str, self.left_over))}.**", ""]
        else:
            lines += ["Every order was cancelled, and TWS lists none of them any more.", ""]
        for step in self.steps:
            found = [each for each in self.differences if each.step == step]
            lines += [f"## {step}", ""]
            lines += _table(found) if found else ["The same.", ""]
        return masked("\n".join(lines), self.accounts)


def _table(found: list[Difference]) -> list[str]:
    rows = [(each.kind, each.where, each.tws, each.simulator) for each in found]
    cells = [" | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) for row in rows]
    return ["| kind | where | TWS | simulator |", "|---|---|---|---|", *(f"| {row} |" for row in cells), ""]
