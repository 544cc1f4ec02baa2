"""What every command must pass before it is carried out, and the commands about the bridge itself."""

from __future__ import annotations

from dataclasses import replace

from twsbridge.protocol import commands, topics
from twsbridge.protocol.envelope import VERSION
from twsbridge.protocol.errors import WireError, make_error
from twsbridge.protocol.events import Heartbeat, Synced
from twsbridge.protocol.replies import Done, Pong, Welcome
from twsbridge_server.core import access
from twsbridge_server.core.answers import answer, fail, refuse
from twsbridge_server.core.dead_man import DeadMan
from twsbridge_server.core.effects import Effect, SendExecutions, SendReplay
from twsbridge_server.core.inputs import CommandReceived, SubscriptionOpened
from twsbridge_server.core.permits import shown
from twsbridge_server.core.sequencer import Sequencer
from twsbridge_server.core.session import Session
from twsbridge_server.core.settings import CoreSettings

CAPS = ["json", "replay", "barrier", "columns", "on_death"]


class ClientSessions:
    """Greetings, signs of life, streams."""

    def __init__(self, settings: CoreSettings, sequencer: Sequencer, session: Session, dead_man: DeadMan) -> None:
        self._settings = settings
        self._sequencer = sequencer
        self._session = session
        self._dead_man = dead_man

    def refusal(self, asked: CommandReceived, now: int) -> WireError | None:
        """Why this command is not looked at any further, or None."""
        if asked.expires_us is not None and asked.expires_us <= now:
            late = (now - asked.expires_us) / 1e6
            return make_error("req.expired", f"The deadline passed {late:.3f} s ago")
        if asked.command.needs_session and asked.sid != self._settings.sid:
            return make_error("auth.session", "The command belongs to no session of this bridge")
        return access.refusal(asked.client, asked.command)

    def hello(self, asked: CommandReceived, command: commands.Hello, now: int) -> list[Effect]:
        """Open a session, if there is a protocol version that both speak."""
        low, high = command.protocol
        if not low <= VERSION <= high:
            text = f"The bridge speaks protocol {VERSION}, the client {low} to {high}"
            return [refuse(asked, "req.version", text)]
        welcome = Welcome(
            sid=self._settings.sid,
            server_ts_us=now,
            protocol=(VERSION, VERSION),
            version=self._settings.version,
            name=asked.client.name,
            role=asked.client.role,
            accounts=[account for account in self._session.accounts if asked.client.rights.reaches(account)],
            heads=asked.client.rights.readable(self._sequencer.heads()),
            state=shown(self._session)[0],
            beat_ms=self._settings.beat_us // 1000,
            caps=CAPS,
        )
        return [*self._dead_man.hello(asked.client, command, now), answer(asked, welcome)]

    def ping(self, asked: CommandReceived, command: commands.Ping, now: int) -> list[Effect]:
        """The bridge's clock."""
        return [answer(asked, Pong(server_ts_us=now))]

    def bye(self, asked: CommandReceived, command: commands.Bye, now: int) -> list[Effect]:
        """The client's last word about its orders; nothing else is kept for it."""
        effects = self._dead_man.bye(asked.client, command, now)
        return [fail(asked, effects)] if isinstance(effects, WireError) else [*effects, answer(asked, Done())]

    def replay(self, asked: CommandReceived, command: commands.GetReplay, now: int) -> list[Effect]:
        """Events from the journal; the shell reads them."""
        if not topics.is_reliable(command.stream):
            return [refuse(asked, "stream.unknown", f"{command.stream!r} is not a reliable stream")]
        first, following = self._sequencer.head(command.stream)
        if command.epoch != self._sequencer.epoch:
            text = f"The cursor is of epoch {command.epoch!r}, the journal of {self._sequencer.epoch!r}"
            details = {"epoch": self._sequencer.epoch, "first": first, "next": following}
            return [refuse(asked, "stream.epoch", text, details=details)]
        if not first <= command.from_seq <= following:
            text = f"{command.stream!r} has events {first} to {following - 1}"
            return [refuse(asked, "stream.range", text, details={"first": first, "next": following})]
        client = asked.client.route, asked.request_id
        return [SendReplay(*client, command.stream, command.from_seq, command.limit, asked.is_json)]

    def executions(self, asked: CommandReceived, command: commands.ListExecutions, now: int) -> list[Effect]:
        """Executions from the journal; the shell reads them."""
        client = asked.client
        wanted = SendExecutions(client.route, asked.request_id, command.account, command.since_us, asked.is_json)
        return [replace(wanted, rights=client.rights)]

    def heartbeat(self, now: int) -> Effect:
        """A sign of life with the heads of all streams."""
        body = Heartbeat(sid=self._settings.sid, state=shown(self._session)[0], heads=self._sequencer.heads())
        return self._sequencer.unsequenced(topics.HEARTBEAT, body, now)

    def synced(self, opened: SubscriptionOpened, now: int) -> Effect:
        """The answer to a barrier: the heads at this instant, and what was refused before it."""
        heads = opened.rights.readable(self._sequencer.heads())
        body = Synced(sid=self._settings.sid, heads=heads, refused=list(opened.refused))
        return self._sequencer.unsequenced(opened.topic, body, now)
