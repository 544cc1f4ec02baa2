"""What is generated is current, says what the models say, and every vector is what the decoder makes of it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.source_tree import ROOT
from twsbridge.protocol import envelope
from twsbridge.protocol.columns import columns_to_lists
from twsbridge.protocol.commands import COMMANDS
from twsbridge.protocol.envelope import (
    ReceivedCommand,
    decode_command,
    decode_event,
    decode_reply,
    decode_ticks,
    unpack,
)
from twsbridge.protocol.errors import ERROR_KINDS, InvalidRequest, WireError
from twsbridge.protocol.events import EVENTS

CLIENTS = ROOT / "clients"
PROTOCOL = CLIENTS / "protocol"
SCHEMA = json.loads((PROTOCOL / "schema.json").read_text())
ASYNCAPI = json.loads((PROTOCOL / "asyncapi.json").read_text())

Vector = dict[str, Any]


def vectors(*names: str) -> list[Any]:
    """The vectors of some files, as parameters of a test."""
    rows = [(name, row) for name in names for row in json.loads((PROTOCOL / "vectors" / f"{name}.json").read_text())]
    return [pytest.param(row, id=f"{name}: {row['name']}") for name, row in rows]


def frames(vector: Vector) -> list[bytes]:
    return [bytes.fromhex(frame) for frame in vector["frames"]]


def plain(value: Any) -> Any:
    """As the vectors write it: tuples are lists."""
    return json.loads(json.dumps(value))


def violations(reference: str, body: object) -> list[str]:
    schema = {"$ref": f"#{reference}", **{key: part for key, part in SCHEMA.items() if key != "$ref"}}
    return [error.message for error in Draft202012Validator(schema).iter_errors(body)]


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    into = tmp_path_factory.mktemp("generated")
    subprocess.run([sys.executable, PROTOCOL / "generate.py", "--into", into], check=True, capture_output=True)
    return into


def test_the_committed_files_are_those_that_the_models_give(fresh: Path) -> None:
    generated = {path.relative_to(fresh) for path in fresh.rglob("*") if path.is_file()}
    committed = {path.relative_to(CLIENTS) for path in PROTOCOL.rglob("*.json")}
    committed |= {Path("README.md"), Path("javascript", "src", "protocol.d.ts")}
    assert generated == committed
    stale = [str(path) for path in sorted(generated) if (CLIENTS / path).read_bytes() != (fresh / path).read_bytes()]
    assert not stale, f"run `python clients/protocol/generate.py`; changed: {', '.join(stale)}"


def test_every_name_and_code_is_in_the_readme() -> None:
    readme = (CLIENTS / "README.md").read_text()
    for name in (*COMMANDS, *EVENTS, *ERROR_KINDS):
        assert f"| `{name}` |" in readme


def test_there_are_many_vectors_and_one_for_everything() -> None:
    valid = vectors("values", "commands", "commands_json", "replies", "errors", "events", "ticks")
    assert len(valid) >= 60
    assert len(vectors("invalid_commands", "invalid_from_bridge")) >= 60
    said = {row.values[0]["value"]["header"]["t"] for row in vectors("commands")}
    answered = {row.values[0]["value"]["header"]["t"] for row in vectors("replies")}
    happened = {row.values[0]["value"]["type"] for row in vectors("events")}
    assert said == answered == set(COMMANDS)
    assert happened >= set(EVENTS)
    assert [row.values[0]["name"] for row in vectors("errors")] == list(ERROR_KINDS)


@pytest.mark.parametrize("vector", vectors("values"))
def test_values(vector: Vector) -> None:
    assert unpack(bytes.fromhex(vector["hex"])) == vector["value"]


@pytest.mark.parametrize("vector", vectors("commands", "commands_json"))
def test_commands(vector: Vector) -> None:
    received = decode_command(frames(vector))
    header, body = vector["value"]["header"], vector["value"]["body"]
    model = COMMANDS[header["t"]]
    assert received == ReceivedCommand(
        envelope.CommandHeader.model_validate(header), model.model_validate(body), frames(vector)[1][:1] == b"{"
    )
    assert not violations("/commandHeader", header)
    assert not violations(f"/commands/{header['t']}", body)


@pytest.mark.parametrize("vector", vectors("replies", "errors"))
def test_replies(vector: Vector) -> None:
    magic, header, body = frames(vector)
    if header.startswith(b"{"):
        said = {"header": json.loads(header), "body": json.loads(body)}
    else:
        reply = decode_reply([magic, header, body])
        head = {"t": reply.type, "id": reply.request_id, "ok": reply.ok, "part": reply.part, "more": reply.more}
        said = {"header": head, "body": plain(columns_to_lists(reply.body))}
    assert said == vector["value"]
    assert not violations("/replyHeader", said["header"])
    kind = f"/replies/{said['header']['t']}" if said["header"]["ok"] else "/error"
    assert not violations(kind, said["body"])
    model = COMMANDS[said["header"]["t"]].reply if said["header"]["ok"] else WireError
    model.model_validate(said["body"])


@pytest.mark.parametrize("vector", vectors("events"))
def test_events(vector: Vector) -> None:
    event = decode_event(frames(vector))
    assert plain(event._asdict()) == vector["value"]
    if event.type in EVENTS:
        assert not violations(f"/events/{event.type}", event.body)


@pytest.mark.parametrize("vector", vectors("ticks"))
def test_ticks(vector: Vector) -> None:
    assert plain(decode_ticks(frames(vector)[0])._asdict()) == vector["value"]


@pytest.mark.parametrize("vector", vectors("invalid_commands"))
def test_invalid_commands(vector: Vector) -> None:
    with pytest.raises(InvalidRequest) as caught:
        decode_command(frames(vector))
    assert (caught.value.code, caught.value.field) == (vector["code"], vector["field"])


@pytest.mark.parametrize("vector", vectors("invalid_from_bridge"))
def test_what_a_client_must_not_take_for_a_message(vector: Vector) -> None:
    with pytest.raises(ValueError):
        if vector["kind"] == "ticks":
            decode_ticks(frames(vector)[0])
        else:
            {"reply": decode_reply, "event": decode_event}[vector["kind"]](frames(vector))


MISSPELT = ("body limit_price", "order limitprice", "header token", "status verbose")


@pytest.mark.parametrize(
    "vector", [row for row in vectors("invalid_commands") if row.values[0]["name"].startswith(MISSPELT)]
)
def test_the_schema_refuses_what_misspells_a_field(vector: Vector) -> None:
    header, body = (unpack(frame) for frame in frames(vector)[1:])
    assert violations("/commandHeader", header) or violations(f"/commands/{header['t']}", body)


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert set(SCHEMA["commands"]) == set(SCHEMA["replies"]) == set(COMMANDS)
    assert set(SCHEMA["events"]) == set(EVENTS)


@pytest.mark.parametrize("document", [SCHEMA, ASYNCAPI], ids=["schema", "asyncapi"])
def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    found = list(references(document))
    assert found
    for reference in found:
        node: Any = document
        for part in reference.removeprefix("#/").split("/"):
            node = node[part]


def test_the_asyncapi_document_has_every_command_and_event() -> None:
    operations = ASYNCAPI["operations"]
    assert set(COMMANDS) <= set(operations)
    assert all(operations[name]["action"] == "receive" and operations[name]["reply"] for name in COMMANDS)
    sent = {message for channel in ASYNCAPI["channels"].values() for message in channel["messages"]}
    assert {f"{name}.event" for name in EVENTS} <= sent
    assert all("x-zmq" in server for server in ASYNCAPI["servers"].values())


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        node = list(node.values())
    if isinstance(node, list):
        for part in node:
            yield from references(part)
