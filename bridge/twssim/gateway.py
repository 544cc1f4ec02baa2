"""The simulated TWS itself: everything that all its API sessions share."""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from twssim.account import Account
from twssim.account_streams import AccountStreams
from twssim.advisor_documents import AdvisorDocuments
from twssim.api_configuration import ApiConfiguration
from twssim.calendar import Calendar
from twssim.combos import Leg, combo_quote, legs_of
from twssim.contracts import Instrument, Universe, default_universe
from twssim.dispatch import dispatch
from twssim.exchange import Exchange
from twssim.families.display_groups import DisplayGroups
from twssim.history_pacing import HistoryPacing
from twssim.ledger import Ledger, Record
from twssim.market import Market, Quote
from twssim.market_streams import MarketStreams
from twssim.message_pacing import MessagePacing
from twssim.newsroom import Newsroom
from twssim.order import Execution, Order
from twssim.order_reports import OrderReports
from twssim.orders import Orders
from twssim.pacing import Pacing
from twssim.requests import Request
from twssim.restore import restore
from twssim.scheduler import Scheduler
from twssim.session import Session
from twssim.settings import Settings
from twssim.tampering import Tampering

MOST_SESSIONS = 32
LINES_PER_MESSAGE = 2
"""A client may send half as many messages in a second as there are market data lines."""
QUARTER = 0.25
"""The market changes at quarters of a second."""


class Gateway:
    """Accounts, orders, market and sessions; pure, time comes in through `advance`."""

    def __init__(
        self,
        settings: Settings,
        now: float,
        records: list[Record] | None = None,
        universe: Universe | None = None,
    ) -> None:
        """Start at `now`, or carry on from the records of an earlier run's ledger."""
        self.settings = settings
        self.scheduler = Scheduler(now)
        self.universe = universe or default_universe(datetime.fromtimestamp(now, UTC).date())
        self.calendar = Calendar(settings.calendar)
        self.market = Market(self.universe, settings.seed, self.calendar)
        self.ledger = Ledger(records, lambda: self.now)
        self.accounts = {
            name: Account(name, settings.currency, {settings.currency: settings.cash}) for name in settings.accounts
        }
        self.orders = Orders(settings.seed)
        self.sessions: list[Session] = []
        self.new_session: Callable[[Gateway], Session | None] = Session
        """What serves a new connection."""
        self.tampering = Tampering()
        self.pacing = Pacing(self.scheduler)
        self.message_pacing = MessagePacing(settings.market_data_lines // LINES_PER_MESSAGE)
        self.history_pacing = HistoryPacing(self.scheduler, settings.historical_in_ten_minutes)
        self.newsroom = Newsroom(self.universe, settings.seed)
        self.display_groups = DisplayGroups()
        self.configuration = ApiConfiguration(self)
        self.advisor = AdvisorDocuments(settings.accounts) if settings.advisor else None
        self.reports = OrderReports(self)
        self.exchange = Exchange(self, self.reports)
        self.market_streams = MarketStreams(self)
        self.account_streams = AccountStreams(self)
        letters = random.Random(settings.seed)
        self.error_class = "".join(letters.choice(string.ascii_letters) for _ in range(2))
        restore(self, records or [])
        self.ledger.append(
            "started",
            accounts=list(settings.accounts),
            currency=settings.currency,
            cash=settings.cash,
        )
        self.exchange.resume()

    @property
    def now(self) -> float:
        """Current simulated time, epoch seconds UTC."""
        return self.scheduler.now

    def instrument_of(self, execution: Execution) -> Instrument:
        """What was traded: the order's own instrument, or a leg of its combination."""
        instrument = self.orders.by_perm_id(execution.perm_id).instrument
        leg = None if instrument.con_id == execution.con_id else self.universe.by_con_id(execution.con_id)
        return leg or instrument

    def begin_day(self, account: str, instrument: Instrument, now: float) -> None:
        """Have a position count its daily P&L from the session of this moment; call it before each trade."""
        self.accounts[account].position(instrument).begin_day(self.calendar.session_date(instrument, now))

    def legs(self, order: Order) -> tuple[Leg, ...]:
        """The legs of a combination, () for every other order."""
        return legs_of(self.universe, order.terms.combo_legs)

    def quote(self, order: Order) -> Quote:
        """The market of what an order trades, at this moment."""
        legs = self.legs(order)
        if legs:
            return combo_quote(self.market, legs, self.now)
        return self.market.quote(order.instrument.con_id, self.now)

    def traded(self, order: Order) -> int:
        """What others have traded of an order's instrument since the last look; nothing of a combination."""
        if order.terms.combo_legs:
            return 0
        volume = self.market.listing(order.instrument.con_id).volume
        return volume.traded(self.now - self.settings.look_interval + QUARTER, self.now)

    def advance(self, now: float) -> None:
        """Let everything happen that is due until `now`."""
        self.scheduler.advance(now)

    def open_session(self) -> Session | None:
        """A new API connection, None when TWS has no room for another."""
        if len(self.sessions) >= MOST_SESSIONS:
            return None
        session = self.new_session(self)
        if session is not None:
            self.sessions.append(session)
        return session

    def dispatch(self, session: Session, payload: bytes) -> None:
        """Answer one request of a session."""
        dispatch(session, payload)

    def paced(self, session: Session, request: Request, answer: Callable[[], None]) -> None:
        """Have a request answered as the rate of messages allows."""
        if self.settings.message_pacing and self.settings.speed:
            self.message_pacing.ask(session, request, answer)
        else:
            answer()

    def claim(self, session: Session, client_id: int) -> bool:
        """Give a session its client id; False when another session has it."""
        taken = any(other.started and other.client_id == client_id for other in self.sessions)
        if taken or client_id in self.tampering.busy:
            return False
        session.client_id, session.started = client_id, True
        self.ledger.append("session", client_id=client_id, state="opened")
        return True

    def forget(self, session: Session) -> None:
        """Drop a session with everything it subscribed to; its orders go on."""
        if session not in self.sessions:
            return
        self.sessions.remove(session)
        self.message_pacing.forget(session)
        self.market_streams.close_all(session)
        session.subscriptions.close()
        if session.started:
            self.ledger.append("session", client_id=session.client_id, state="closed")

    def listeners(self, client_id: int) -> Iterator[Session]:
        """The sessions that hear about the orders of a client: its own and the master's."""
        wanted = {client_id, self.settings.master_client_id}
        return (each for each in self.sessions if each.started and each.client_id in wanted)
