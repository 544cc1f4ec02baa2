"""Account values and positions: one subscription of each for all clients, kept as state, published when they change."""

from __future__ import annotations

from collections.abc import Callable

from twsbridge.protocol import topics
from twsbridge.protocol.commands import GetAccountSummary, ListPositions
from twsbridge.protocol.errors import WireError
from twsbridge.protocol.events import AccountValueChanged, PositionChanged
from twsbridge.protocol.models import AccountValue, Position
from twsbridge.protocol.replies import AccountValues, Positions
from twsbridge_server.core import tws_errors
from twsbridge_server.core.answers import RequestIds, answer, fail, refuse
from twsbridge_server.core.calls import ReqAccountSummary, ReqPositions
from twsbridge_server.core.effects import CallTws, Effect, Log
from twsbridge_server.core.exchange_rates import ALL_ACCOUNTS, ExchangeRates
from twsbridge_server.core.first_image import FirstImage
from twsbridge_server.core.holdings import Holdings
from twsbridge_server.core.inputs import (
    AccountSummaryEnd,
    AccountSummaryRow,
    CommandReceived,
    PositionEnd,
    PositionRow,
    TwsErrorReceived,
)
from twsbridge_server.core.notices import Kind, classify
from twsbridge_server.core.sequencer import Sequencer
from twsbridge_server.core.settings import CoreSettings

TAGS = (
    "AccountType NetLiquidation TotalCashValue SettledCash AccruedCash BuyingPower EquityWithLoanValue "
    "PreviousDayEquityWithLoanValue GrossPositionValue ReqTEquity ReqTMargin SMA InitMarginReq MaintMarginReq "
    "AvailableFunds ExcessLiquidity Cushion FullInitMarginReq FullMaintMarginReq FullAvailableFunds "
    "FullExcessLiquidity LookAheadNextChange LookAheadInitMarginReq LookAheadMaintMarginReq LookAheadAvailableFunds "
    "LookAheadExcessLiquidity HighestSeverity DayTradesRemaining Leverage"
).split()
"""Every tag of an account summary but $LEDGER, of which only the exchange rates are used.

Its rows name no account when the login has several, and some of its tags are those of a summary.
"""

BASE_TAG = "NetLiquidation"
"""Is in the base currency of its account."""


