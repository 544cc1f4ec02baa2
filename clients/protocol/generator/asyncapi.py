"""The protocol as an AsyncAPI 3.0 document; what is particular to ZeroMQ stands under `x-zmq`."""

from __future__ import annotations

import re
from typing import Any

from generator.schema import command_name, definitions, prose
from twsbridge.protocol.commands import COMMANDS
from twsbridge.protocol.envelope import MAGIC, MAX_COMMAND_BYTES, VERSION
from twsbridge.protocol.errors import WireError
from twsbridge.protocol.events import EVENTS
from twsbridge.protocol.fields import WireModel

Part = dict[str, Any]

STREAMS: dict[str, tuple[str, str]] = {
    "ord": ("ord|{account}|", "Orders, executions, corrections and commissions of one account; sequenced."),
    "acct": ("acct|{account}|", "Account values and positions of one account; sequenced."),
    "sys": ("sys|", "The session towards TWS, gaps, notices; sequenced."),
    "hb": ("hb|", "Once a second; not sequenced."),
    "sync": ("sync|{nonce}|", "The answer to a barrier; not sequenced."),
}
"""Stream -> topic and what it carries."""

IN_EACH = ("gap", "resumed")
"""Events that every sequenced stream carries."""

SEQUENCED = ("ord", "acct", "sys")

TICKS: Part = {
    "description": "[kind, n, ts_us, body]; body by kind: ticks and image rows, state a LineState.",
    "type": "array",
    "prefixItems": [
        {"enum": ["ticks", "image", "state"]},
        {"type": "integer", "description": "counts the frames of this line"},
        {"type": "integer", "description": "microseconds UTC"},
        {"anyOf": [{"type": "array"}, {"$ref": "#/components/schemas/LineState"}]},
    ],
    "minItems": 4,
}


def document() -> Part:
    """asyncapi.json: seen from the bridge, which receives commands and sends events."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "twsbridge",
            "version": f"{VERSION}.0.0",
            "description": "Any number of programs share one TWS or IB Gateway login. See clients/README.md.",
            "license": {"name": "MIT"},
        },
        "defaultContentType": "application/msgpack",
        "servers": _servers(),
        "channels": _channels(),
        "operations": {**_command_operations(), **_event_operations()},
        "components": {
            "messages": {**_command_messages(), **_event_messages(), "md.ticks": {"payload": TICKS}},
            "schemas": definitions("#/components/schemas/"),
        },
    }


def stream_of(event: type[WireModel]) -> str:
    """The stream an event belongs to: its docstring begins with it."""
    found = re.match(r"`(\w+)\|", event.__doc__ or "")
    if found is None or found[1] not in STREAMS:
        raise ValueError(f"the docstring of {event.__name__} does not begin with its stream")
    return found[1]


def _servers() -> Part:
    sockets = {
        "cmd": ("7600", "ROUTER", "DEALER", f"Three frames, first {MAGIC.decode()}; {MAX_COMMAND_BYTES} bytes at most"),
        "evt": ("7601", "XPUB", "SUB", "Three frames: topic, [epoch, seq, type, ts_us, flags], body."),
        "md": ("7602", "XPUB", "SUB", "One frame: the topic, then msgpack [kind, n, ts_us, body]."),
    }  # fmt: skip
    return {
        name: {
            "host": f"127.0.0.1:{port}",
            "protocol": "zmtp",
            "protocolVersion": "3.1",
            "description": frames,
            "x-zmq": {"bridge": bridge, "client": client, "mechanism": "CURVE", "frames": frames},
        }
        for name, (port, bridge, client, frames) in sockets.items()
    }


def _channels() -> Part:
    commands = {name: {"$ref": f"#/components/messages/{name}"} for name in COMMANDS}
    answers = {f"{name}.reply": {"$ref": f"#/components/messages/{name}.reply"} for name in COMMANDS}
    failed = {"error": {"$ref": "#/components/messages/error"}}
    channels: Part = {
        "commands": {
            "address": None,
            "servers": [{"$ref": "#/servers/cmd"}],
            "messages": {**commands, **answers, **failed},
        },
        "md": {
            "address": "md|{con_id}@{exchange}|",
            "servers": [{"$ref": "#/servers/md"}],
            "parameters": {"con_id": {}, "exchange": {}},
            "messages": {"md.ticks": {"$ref": "#/components/messages/md.ticks"}},
        },
    }
    for stream, (address, description) in STREAMS.items():
        names = [name for name, event in EVENTS.items() if stream_of(event) == stream or _is_in_each(name, stream)]
        channels[stream] = {
            "address": address,
            "description": description,
            "servers": [{"$ref": "#/servers/evt"}],
            "parameters": {parameter: {} for parameter in re.findall(r"{(\w+)}", address)},
            "messages": {f"{name}.event": {"$ref": f"#/components/messages/{name}.event"} for name in names},
        }
    return channels


def _is_in_each(name: str, stream: str) -> bool:
    return name in IN_EACH and stream in SEQUENCED


def _command_operations() -> Part:
    channel = {"$ref": "#/channels/commands"}
    return {
        name: {
            "action": "receive",
            "channel": channel,
            "summary": prose(model.__doc__ or ""),
            "messages": [{"$ref": f"#/channels/commands/messages/{name}"}],
            "reply": {
                "channel": channel,
                "messages": [
                    {"$ref": f"#/channels/commands/messages/{name}.reply"},
                    {"$ref": "#/channels/commands/messages/error"},
                ],
            },
        }
        for name, model in COMMANDS.items()
    }


def _event_operations() -> Part:
    return {
        f"{stream}.send": {"action": "send", "channel": {"$ref": f"#/channels/{stream}"}} for stream in (*STREAMS, "md")
    }


def _command_messages() -> Part:
    messages: Part = {"error": _message(WireError.__name__, "The body of a reply whose header has ok=false.")}
    for name, model in COMMANDS.items():
        messages[name] = _message(command_name(model), prose(model.__doc__ or ""))
        messages[f"{name}.reply"] = _message(model.reply.__name__, prose(model.reply.__doc__ or ""))
    return messages


def _event_messages() -> Part:
    return {f"{name}.event": _message(event.__name__, prose(event.__doc__ or "")) for name, event in EVENTS.items()}


def _message(schema: str, summary: str) -> Part:
    return {"summary": summary, "payload": {"$ref": f"#/components/schemas/{schema}"}}
