"""The commands that look at everything at once: status and snapshot."""

from __future__ import annotations

from twsbridge.protocol import commands, topics
from twsbridge.protocol.models import UNKNOWN, WORKING, OrderState
from twsbridge.protocol.replies import Snapshot, Status, TwsStatus
from twsbridge_server.core.accounts import Accounts
from twsbridge_server.core.answers import answer, refuse
from twsbridge_server.core.breaks import Breaks
from twsbridge_server.core.dead_man import DeadMan
from twsbridge_server.core.effects import Effect
from twsbridge_server.core.inputs import CommandReceived
from twsbridge_server.core.known_clients import KnownClients
from twsbridge_server.core.limits.pretrade import PreTrade
from twsbridge_server.core.lines import Lines
from twsbridge_server.core.notice_board import NoticeBoard
from twsbridge_server.core.orders import Orders
from twsbridge_server.core.permits import shown
from twsbridge_server.core.sequencer import Sequencer
from twsbridge_server.core.session import Session
from twsbridge_server.core.settings import CoreSettings
from twsbridge_server.core.storage import Storage

RECENT_NOTICES = 20


class Overview:
    """Reads the other objects of the core; changes nothing."""

    def __init__(
        self, settings: CoreSettings, sequencer: Sequencer, session: Session, known_clients: KnownClients
    ) -> None:
        self._settings = settings
        self._sequencer = sequencer
        self._session = session
        self._known_clients = known_clients
        self.started_us = 0

    def look_at(self, orders: Orders, lines: Lines, accounts: Accounts, limits: PreTrade) -> None:
        """What there is to look at."""
        self._orders = orders
        self._lines = lines
        self._accounts = accounts
        self._limits = limits

    def look_out(self, notices: NoticeBoard, breaks: Breaks, storage: Storage, dead_man: DeadMan) -> None:
        """What somebody may have to see to."""
        self._notices = notices
        self._storage = storage
        self._breaks = breaks
        self._dead_man = dead_man

    def status(self, asked: CommandReceived, command: commands.GetStatus, now: int) -> list[Effect]:
        """The bridge and TWS at a glance; answered in every state."""
        reaches = asked.client.rights.reaches
        statuses = [record.state.status for record in self._orders if reaches(record.state.order.account)]
        state, reason = shown(self._session)
        status = Status(
            state=state,
            reason=reason,
            version=self._settings.version,
            uptime_s=(now - self.started_us) // 1_000_000,
            accounts=[account for account in self._session.accounts if reaches(account)],
            tws=self._tws(),
            heads=asked.client.rights.readable(self._sequencer.heads()),
            lines=self._lines.rows(asked.client),
            lines_in_use=len(self._lines),
            working_orders=sum(status in WORKING for status in statuses),
            unknown_orders=statuses.count(UNKNOWN),
            notices=self._notices.latest(RECENT_NOTICES, asked.client.rights),
            journal=self._storage.status(),
            breaks=[each for each in self._breaks.rows() if reaches(each.account)],
            halts=self._limits.halts(),
            limits_fault=self._limits.fault,
            keys_fault=self._known_clients.fault,
            owners=self._dead_man.rows(asked.client, now),
            conditions=self._session.conditions.rows(),
        )
        return [answer(asked, status)]

    def snapshot(self, asked: CommandReceived, command: commands.GetSnapshot, now: int) -> list[Effect]:
        """Orders, positions and values of one account, with the heads that they include."""
        account = command.account
        known = {record.state.order.account for record in self._orders} | {*self._session.accounts}
        if account not in known:
            return [refuse(asked, "auth.account", f"{account!r} is not an account of this login")]
        streams = (topics.orders(account), topics.account(account), topics.SYSTEM)
        rows: list[OrderState] = [r.state for r in self._orders if r.state.order.account == account]
        snapshot = Snapshot(
            epoch=self._sequencer.epoch,
            as_of={stream: self._sequencer.head(stream)[1] for stream in streams},
            orders=rows,
            positions=self._accounts.positions(account),
            values=self._accounts.values(account),
        )
        return [answer(asked, snapshot)]

    def _tws(self) -> TwsStatus:
        session = self._session
        return TwsStatus(
            endpoint=self._settings.tws_endpoint,
            client_id=session.client_id,
            server_version=session.server_version,
            connection_time=session.connection_time,
            mode=session.mode,
            read_only=session.read_only if session.is_up else None,
            next_order_id=self._orders.next_order_id,
            farms=session.farms,
        )
