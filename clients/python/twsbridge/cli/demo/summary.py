"""The end of the demo: what was proven, what was left behind, what to try next."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from twsbridge.cli.demo.proof import Finding

NEXT = (
    ("sim", "a TWS without an account, in one terminal"),
    ("serve", "the bridge, in another; --tws 127.0.0.1:4002 for a real gateway"),
    ("doctor", "is everything well?"),
    ("order place BUY 10 AAPL --limit 190", ""),
    ("fills --follow", "the fills of every program, as they come"),
)


def print_summary(findings: Sequence[Finding], folder: Path, seconds: float) -> None:
    """Print it to stdout."""
    console = Console(highlight=False, soft_wrap=True)
    console.print()
    for finding in findings:
        mark, style = ("proven ", "bold green") if finding.holds else ("BROKEN ", "bold red")
        console.print(Text.assemble((mark, style), finding.text))
    console.print()
    for file in sorted(folder.iterdir()):
        console.print(Text(f"left in {os.path.relpath(file)}"))
    console.print(Text(f"done in {seconds:.0f} s; every process has ended. Try next:"))
    for command, meaning in NEXT:
        console.print(Text.assemble("  ", (f"{program()} {command}", "bold"), f"   # {meaning}" if meaning else ""))


def program() -> str:
    """How to call this program from here."""
    beside = os.path.relpath(Path(sys.executable).parent / "twsbridge")
    return beside if not beside.startswith("..") and os.path.exists(beside) else "twsbridge"