class Accounts:
    """Holds the rows, answers `account.summary` and `positions.list` from them, publishes on `acct|<account>|`.

    `asked_us` is when positions were asked for last, `image_since_us` when those were that TWS gave last as a whole.
    """

    def __init__(self, settings: CoreSettings, ids: RequestIds, sequencer: Sequencer) -> None:
        self._sequencer = sequencer
        self._req_id = ids.next()
        self.exchange_rates = ExchangeRates(ids)
        self._summary = FirstImage("account summary", settings.request_timeout_us)
        self._list = FirstImage("positions", settings.request_timeout_us)
        self._patience_us = settings.request_timeout_us
        self._late_us: int | None = None
        self.asked_us = 0
        self.image_since_us = 0
        self._managed: frozenset[str] = frozenset()
        self._values: dict[tuple[str, str, str], AccountValue] = {}
        self._holdings = Holdings()
        self.on_position: list[Callable[[Position], None]] = []

    @property
    def has_positions(self) -> bool:
        """True when the image of the positions is complete and a session keeps it current."""
        return self._list.is_complete

    @property
    def names(self) -> frozenset[str]:
        """The accounts of the login, as far as they are known."""
        return self._managed

    def managed(self, accounts: tuple[str, ...]) -> None:
        """The accounts of the login: others are refused."""
        self._managed = frozenset(accounts)

    def ready(self, now: int) -> list[Effect]:
        """A new session: subscribe. The id stays the same, because TWS counts ids and allows two."""
        self._summary.begin()
        summary = ReqAccountSummary(self._req_id, ALL_ACCOUNTS, ",".join(TAGS))
        return [CallTws(summary), CallTws(self.exchange_rates.ready()), *self.ask_positions(now)]

    def ask_positions(self, now: int) -> list[Effect]:
        """Have TWS say all positions, as it does each time it is asked: what changed unseen becomes known."""
        self._list.begin()
        self._holdings.begin()
        self._late_us, self.asked_us = now + self._patience_us, now
        return [CallTws(ReqPositions())]

    def lost(self, reason: str, now: int) -> list[Effect]:
        """The session is gone; the rows stay, as what was last known."""
        self._late_us = None
        return [*self._summary.lost(reason, now), *self._list.lost(reason, now)]

    def due(self, now: int) -> list[Effect]:
        """Give up for those who have waited too long for the first rows; ask again for positions that never came."""
        again = self.ask_positions(now) if self._late_us is not None and self._late_us <= now else []
        return [*self._summary.due(now), *self._list.due(now), *again]

    def next_due(self) -> int | None:
        """When `due` has something to do."""
        dues = (self._summary.next_due(), self._list.next_due(), self._late_us)
        return min((due for due in dues if due is not None), default=None)

    def error(self, said: TwsErrorReceived, now: int) -> list[Effect] | None:
        """TWS's error for the account summary, or None when the id is another's."""
        if said.id == self.exchange_rates.req_id:
            text = f"TWS does not tell exchange rates ({said.code}: {said.text}): those of limits.toml count"
            return [] if classify(said.code, said.meant) is Kind.NOTICE else [Log("warning", text)]
        if said.id != self._req_id:
            return None
        if classify(said.code, said.meant) is Kind.NOTICE:
            return []
        return self._summary.failed(tws_errors.refusal(said.code, said.text), now)

    def summary_row(self, said: AccountSummaryRow, now: int) -> list[Effect]:
        """One value; published when it differs from the last. Those of the ledger say what currencies are worth."""
        if said.req_id == self.exchange_rates.req_id:
            self.exchange_rates.row(said)
        elif said.tag == BASE_TAG and said.currency:
            self.exchange_rates.has_base(said.account, said.currency)
        key = (said.account, said.tag, said.currency)
        known = self._values.get(key)
        if said.req_id != self._req_id or (known is not None and known.value == said.value):
            return []
        value = AccountValue(account=said.account, tag=said.tag, value=said.value, currency=said.currency)
        self._values[key] = value
        return self._sequencer.event(topics.account(said.account), AccountValueChanged(**dict(value)), now)

    def summary_end(self, said: AccountSummaryEnd, now: int) -> list[Effect]:
        """The first image of the values is complete."""
        return self._summary.complete(now) if said.req_id == self._req_id else []

    def position_row(self, said: PositionRow, now: int) -> list[Effect]:
        """One holding; published when it differs from the last. Zero means closed."""
        row = Position(account=said.account, contract=said.contract, position=said.position, avg_cost=said.avg_cost)
        return self._position_changed(row, now) if self._holdings.received(row) else []

    def position_end(self, said: PositionEnd, now: int) -> list[Effect]:
        """The first image of the holdings is complete: what it lacks was closed while nobody looked."""
        self._late_us, self.image_since_us = None, self.asked_us
        closed = [effect for row in self._holdings.complete() for effect in self._position_changed(row, now)]
        return [*closed, *self._list.complete(now)]

    def summary(self, asked: CommandReceived, command: GetAccountSummary, now: int) -> list[Effect]:
        """Answer `account.summary` as soon as the values are known; a tag that TWS does not give has no row."""

        def reply(error: WireError | None, now: int) -> list[Effect]:
            known = [row for row in self.values(command.account) if asked.client.rights.reaches(row.account)]
            rows = [row for row in known if not command.tags or row.tag in command.tags]
            return [fail(asked, error) if error else answer(asked, AccountValues(rows=rows))]

        return self._stranger(asked, command.account) or self._summary.ask(reply, now)

    def list_positions(self, asked: CommandReceived, command: ListPositions, now: int) -> list[Effect]:
        """Answer `positions.list` as soon as the holdings are known."""

        def reply(error: WireError | None, now: int) -> list[Effect]:
            rows = [row for row in self.positions(command.account) if asked.client.rights.reaches(row.account)]
            return [fail(asked, error) if error else answer(asked, Positions(rows=rows))]

        return self._stranger(asked, command.account) or self._list.ask(reply, now)

    def values(self, account: str = "") -> list[AccountValue]:
        """Account values as last known, of one account or of all."""
        return [row for row in self._values.values() if account in ("", row.account)]

    def positions(self, account: str = "") -> list[Position]:
        """Holdings as last known, of one account or of all."""
        return self._holdings.rows(account)

    def _stranger(self, asked: CommandReceived, account: str) -> list[Effect]:
        """The refusal of an account that the login does not have; empty when all is well."""
        if not account or not self._managed or account in self._managed:
            return []
        return [refuse(asked, "auth.account", f"{account!r} is not an account of this login")]

    def _position_changed(self, row: Position, now: int) -> list[Effect]:
        for hear in self.on_position:
            hear(row)
        return self._sequencer.event(topics.account(row.account), PositionChanged(**dict(row)), now)
