"""How the audit words a command and what followed from it: plain maps for the journal, without secrets. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from twsbridge.protocol.commands import Command
from twsbridge.protocol.fields import WireModel
from twsbridge.protocol.replies import HaltReply, OrderReply
from twsbridge_server.core import calls
from twsbridge_server.core.effects import AppendJournal, CallTws, Effect, HaltRow, IntentRow, OrderRow, SendReply
from twsbridge_server.core.inputs import Client, CommandReceived, Source

ACTING_CALLS = (calls.PlaceOrder, calls.PlaceGroup, calls.CancelOrder, calls.GlobalCancel)
"""Requests to TWS that may change an order."""

LONGEST_TEXT = 500
"""Longer texts of a command stand in the audit by their length; the hash of the whole body stands beside them."""


def who(client: Client, source: Source) -> dict[str, Any]:
    """The client, its key and where it came from."""
    return {"client": client.name, "role": client.role, "key": source.key, "address": source.address}


def what(asked: CommandReceived) -> dict[str, Any]:
    """The command: its name, the hash of its body as it came, and its meaning."""
    return {
        "command": asked.command.name,
        "request_id": asked.request_id,
        "body_hash": asked.source.body_hash,
        "means": _without_long_texts(asked.command.wire()),
    }


def named_account(command: Command) -> str:
    """The account that the command itself names, or nothing."""
    if getattr(command, "scope", "") == "account":
        return str(getattr(command, "of", ""))
    members = getattr(command, "members", None)
    members = members if isinstance(members, list) else [command]
    orders = [getattr(each, "order", None) for each in members]
    named = [str(getattr(order, "account", "")) for order in orders if order is not None]
    return str(getattr(command, "account", "")) or next((account for account in named if account), "")


def deeds(effects: Iterable[Effect]) -> dict[str, Any]:
    """What was done at TWS and in the journal: orders taken, requests sent, halts set. Empty when nothing was."""
    found: dict[str, Any] = {}
    for effect in effects:
        if isinstance(effect, CallTws) and isinstance(effect.call, ACTING_CALLS):
            found.setdefault(type(effect.call).__name__, []).extend(calls.order_ids(effect.call))
        elif isinstance(effect, AppendJournal):
            match effect.row:
                case IntentRow():
                    found.setdefault("intents", []).append(effect.row.order_id)
                case HaltRow():
                    found.setdefault("halts", []).append(effect.row.body)
                case OrderRow():
                    found.setdefault("orders", [])
                    if effect.row.row_key not in found["orders"]:
                        found["orders"].append(effect.row.row_key)
    return found


def reply_to(asked: CommandReceived, effects: Sequence[Effect]) -> SendReply | None:
    """The last part of the answer to this command, when it is among these effects."""
    for effect in effects:
        if isinstance(effect, SendReply) and not effect.more and _is_of(effect, asked):
            return effect
    return None


def outcome(reply: SendReply) -> dict[str, Any]:
    """What the client was told in the end."""
    if reply.error is not None:
        said = reply.error.wire()
        text, details = reply.error.msg[:LONGEST_TEXT], said.get("details") or {}
        return {"rule": reply.error.code, "outcome": reply.error.outcome, "text": text, "details": details}
    return {"outcome": "done", **_told(reply.body)}


def _told(body: WireModel | None) -> dict[str, Any]:
    if isinstance(body, OrderReply):
        return {"status": body.order.status}
    if isinstance(body, HaltReply):
        return {"verified": body.verified, "left": [state.order_id for state in body.left]}
    return {}


def _is_of(reply: SendReply, asked: CommandReceived) -> bool:
    return reply.request_id == asked.request_id and reply.route == asked.client.route


def _without_long_texts(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_long_texts(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_without_long_texts(each) for each in value]
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        return f"{len(value)} characters"
    return value
