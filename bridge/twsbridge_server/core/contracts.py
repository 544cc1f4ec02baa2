"""Contracts: what matches a description, and the one contract that a quote or a chart is about."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from twsbridge.protocol.commands import GetContractDetails, OpenQuote
from twsbridge.protocol.errors import WireError, make_error
from twsbridge.protocol.models import Contract, ContractDetails
from twsbridge.protocol.replies import ContractMatches, QuoteLine
from twsbridge.protocol.streams import stream_topic
from twsbridge_server.core.answers import answer, fail
from twsbridge_server.core.calls import ReqContractDetails
from twsbridge_server.core.calm import Calm
from twsbridge_server.core.contract_cache import ContractCache, Matches
from twsbridge_server.core.effects import Effect
from twsbridge_server.core.inputs import CommandReceived
from twsbridge_server.core.requests import RequestKind, Requests
from twsbridge_server.core.settings import CoreSettings

SMART = "SMART"
MAX_CANDIDATES = 20

CANDIDATE_FIELDS = {
    "con_id", "symbol", "sec_type", "last_trade_date", "strike", "right", "exchange", "primary_exchange", "currency",
    "local_symbol", "multiplier", "trading_class",
}  # fmt: skip

OneMatch = Callable[[ContractDetails | WireError, int], list[Effect]]


class Contracts:
    """Asks TWS for contract details, once for all who ask the same, unless the cache knows them."""

    def __init__(self, settings: CoreSettings, requests: Requests, calm: Calm) -> None:
        self._requests = requests
        self._cache = ContractCache(calm)
        self.troubled = calm.troubled
        self._kind = RequestKind(settings.request_timeout_us, finish=_some)

    def details(self, asked: CommandReceived, command: GetContractDetails, now: int) -> list[Effect]:
        """Everything that matches, as TWS has it today."""
        return self._ask(command.contract, partial(_reply_matches, asked), now)

    def open_quote(self, asked: CommandReceived, command: OpenQuote, now: int) -> list[Effect]:
        """The market data topic of a contract; req.invalid with the candidates when there are several."""
        return self.resolve(command.contract, partial(_reply_quote, asked), now)

    def resolve(self, contract: Contract, then: OneMatch, now: int) -> list[Effect]:
        """Give `then` the one contract meant, with the exchange asked for, else SMART where it is traded there."""
        return self._ask(contract, partial(self._found, contract, then), now)

    def line_contract(self, con_id: int, exchange: str) -> Contract:
        """What to ask market data for: the whole contract when it is known, else id and exchange, which is enough."""
        known = self._cache.contract(con_id) or Contract(con_id=con_id)
        return known.model_copy(update={"exchange": exchange})

    def described(self, contract: Contract) -> Contract:
        """The whole contract when only its id is given and it is known, else what is given."""
        known = self._cache.contract(contract.con_id) if contract.con_id and not contract.sec_type else None
        return known or contract

    def price_magnifier(self, contract: Contract) -> int:
        """By what prices of the contract are divided to be in its currency; 1 where its details were never asked."""
        return self._cache.price_magnifier(contract.con_id)

    def _ask(self, contract: Contract, then: Callable[[Matches, int], list[Effect]], now: int) -> list[Effect]:
        kept = self._cache.answer(contract, now)
        if kept is not None:
            return then(kept, now)
        told = partial(self._told, contract, then)
        return self._requests.ask(self._kind, ReqContractDetails(0, contract), told, now)

    def _told(
        self, asked: Contract, then: Callable[[Matches, int], list[Effect]], matches: Matches, now: int
    ) -> list[Effect]:
        self._cache.told(asked, matches, now)
        return then(matches, now)

    def _found(self, asked: Contract, then: OneMatch, matches: Matches, now: int) -> list[Effect]:
        match = matches if isinstance(matches, WireError) else one_match(asked, matches)
        if not isinstance(match, WireError):
            self._cache.met(match.contract, match.price_magnifier)
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
        "req.ambiguous",
        f"{len(rows)} contracts match {asked!r}",
        field="contract",
        details={"candidates": rows[:MAX_CANDIDATES]},
    )


def _some(matches: list[ContractDetails]) -> Matches:
    return matches or make_error("tws.not_found", "TWS lists no contract that matches")


def _reply_matches(asked: CommandReceived, matches: Matches, now: int) -> list[Effect]:
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
