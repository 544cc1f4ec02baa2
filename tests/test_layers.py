"""Who may import whom: the core is pure, ibapi and zmq each have one home, the client knows no server."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from tests.source_tree import PACKAGES, modules, parsed

PURE_STANDARD_LIBRARY = frozenset(
    """
    __future__ abc array base64 binascii bisect calendar collections copy dataclasses datetime decimal difflib enum
    fractions functools graphlib hashlib heapq hmac itertools json math numbers operator re statistics string
    struct textwrap types typing unicodedata zlib zoneinfo
    """.split()
)
"""What the core may use: values and functions of values. Nothing here can wait, look at the world or change it."""

IMPURE_CALLS = frozenset({"open", "print", "input", "exec", "eval", "breakpoint", "now", "utcnow", "today"})
"""Built-ins that touch the world, and the clocks of `datetime`, by the last part of the called name."""


@dataclass(frozen=True)
class Import:
    """One imported dotted name; lazy means inside a function or for type checkers only: not when the module loads."""

    name: str
    line: int
    lazy: bool

    @property
    def top(self) -> str:
        return self.name.partition(".")[0]

    def within(self, *packages: str) -> bool:
        return any(self.name == package or self.name.startswith(package + ".") for package in packages)


def imports(tree: ast.AST, package: str, lazy: bool = False) -> Iterator[Import]:
    """Every import of a syntax tree; relative ones are resolved against `package`."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, node.lineno, lazy) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(node, package)
            yield from (Import(f"{base}.{alias.name}", node.lineno, lazy) for alias in node.names)
        else:
            yield from imports(node, package, lazy or _is_lazy(node))


def _is_lazy(node: ast.AST) -> bool:
    for_types = isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
    return for_types or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)


