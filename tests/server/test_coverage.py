from __future__ import annotations

import inspect
import re
from pathlib import Path

import ibapi.client
import ibapi.wrapper
import pytest

from tests.source_tree import ROOT
from tests.twssim import every_request
from twsbridge.protocol.commands import COMMANDS
from twsbridge.protocol.events import EVENTS
from twsbridge.protocol.streams import KINDS
from twsbridge_server.coverage import CALLBACKS, REQUESTS
from twsbridge_server.tws.wrapper import Wrapper

TABLE = {**REQUESTS, **CALLBACKS}
NO_REQUESTS = frozenset(
    """
    checkConnected connect disconnect isConnected keyboardInterrupt keyboardInterruptHard logRequest msgLoopRec
    msgLoopTmo reset run sendMsg serverVersion setConnState setConnectOptions setOptionalCapabilities
    twsConnectionTime useProtoBuf validateAttachedOrdersParameters validateInvalidSymbols validateOrderParameters
    """.split()
)
"""Methods of EClient that are about its own connection, or check an argument."""

SINCE_10_37 = frozenset({"cancelContractData", "cancelHistoricalTicks", "reqConfigProtoBuf", "updateConfigProtoBuf"})
"""What older releases of ibapi, which the bridge takes too, do not have."""


def methods(kind: type) -> set[str]:
    """Public methods, without the protobuf forms of others."""
    names = {name for name, _ in inspect.getmembers(kind, inspect.isfunction) if not name.startswith("_")}
    return {name for name in names if not name.endswith("ProtoBuf") or name in TABLE}


def is_heard(name: str) -> bool:
    """True when the bridge has its own form of a callback."""
    forms = [form for form in (name, f"{name}ProtoBuf") if hasattr(ibapi.wrapper.EWrapper, form)]
    return any(getattr(Wrapper, form) is not getattr(ibapi.wrapper.EWrapper, form) for form in forms)


def is_sent(name: str) -> bool:
    """True when some module of the bridge names this request."""
    sources = (ROOT / "bridge/twsbridge_server/tws").glob("*.py")
    return any(re.search(rf"client\.{name}\b|\"{name}\"", path.read_text(encoding="utf-8")) for path in sources)


def test_every_request_of_ibapi_is_in_the_table() -> None:
    known = methods(ibapi.client.EClient) - NO_REQUESTS
    assert known <= set(REQUESTS) and set(REQUESTS) - known <= SINCE_10_37


def test_every_callback_of_ibapi_is_in_the_table() -> None:
    known = methods(ibapi.wrapper.EWrapper)
    assert known <= set(CALLBACKS) and all("onfigResponse" in name for name in set(CALLBACKS) - known)


@pytest.mark.parametrize("name", TABLE)
def test_every_row_names_what_there_is(name: str) -> None:
    row = TABLE[name]
    known = {"command": {*COMMANDS, *KINDS}, "event": EVENTS, "stream": KINDS}.get(row.by)
    assert row.what and (row.by != "command" or set(row.what.split()) & set(COMMANDS))
    if known is not None:
        assert set(row.what.split()) <= set(known)
    assert bool(row.test) == bool(row.shared) == (row.by != "not exposed")


@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if row.test])
def test_every_test_is_there(name: str) -> None:
    assert (ROOT / "tests" / TABLE[name].test).is_file()


@pytest.mark.parametrize("name", REQUESTS)
def test_what_is_exposed_is_sent_and_nothing_else(name: str) -> None:
    assert is_sent(name) == (REQUESTS[name].by != "not exposed")


@pytest.mark.parametrize("name", CALLBACKS)
def test_what_is_exposed_is_heard_and_nothing_else(name: str) -> None:
    assert is_heard(name) == (CALLBACKS[name].by != "not exposed")


def test_every_command_that_asks_tws_is_in_the_table() -> None:
    named = {word for row in TABLE.values() if row.by == "command" for word in row.what.split()}
    assert {
        name for name in COMMANDS if re.match("history|news|wsh|option|advisor|tws|scanner|contract", name)
    } <= named


def test_the_simulator_knows_every_request() -> None:
    source = Path(inspect.getfile(every_request)).read_text(encoding="utf-8")
    assert [name for name in REQUESTS if f".{name}(" not in source] == []


@pytest.mark.parametrize("name", TABLE)
def test_the_documentation_has_every_row(name: str) -> None:
    assert f"| `{name}` |" in (ROOT / "clients/README.md").read_text(encoding="utf-8")
