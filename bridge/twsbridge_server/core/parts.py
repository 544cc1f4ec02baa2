"""The objects that make up the core, and how they know one another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from twsbridge_server.core.accounts import Accounts
from twsbridge_server.core.admission import Admission
from twsbridge_server.core.answers import RequestIds
from twsbridge_server.core.audit import Audit
from twsbridge_server.core.baselines import Baselines
from twsbridge_server.core.books.books import Books
from twsbridge_server.core.books.streams import BookStreams
from twsbridge_server.core.breaks import Breaks
from twsbridge_server.core.calm import Calm
from twsbridge_server.core.client_sessions import ClientSessions
from twsbridge_server.core.contracts import Contracts
from twsbridge_server.core.dead_man import DeadMan
from twsbridge_server.core.effects import Effect
from twsbridge_server.core.executions import Executions
from twsbridge_server.core.flattening import Flattening, Market, Reach
from twsbridge_server.core.halting import Halting
from twsbridge_server.core.held_orders import HeldOrders
from twsbridge_server.core.history.queue import HistoryQueue
from twsbridge_server.core.history.service import History
from twsbridge_server.core.known_clients import KnownClients
from twsbridge_server.core.leases import Leases
from twsbridge_server.core.limits.assembly import Feeds, assemble
from twsbridge_server.core.limits.pretrade import PreTrade
from twsbridge_server.core.limits.switch import Halts, KillSwitch
from twsbridge_server.core.limits.tripwires import Tripwires
from twsbridge_server.core.line_watch import LineWatch
from twsbridge_server.core.lines import Lines
from twsbridge_server.core.notice_board import NoticeBoard
from twsbridge_server.core.oddities import Known, Oddities
from twsbridge_server.core.older_copy import OlderCopy
from twsbridge_server.core.order_commands import OrderCommands
from twsbridge_server.core.order_errors import OrderErrors
from twsbridge_server.core.order_groups import OrderGroups
from twsbridge_server.core.order_resends import OrderResends
from twsbridge_server.core.order_watch import OrderWatch
from twsbridge_server.core.orders import Orders
from twsbridge_server.core.orphans import Orphans
from twsbridge_server.core.overview import Overview
from twsbridge_server.core.ownership import Ownership
from twsbridge_server.core.paces import Paces
from twsbridge_server.core.pacing import Pacing
from twsbridge_server.core.placements import Placements
from twsbridge_server.core.poison import Poison
from twsbridge_server.core.previews import Previews
from twsbridge_server.core.queries.queries import Queries
from twsbridge_server.core.reconcile import Reconcile
from twsbridge_server.core.recount import Recount
from twsbridge_server.core.requests import Requests
from twsbridge_server.core.restored import Restored
from twsbridge_server.core.sequencer import Sequencer
from twsbridge_server.core.session import Session
from twsbridge_server.core.settings import CoreSettings
from twsbridge_server.core.storage import Storage


class Timed(Protocol):
    """Something with deadlines."""

    def due(self, now: int) -> list[Effect]:
        """What is to be done by now."""

    def next_due(self) -> int | None:
        """When there will be something to do."""


@dataclass(frozen=True, slots=True)
class Parts:
    """All objects of the core."""

    sequencer: Sequencer
    session: Session
    orders: Orders
    placements: Placements
    order_commands: OrderCommands
    order_groups: OrderGroups
    order_resends: OrderResends
    order_errors: OrderErrors
    executions: Executions
    reconcile: Reconcile
    recount: Recount
    oddities: Oddities
    requests: Requests
    contracts: Contracts
    history: History
    queries: Queries
    previews: Previews
    lines: Lines
    line_watch: LineWatch
    paces: Paces
    accounts: Accounts
    book_streams: BookStreams
    notices: NoticeBoard
    pacing: Pacing
    clients: ClientSessions
    overview: Overview
    storage: Storage
    known_clients: KnownClients
    ownership: Ownership
    dead_man: DeadMan
    limits: PreTrade
    flattening: Flattening
    halting: Halting
    poison: Poison
    older_copy: OlderCopy
    tripwires: Tripwires
    audit: Audit

    @property
    def streams(self) -> tuple[Requests, Queries, Previews, Lines, Accounts]:
        """What lives on one connection to TWS and is asked for again on the next."""
        return (self.requests, self.queries, self.previews, self.lines, self.accounts)

    @property
    def waiting(self) -> tuple[History, Requests, Queries, Previews, Lines, Accounts]:
        """What waits for answers on a connection to TWS and has to hear that it is gone."""
        return (self.history, *self.streams)

    @property
    def timed(self) -> tuple[Timed, ...]:
        """What has deadlines."""
        return (
            self.session,
            self.oddities,
            self.reconcile,
            self.order_commands,
            self.placements,
            self.history,
            self.requests,
            self.queries,
            self.previews,
            self.accounts,
            self.dead_man,
            self.book_streams,
            self.paces,
            self.lines.held,
            self.flattening,
            self.halting,
            self.tripwires,
            self.audit,
        )


def build(settings: CoreSettings, restored: Restored, leases: Leases, halts: Halts) -> Parts:
    """Make all objects, each with those it depends on."""
    ids, sequencer = RequestIds(), Sequencer(restored.epoch, restored.heads, muted=bool(restored.fault))
    session, orders = Session(settings, sequencer, restored.fault), Orders(sequencer, settings.client_id, restored)
    reconcile = Reconcile(orders, ids, settings.sweep_timeout_us, settings.sweep_interval_us)
    placements, executions = Placements(orders, settings.client_id, restored), Executions(orders, sequencer, restored)
    switch, pacing = KillSwitch(halts, sequencer), Pacing(settings.messages_per_second)
    contracts, notices = Contracts(settings, requests := Requests(ids), Calm(session)), NoticeBoard(sequencer, session)
    history_queue, accounts = HistoryQueue(requests), Accounts(settings, ids, sequencer)
    lines = Lines(settings, ids, contracts, history_queue.pacing)
    limits = assemble(Feeds(orders, executions, accounts, contracts, lines), restored, switch)
    reach, market = Reach(orders, session, placements, pacing, reconcile), Market(accounts, contracts, limits.held)
    flattening, halting, older_copy = _stopping(switch, reach, market, restored)
    admission, orphans = Admission(session, orders, leases, limits), Orphans(orders, session, accounts, reconcile)
    order_commands, breaks = OrderCommands(orders, placements, admission, reconcile), Breaks(sequencer)
    _listen(orders, order_commands, OrderWatch(orders, breaks, sequencer), HeldOrders(orders, reconcile), orphans)
    known_clients, dead_man = KnownClients(), DeadMan(orders, leases, orphans, sequencer)
    overview = Overview(settings, sequencer, session, known_clients)
    overview.look_at(orders, lines, accounts, limits)
    overview.look_out(notices, breaks, storage := Storage(settings, sequencer, restored.fault), dead_man)
    recount = Recount(orders, accounts, executions.tally, breaks, Baselines(sequencer, restored))
    return Parts(
        sequencer=sequencer,
        session=session,
        orders=orders,
        placements=placements,
        order_commands=order_commands,
        order_resends=OrderResends(orders, placements, admission),
        order_groups=OrderGroups(orders, placements, admission),
        order_errors=OrderErrors(orders, order_commands.waiters, reconcile),
        executions=executions,
        reconcile=reconcile,
        recount=recount,
        oddities=Oddities(Known(orders, executions, accounts, recount, reconcile)),
        requests=requests,
        contracts=contracts,
        history=History(settings, contracts, history_queue, session),
        previews=Previews(settings, orders, admission),
        queries=Queries(settings, contracts, requests, history_queue.pacing),
        lines=lines,
        line_watch=LineWatch(settings.stale_us, lines, contracts, session),
        paces=lines.paces,
        accounts=accounts,
        book_streams=BookStreams(Books(accounts, executions, restored), lines.paces),
        notices=notices,
        pacing=pacing,
        clients=ClientSessions(settings, sequencer, session, dead_man),
        overview=overview,
        storage=storage,
        known_clients=known_clients,
        ownership=Ownership(orders, known_clients, leases),
        dead_man=dead_man,
        limits=limits,
        poison=Poison(reconcile, halting, notices, settings.most_poison),
        flattening=flattening,
        halting=halting,
        older_copy=older_copy,
        tripwires=Tripwires(limits, known_clients, halting).listen(orders, executions, breaks),
        audit=Audit(orders, settings.decided()),
    )


def _stopping(
    switch: KillSwitch, reach: Reach, market: Market, restored: Restored
) -> tuple[Flattening, Halting, OlderCopy]:
    """What carries out the kill switch."""
    flattening = Flattening(switch, reach, market)
    older_copy = OlderCopy(restored.lost, reach.session, reach.placements, switch)
    return flattening, Halting(switch, reach, flattening, older_copy), older_copy


def _listen(orders: Orders, *listeners: OrderCommands | OrderWatch | HeldOrders | Orphans) -> None:
    """In this order they hear of each change of an order."""
    orders.listeners += [each.changed for each in listeners]