def _absolute(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return node.module or ""
    base = package.split(".")
    base = base[: len(base) - node.level + 1]
    return ".".join([*base, node.module] if node.module else base)


def violations(name: str, tree: ast.Module) -> list[str]:
    """What the module `name` imports or calls against the rules of its layer."""
    package = name.rpartition(".")[0] or name
    found = [
        f"{name}:{each.line} imports {each.name}: {rule}"
        for each in imports(tree, package)
        for rule in broken_rules(name, each)
    ]
    if _is(name, "twsbridge_server.core"):
        found += [f"{name}:{line} calls {call}(): the core is pure" for call, line in _impure_calls(tree)]
    return found


def broken_rules(name: str, each: Import) -> list[str]:
    """The rules that one import in the module `name` breaks."""
    return [rule for rule, broken in RULES.items() if broken(name, each)]


def _core(name: str, each: Import) -> bool:
    own = each.within("twsbridge.protocol", "twsbridge_server.core")
    return _is(name, "twsbridge_server.core") and not own and each.top not in PURE_STANDARD_LIBRARY


def _protocol(name: str, each: Import) -> bool:
    return _is(name, "twsbridge.protocol") and each.within("zmq", "twsbridge") and not each.within("twsbridge.protocol")


def _ibapi(name: str, each: Import) -> bool:
    return each.within("ibapi") and not any(_is(name, home) for home in IBAPI_HOMES)


def _drill(name: str, each: Import) -> bool:
    theirs = each.within("twsbridge", "twsbridge_server", "zmq")
    return (_is(name, "twsbridge_drill") and theirs) or (each.within("twsbridge_drill") and not _may_drill(name, each))


def _may_drill(name: str, each: Import) -> bool:
    return _is(name, "twsbridge_drill") or (_is(name, "twsbridge.cli") and each.lazy)


def _zmq(name: str, each: Import) -> bool:
    return each.within("zmq") and not _is(name, "twsbridge_server.mq") and not _is(name, "twsbridge")


def _simulator(name: str, each: Import) -> bool:
    if _is(name, "twssim.protobuf") and each.within("ibapi.protobuf", "google.protobuf"):
        return False
    if name == "twssim.pytest_plugin" and each.within("pytest"):
        return False
    return _is(name, "twssim") and not each.within("twssim") and each.top not in sys.stdlib_module_names


def _text_only(name: str, each: Import) -> bool:
    inside = _is(name, "twssim.protobuf") or not _is(name, "twssim")
    return each.within("twssim.protobuf") and not inside and not (name == "twssim.profile" and each.lazy)


def _client(name: str, each: Import) -> bool:
    return _is(name, "twsbridge") and not _is(name, "twsbridge.cli") and each.within("twsbridge_server", "twssim")


def _command_line(name: str, each: Import) -> bool:
    return _is(name, "twsbridge.cli") and each.within("twsbridge_server", "twssim") and not each.lazy


def _beginning(name: str, each: Import) -> bool:
    return _is(name, "twsbridge_command") and each.top not in sys.stdlib_module_names and not each.lazy


IBAPI_HOMES = ("twsbridge_server.tws", "twssim.protobuf", "twsbridge_drill.session", "twsbridge_drill.orders")

RULES: dict[str, Callable[[str, Import], bool]] = {
    "the core imports only twsbridge.protocol, itself and the pure part of the standard library": _core,
    "the protocol knows neither sockets nor the client": _protocol,
    "ibapi is imported in twsbridge_server.tws, twssim.protobuf and twsbridge_drill.session and .orders only": _ibapi,
    "the drill stands on ibapi and the simulator, shares nothing with the bridge, and is for the command line": _drill,
    "zmq is imported in twsbridge_server.mq and the client only": _zmq,
    "the simulator stands alone on the standard library, but for twssim.protobuf and twssim.pytest_plugin": _simulator,
    "twssim.protobuf is loaded by twssim.profile only, when a session needs it": _text_only,
    "the client never imports the bridge or the simulator": _client,
    "what the console script starts loads nothing large before it minds Ctrl-C": _beginning,
    "the command line imports the bridge and the simulator only inside the function that needs them": _command_line,
}


def _is(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def _impure_calls(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            call = ast.unparse(node.func)
            clock = "." in call and call.rpartition(".")[2] in IMPURE_CALLS and call.startswith(("datetime", "date."))
            if clock or call in IMPURE_CALLS:
                yield call, node.lineno


def test_every_module_keeps_to_its_layer() -> None:
    found = [line for module in modules() for line in violations(module.name, parsed(module))]
    assert not found, "\n".join(found)


def test_the_layers_exist() -> None:
    """A renamed folder must not make the rules pass by matching nothing."""
    names = {module.name for module in modules()}
    layers = {"twsbridge.protocol", "twsbridge_server.core", "twsbridge_server.tws", "twsbridge_server.mq"}
    assert names >= layers | set(PACKAGES)


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("twsbridge_server.core.orders", "import socket"),
        ("twsbridge_server.core.orders", "import threading"),
        ("twsbridge_server.core.orders", "from time import monotonic"),
        ("twsbridge_server.core.orders", "import random"),
        ("twsbridge_server.core.orders", "import os.path"),
        ("twsbridge_server.core.orders", "import io"),
        ("twsbridge_server.core.orders", "import logging"),
        ("twsbridge_server.core.orders", "import asyncio"),
        ("twsbridge_server.core.orders", "import sqlite3"),
        ("twsbridge_server.core.orders", "import ibapi.order"),
        ("twsbridge_server.core.orders", "import zmq"),
        ("twsbridge_server.core.orders", "import pydantic"),
        ("twsbridge_server.core.orders", "from twsbridge import Client"),
        ("twsbridge_server.core.orders", "from ..mq import sockets"),
        ("twsbridge_server.core.orders", "def late():\n    import secrets"),
        ("twsbridge_server.core.orders", "from datetime import datetime\nat = datetime.now()"),
        ("twsbridge_server.core.orders", "import datetime\nat = datetime.datetime.utcnow()"),
        ("twsbridge_server.core.orders", "from datetime import date\nday = date.today()"),
        ("twsbridge_server.core.orders", "text = open('file').read()"),
        ("twsbridge_server.core.orders", "print('placed')"),
        ("twsbridge_server.mq.sockets", "from ibapi.contract import Contract"),
        ("twsbridge_server.tws.connection", "import zmq.asyncio"),
        ("twsbridge_server.runner", "import zmq"),
        ("twssim.server", "import twsbridge.protocol"),
        ("twssim.server", "import twsbridge_server"),
        ("twssim.server", "import ibapi"),
        ("twssim.server", "import pytest"),
        ("twssim.server", "import zmq"),
        ("twssim.server", "import twsbridge_drill"),
        ("twsbridge_drill.compare", "from ibapi.order import Order"),
        ("twsbridge_drill.session", "from twsbridge_server.tws import transport"),
        ("twsbridge_server.app", "def late():\n    import twsbridge_drill"),
        ("twsbridge.cli.drill", "import twsbridge_drill"),
        ("twssim.server", "import pydantic"),
        ("twssim.profile", "import ibapi.protobuf"),
        ("twssim.profile", "from twssim.protobuf.raw_id_profile import RawIdProfile"),
        ("twssim.session", "def late():\n    from twssim.protobuf import answers"),
        ("twssim.protobuf.messages", "from ibapi.client import EClient"),
        ("twssim.protobuf.messages", "import zmq"),
        ("twsbridge.client", "def late():\n    import twssim"),
        ("twsbridge.client", "from twsbridge_server.core import bridge"),
        ("twsbridge.cli.serve", "import twsbridge_server.app"),
        ("twsbridge_command", "import twsbridge"),
        ("twsbridge.client", "if TYPE_CHECKING:\n    import twssim"),
        ("twsbridge.protocol.envelope", "import zmq"),
        ("twsbridge.protocol.envelope", "from twsbridge.client import Client"),
        ("twsbridge.protocol.envelope", "from ..client import Client"),
    ],
)
def test_a_bad_import_is_seen(name: str, source: str) -> None:
    assert violations(name, ast.parse(source))


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("twsbridge_server.core.orders", "from collections.abc import Mapping\nfrom twsbridge.protocol import topics"),
        ("twsbridge_server.core.orders", "from .effects import Effect\nfrom datetime import datetime"),
        ("twsbridge_server.core.orders", "def replay(self):\n    return self.journal.open(1)"),
        ("twsbridge_server.tws.convert", "from ibapi.contract import Contract"),
        ("twsbridge_drill.session", "from ibapi.client import EClient\nfrom twssim.recording import Frame"),
        ("twsbridge.cli.drill", "def drill():\n    from twsbridge_drill import drill"),
        ("twsbridge_server.mq.sockets", "import zmq"),
        ("twsbridge_server.app", "import twsbridge_server.core.bridge\nimport logging"),
        ("twsbridge.client", "import zmq\nfrom .protocol import topics"),
        ("twsbridge.cli.serve", "def serve():\n    from twsbridge_server import app"),
        ("twsbridge.cli.keys", "if TYPE_CHECKING:\n    from twsbridge_server.home import Home"),
        ("twsbridge.protocol.envelope", "import msgpack\nfrom twsbridge.protocol.errors import WireError"),
        ("twssim.server", "import asyncio\nfrom . import wire"),
        ("twssim.pytest_plugin", "import pytest"),
        ("twssim.profile", "def profile_of():\n    from twssim.protobuf.raw_id_profile import RawIdProfile"),
        ("twssim.protobuf.messages", "import ibapi.protobuf\nfrom google.protobuf.message import Message"),
    ],
)
def test_a_good_import_passes(name: str, source: str) -> None:
    assert violations(name, ast.parse(source)) == []
