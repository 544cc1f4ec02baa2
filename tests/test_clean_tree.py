"""What must not be in a committed file: one machine's paths, package registries, to-do marks, IB's own code."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.source_tree import ROOT

NOT_OURS = {".git", ".venv", ".foreign", "node_modules", "__pycache__", "dist", "build", "demo-output", "uv.lock"}

# Each pattern is written so that it does not match itself.
WORDS = {
    "a path of one machine": re.compile(r"(?<![\w.$}])/(work|root|tmp|home/\w+)/\w"),
    "a package registry's host": re.compile(
        r"\b(pypi|pythonhosted|npmjs|yarnpkg|crates|(?:sum|proxy)\.golang|maven(?:-central)?|deb\.debian)\.(org|io|com)\b"
        r"|\brepo1?\.maven"
    ),
    "an address of an index": re.compile(r"(?<!\w)--?(?:extra-)?index-[u]rl|\bregistry[=]|\"resolved[\"]: \"http"),
    "a to-do mark": re.compile(r"\b(TO[D]O|FIX[M]E|HA[C]K)\b"),
    "a merge conflict": re.compile(r"^(<{7}|>{7}) ", re.MULTILINE),
    "an account that could be real": re.compile(r"(?<![\w-])U(?!1234567\b)\d{6,8}\b"),
    "a private key": re.compile(r"-{5}BEGIN [A-Z ]*PRIVATE [K]EY"),
    "IB's copyright": re.compile(r"Copyright \([cC]\) \d{4}\s?\S* ?Interactive Brokers"),
}
NAMES = re.compile(r"(_pb2(_grpc)?\.pyi?|\.proto|\.pyc|\.egg-info|(^|/)\.env)$")
"""Generated from IB's protocol definitions, or left over from a run."""


def committed(root: Path) -> Iterator[Path]:
    """The files that git knows; without git (a bare machine), every file that is not left over from a run."""
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=True)
        paths = [root / name for name in listed.stdout.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        paths = [path for path in root.rglob("*") if not NOT_OURS & set(path.relative_to(root).parts)]
    return (path for path in paths if path.is_file())


def dirt(name: str, content: bytes) -> list[str]:
    """What is wrong with one committed file: its name, then each line that matches a forbidden pattern."""
    found = [f"{name}: a file that is never committed"] if NAMES.search(name) else []
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return found
    for what, pattern in WORDS.items():
        for match in pattern.finditer(text):
            found.append(f"{name}:{text.count(chr(10), 0, match.start()) + 1}: {what}: {match.group()!r}")
    if name.startswith("tests/") and name.endswith(".py"):
        found += [f"{name}:{line}: a test that sleeps; wait for the event itself" for line in sleeps(ast.parse(text))]
    return found


def sleeps(tree: ast.Module) -> Iterator[int]:
    """The lines that call or import `time.sleep`."""
    for node in ast.walk(tree):
        called = isinstance(node, ast.Attribute) and ast.unparse(node) == "time.sleep"
        named = isinstance(node, ast.ImportFrom) and node.module == "time" and "sleep" in [a.name for a in node.names]
        if called or named:
            yield node.lineno


def test_every_committed_file_is_clean() -> None:
    found = [line for path in committed(ROOT) for line in dirt(path.relative_to(ROOT).as_posix(), path.read_bytes())]
    assert not found, "\n".join(found)


def test_this_file_is_among_the_committed() -> None:
    assert Path(__file__).resolve() in {path.resolve() for path in committed(ROOT)}


def test_without_git_the_tree_itself_is_walked(tmp_path: Path) -> None:
    (tmp_path / ".venv").mkdir()
    for name in ("kept.py", ".venv/left.py"):
        (tmp_path / name).touch()
    assert [path.name for path in committed(tmp_path)] == ["kept.py"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("bridge/a.py", "LOG = '/wo~rk/main/log'"),
        ("bridge/a.py", "open('/tm~p/x')"),
        ("bridge/a.py", "see /ho~me/joe/notes"),
        ("requirements/dev.txt", "--index~-url https://mirror.example/simple"),
        ("requirements/dev.txt", "https://files.pythonhosted~.org/x"),
        ("run", "curl https://pypi~.org/simple"),
        (".npmrc", "registry~=https://mirror.example"),
        ("clients/javascript/package-lock.json", '"resolved"~: "https://mirror.example/a.tgz"'),
        ("clients/rust/Cargo.toml", "https://crates~.io"),
        ("bridge/a.py", "# TO~DO: later"),
        ("bridge/a.py", "# FIX~ME"),
        ("README.md", "<<<<<~<< HEAD"),
        ("README.md", "account U~7654321"),
        ("keys/a", "-----BEGIN PRIVATE~ KEY-----"),
        ("bridge/a.py", "Copyr~ight (C) 2024 Interactive Brokers LLC"),
        ("bridge/Order_pb2.py", ""),
        ("bridge/Order.proto", ""),
        (".env", "TWS_USERID=joe"),
        ("tests/test_a.py", "import time\ntime.sl~eep(1)"),
        ("tests/test_a.py", "from time import monotonic, sl~eep"),
    ],
)
def test_dirt_is_seen(name: str, text: str) -> None:
    """The samples carry a tilde so that this file stays clean itself."""
    assert len(dirt(name, text.replace("~", "").encode())) == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("bridge/a.py", "account DU1234567 and U1234567, https://example.org/work/flow, ./tmp/x, $HOME/tmp/x"),
        ("docker-compose.yml", "tmpfs: [/tmp]"),
        ("bridge/a.py", "import time\ntime.sl~eep(1)"),
        ("tests/test_a.py", "await asyncio.sleep(0)"),
        ("picture.png", b"\xff\xd8".decode("latin-1")),
    ],
)
def test_clean_text_passes(name: str, text: str) -> None:
    assert dirt(name, text.replace("~", "").encode("latin-1")) == []
