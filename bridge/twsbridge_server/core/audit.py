"""Who asked for what, what was decided by which rule, and what came of it: one row for each, in the turn's transaction.

Every command that acts is here, accepted or refused, and whatever the bridge does by itself: a halt by a rule, the
cancels of a dead client, a change of the keys or limits file. The journal chains the rows (journal_audit.py).
"""

from __future__ import annotations

from typing import Any

from twsbridge_server.core import audit_words as words
from twsbridge_server.core.audit_floods import Floods
from twsbridge_server.core.effects import AppendJournal, AuditRow, CallTws, Effect, SendReply, Stop
from twsbridge_server.core.inputs import (
    Client,
    ClientsBanned,
    ClientsChanged,
    CommandReceived,
    CommandRefused,
    Input,
    LimitsChanged,
    Started,
)
from twsbridge_server.core.orders import Orders

ACCEPTED, REPEATED, REFUSED, ANSWERED, DONE, NOTED = "accepted", "repeated", "refused", "answered", "done", "noted"
"""A command that does something; one already carried out; one refused; the later outcome of an accepted one;
what the bridge did by itself; what it was told by files and by its operator."""

BRIDGE = "bridge"
"""Who acts when no client asked."""


class Audit:
    """Makes the rows. `settings` is what the operator decided for this run, said once at the start."""

    def __init__(self, orders: Orders, settings: dict[str, Any]) -> None:
        self._orders = orders
        self._settings = settings
        self._floods = Floods()
        self._open: dict[tuple[bytes, str], dict[str, Any]] = {}
        self._known: dict[str, Client] = {}
        self._versions = {"keys": "", "limits": ""}

    def command(self, asked: CommandReceived, effects: list[Effect], now: int) -> list[Effect]:
        """The effects of a command, with the row that tells of it."""
        if not asked.command.acts:
            return effects
        done, reply = words.deeds(effects), words.reply_to(asked, effects)
        facts = {**words.who(asked.client, asked.source), **words.what(asked), "account": self._account(asked, done)}
        if reply is not None and reply.error is not None:
            kind = f"{asked.command.name} {reply.error.code}"
            return [*self._refused(facts | words.outcome(reply), kind, now), *effects]
        if not done and not any(isinstance(effect, CallTws) for effect in effects):
            return [*self._repeated(facts, now), *effects]
        if reply is None:
            self._open[asked.client.route, asked.request_id] = facts
        told = words.outcome(reply) if reply is not None else {}
        return [self._row(ACCEPTED, {**facts, "done": done, **told, **self._versions}, now), *effects]

    def unasked(self, happened: Input | None, effects: list[Effect], now: int) -> list[Effect]:
        """The effects of anything else; a row when something was done or decided. None: a timer of the bridge."""
        said = self._said(happened, now) if happened is not None else []
        if done := words.deeds(effects):
            done.pop("orders", None)
        if not done:
            return [*said, *effects]
        account = self._account(None, done)
        facts = {"client": BRIDGE, "cause": type(happened).__name__ if happened else "timer", "account": account}
        return [*said, self._row(DONE, {**facts, "done": done}, now), *effects]

    def finished(self, effects: list[Effect], now: int) -> list[Effect]:
        """What became of commands that were answered only now; and, at the end of the process, what was counted."""
        rows: list[Effect] = []
        if self._open:
            for effect in effects:
                if isinstance(effect, SendReply) and not effect.more:
                    rows += self._answered(effect, now)
        if any(isinstance(effect, Stop) for effect in effects):
            rows += self._counted(self._floods.due(now, everything=True), now)
            rows.append(self._row(NOTED, {"client": BRIDGE, "rule": "bridge.stopped"}, now))
        return rows

    def due(self, now: int) -> list[Effect]:
        """Rows about refusals that were only counted."""
        return self._counted(self._floods.due(now), now)

    def next_due(self) -> int | None:
        """When `due` has something to do."""
        return self._floods.next_due()

    def _answered(self, reply: SendReply, now: int) -> list[Effect]:
        facts = self._open.pop((reply.route, reply.request_id), None)
        if facts is None:
            return []
        kept = {name: value for name, value in facts.items() if name != "means"}
        return [self._row(ANSWERED, kept | words.outcome(reply), now)]

    def _refused(self, facts: dict[str, Any], kind: str, now: int) -> list[Effect]:
        if not self._floods.takes(facts["client"], kind, now):
            return []
        return [self._row(REFUSED, facts | self._versions, now)]

    def _repeated(self, facts: dict[str, Any], now: int) -> list[Effect]:
        if not self._floods.takes(facts["client"], f"{facts['command']} repeated", now):
            return []
        return [self._row(REPEATED, facts, now)]

    def _counted(self, floods: list[dict[str, Any]], now: int) -> list[Effect]:
        return [self._row(REFUSED, {"rule": "audit.counted", **flood}, now) for flood in floods]

    def _said(self, happened: Input, now: int) -> list[Effect]:
        """Rows about what files, the operator and the sockets said."""
        match happened:
            case CommandRefused(client, name, code, source):
                facts = {**words.who(client, source), "command": name, "body_hash": source.body_hash, "account": ""}
                return self._refused({**facts, "rule": code, "outcome": "rejected"}, f"{name} {code}", now)
            case Started(after=None):
                return [self._row(NOTED, {"client": BRIDGE, "rule": "bridge.started", **self._settings}, now)]
            case ClientsChanged():
                return self._keys(happened, now)
            case LimitsChanged():
                return self._file("limits", happened.version, happened.fault, {}, now)
            case ClientsBanned(clients):
                return [self._row(NOTED, {"client": BRIDGE, "rule": "client.banned", "banned": [*clients]}, now)]
        return []

    def _keys(self, said: ClientsChanged, now: int) -> list[Effect]:
        """Keys that were added, revoked or may do something else."""
        before, self._known = self._known, {client.name: client for client in said.clients}
        added = [name for name in self._known if name not in before]
        revoked = [name for name in before if name not in self._known]
        changed = [name for name in before if name in self._known and before[name] != self._known[name]]
        news = {"added": added, "revoked": revoked, "changed": changed}
        return self._file("keys", said.version, said.fault, news, now)

    def _file(self, name: str, version: str, fault: str, more: dict[str, Any], now: int) -> list[Effect]:
        if not fault:
            self._versions[name] = version
        rule = f"{name}.refused" if fault else f"{name}.read"
        return [self._row(NOTED, {"client": BRIDGE, "rule": rule, "text": fault, **more, **self._versions}, now)]

    def _account(self, asked: CommandReceived | None, done: dict[str, Any]) -> str:
        """The account that it is about: of the orders that were touched, or that the command names."""
        numbers = [number for ids in done.values() for number in ids if isinstance(number, int)]
        command = asked.command if asked is not None else None
        if (named := getattr(command, "order_id", None)) is not None:
            numbers.append(named)
        records = [self._orders.by_order_id(number) for number in numbers]
        found = {record.state.order.account for record in records if record is not None}
        if len(found) == 1:
            return found.pop()
        return words.named_account(command) if command is not None else ""

    def _row(self, decision: str, facts: dict[str, Any], now: int) -> Effect:
        return AppendJournal(AuditRow(now, {"decision": decision, **facts}))
