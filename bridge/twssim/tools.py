"""The tools beside the simulator itself: reading ledgers, converting recordings."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from twssim import ledger_tables
from twssim.recording import read_recording
from twssim.recording.writing import write_recording

BAD_USAGE = 2


def ledger(arguments: list[str], program: str) -> int:
    """Show a ledger: orders, fills, positions and cash as they follow from its records."""
    parser = argparse.ArgumentParser(prog=program, description=ledger.__doc__)
    parser.add_argument("file", help="what --ledger has written")
    parser.add_argument("--json", action="store_true", help="JSON instead of tables")
    options = parser.parse_args(arguments)
    try:
        print(ledger_tables.as_json(options.file) if options.json else ledger_tables.as_text(options.file))
    except (OSError, ValueError) as reason:
        return _refuse(program, reason)
    return 0


def convert(arguments: list[str], program: str) -> int:
    """Read a recording of any tool and write it in this format."""
    parser = argparse.ArgumentParser(prog=program, description=convert.__doc__)
    parser.add_argument("recording", help="a file, or a directory with all parts")
    parser.add_argument("file", help="the file to write")
    options = parser.parse_args(arguments)
    try:
        sessions = read_recording(options.recording)
        write_recording(options.file, sessions, program)
    except (OSError, ValueError) as reason:
        return _refuse(program, reason)
    for session in sessions:
        print(f"session {session.name}: server version {session.server_version}, {len(session.frames)} messages")
    return 0


def _refuse(program: str, reason: Exception) -> int:
    print(f"{program}: {reason}", file=sys.stderr)
    return BAD_USAGE


TOOLS: dict[str, Callable[[list[str], str], int]] = {"ledger": ledger, "convert": convert}
