"""Contracts: what matches a description, and the one contract that a quote or a chart is about.

TWS answers "no such contract" also when its own connection is broken, so only matches are ever kept.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from twsbridge.protocol.commands import GetContractDetails, OpenQuote
from twsbridge.protocol.errors import WireError, make_error
from twsbridge.protocol.models import Contract, ContractDetails
from twsbridge.protocol.replies import ContractMatches, QuoteLine
from twsbridge.protocol.streams import stream_topic
from twsbridge_server.core.answers import answer, fail
from twsbridge_server.core.calls import ReqContractDetails
from twsbridge_server.core.effects import Effect
from twsbridge_server.core.inputs import CommandReceived
from twsbridge_server.core.requests import RequestKind, Requests
from twsbridge_server.core.settings import CoreSettings

SMART = "SMART"
KEEP_US = 12 * 3600 * 1_000_000
"""A match is asked for again after this time: continuous futures roll, names change."""

MAX_KEPT = 4096
MAX_CANDIDATES = 20

CANDIDATE_FIELDS = {
    "con_id", "symbol", "sec_type", "last_trade_date", "strike", "right", "exchange", "primary_exchange", "currency",
    "local_symbol",
}  # fmt: skip

Key = TypeVar("Key")
Value = TypeVar("Value")
OneMatch = Callable[[ContractDetails | WireError, int], list[Effect]]


class Contracts:
    """Asks TWS for contract details, and remembers what was resolved to one contract."""

    def __init__(self, settings: CoreSettings, requests: Requests) -> None:
        self._requests = requests
        self._kind = RequestKind(settings.request_timeout_us, finish=_some)
        self._resolved: dict[Contract, tuple[int, ContractDetails]] = {}
        self._by_con_id: dict[int, Contract] = {}

    def details(self, asked: CommandReceived, command: GetContractDetails, now: int) -> list[Effect]:
        """Everything that matches, always as TWS has it now."""
        return self._ask(command.contract, partial(_reply_matches, asked), now)

    def open_quote(self, asked: CommandReceived, command: OpenQuote, now: int) -> list[Effect]:
        """The market data topic of a contract; req.invalid with the candidates when there are several."""
        return self.resolve(command.contract, partial(_reply_quote, asked), now)

    def resolve(self, contract: Contract, then: OneMatch, now: int) -> list[Effect]:
        """Give `then` the one contract meant, with the exchange asked for, else SMART where it is traded there."""
        kept = self._resolved.get(contract)
        if kept and now - kept[0] < KEEP_US:
            return then(kept[1], now)
        return self._ask(contract, partial(self._found, contract, then), now)

    def line_contract(self, con_id: int, exchange: str) -> Contract:
        """What to ask market data for: the whole contract when it is known, else id and exchange, which is enough."""
        known = self._by_con_id.get(con_id, Contract(con_id=con_id))
        return known.model_copy(update={"exchange": exchange})

    def described(self, contract: Contract) -> Contract:
        """The whole contract when only its id is given and it is known, else what is given."""
        known = self._by_con_id.get(contract.con_id) if contract.con_id and not contract.sec_type else None
        return known or contract

    def _ask(self, contract: Contract, then: Callable[[Any, int], list[Effect]], now: int) -> list[Effect]:
        return self._requests.ask(self._kind, ReqContractDetails(0, contract), then, now)

    def _found(
        self, asked: Contract, then: OneMatch, matches: list[ContractDetails] | WireError, now: int
    ) -> list[Effect]:
        match = matches if isinstance(matches, WireError) else one_match(asked, matches)
        if not isinstance(match, WireError):
            _keep(self._resolved, asked, (now, match))
            _keep(self._by_con_id, match.contract.con_id, match.contract)
        return then(match, now)


def one_match(asked: Contract, matches: list[ContractDetails]) -> ContractDetails | WireError:
    """The contract that is meant, or the candidates. TWS lists one contract once for each exchange that has it."""
    if len({match.contract.con_id for match in matches}) > 1:
        return _ambiguous(asked, matches)
    wanted = asked.exchange or SMART
    match = next((match for match in matches if match.contract.exchange == wanted), matches[0])
    exchange = wanted if asked.exchange or match.contract.sec_type == "STK" else match.contract.exchange
    given = {"exchange": exchange, "include_expired": asked.include_expired}
    return match.model_copy(update={"contract": match.contract.model_copy(update=given)})


def _ambiguous(asked: Contract, matches: list[ContractDetails]) -> WireError:
    rows = [match.contract.model_dump(include=CANDIDATE_FIELDS, exclude_defaults=True) for match in matches]
    return make_error(
        "req.invalid",
        f"{len(rows)} contracts match {asked!r}",
        do="Add what tells them apart: con_id, currency, primary_exchange, last_trade_date, strike, right.",
        field="contract",
        details={"candidates": rows[:MAX_CANDIDATES]},
    )


def _some(matches: list[ContractDetails]) -> list[ContractDetails] | WireError:
    return matches or make_error("tws.not_found", "TWS lists no contract that matches")


def _reply_matches(asked: CommandReceived, matches: list[ContractDetails] | WireError, now: int) -> list[Effect]:
    if isinstance(matches, WireError):
        return [fail(asked, matches)]
    return [answer(asked, ContractMatches(rows=matches))]


def _reply_quote(asked: CommandReceived, match: ContractDetails | WireError, now: int) -> list[Effect]:
    if isinstance(match, WireError):
        return [fail(asked, match)]
    contract = match.contract
    try:
        topic = stream_topic("md", f"{contract.con_id}@{contract.exchange}")
    except ValueError as error:
        return [fail(asked, make_error("req.invalid", f"It cannot be subscribed to: {error}", field="contract"))]
    return [answer(asked, QuoteLine(topic=topic, contract=contract, min_tick=match.min_tick or None))]


def _keep(kept: dict[Key, Value], key: Key, value: Value) -> None:
    """Remember it, and forget the oldest when there are too many."""
    if key not in kept and len(kept) >= MAX_KEPT:
        del kept[next(iter(kept))]
    kept[key] = value
