"""`import twsbridge` costs a client three packages, and brings no part of the bridge with it."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib

from tests.source_tree import ROOT
from tests.waiting import PATIENCE

BASE = {"zmq", "msgpack", "pydantic"}
THEIRS = {"annotated_types", "cython_runtime", "pydantic_core", "typing_extensions", "typing_inspection"}
"""What pydantic and pyzmq themselves are made of."""

PROBE = """
import sys
before = set(sys.modules)
{statement}
new = {{name.partition(".")[0] for name in set(sys.modules) - before}}
print(*sorted(new - set(sys.stdlib_module_names)))
"""


def loaded_by(statement: str) -> set[str]:
    """The top-level names beyond the standard library that a statement loads, in a Python of its own."""
    probe = PROBE.format(statement=statement)
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True, timeout=PATIENCE)
    return {name for name in done.stdout.split() if not name.startswith("_")}


def test_the_client_loads_three_packages_and_no_bridge() -> None:
    assert loaded_by("from twsbridge import *") <= {"twsbridge"} | BASE | THEIRS


def test_the_probe_sees_what_is_loaded() -> None:
    assert loaded_by("import twsbridge, zmq, rich") >= {"twsbridge", "zmq", "rich"}
    assert loaded_by("import json") == set()


def test_the_base_dependencies_are_exactly_three() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {re.split(r"[<>=~!\[; ]", each)[0] for each in project["dependencies"]} == {"pyzmq", "msgpack", "pydantic"}
