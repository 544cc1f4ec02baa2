"""reqMarketRule: the price increments behind the market rule ids of contract details."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from twssim.answers import Answer
from twssim.family import Asked, Body, Family, Told
from twssim.requests import Request
from twssim.wire import message

if TYPE_CHECKING:
    from twssim.session import Session

MARKET_RULE = 93
RULES: dict[int, dict[str, str]] = {
    26: {"0": "0.01"},
    32: {"0": "0.01", "3": "0.05"},
    67: {"0": "0.25"},
    109: {"0": "0.05", "3": "0.1"},
    110: {"0": "0.01"},
    239: {"0": "0.00005"},
    240: {"0": "0.005"},
    3120: {"0": "0.0002"},
    3121: {"0": "0.02"},
}
"""Rule id -> from which price on (low edge) which increment holds."""


@dataclass(frozen=True, slots=True)
class RequestMarketRule(Request):
    """reqMarketRule; it has no request id."""

    rule_id: int


@dataclass(frozen=True, slots=True)
class MarketRule(Answer):
    """The increments of one rule: pairs of low edge and increment."""

    rule_id: int
    increments: tuple[tuple[Decimal, Decimal], ...]


def _answer(session: Session, request: RequestMarketRule) -> None:
    rule = RULES.get(request.rule_id)
    if rule is None:
        session.invalid(-1, f"Invalid market rule id: {request.rule_id}")
        return
    increments = tuple((Decimal(edge), Decimal(increment)) for edge, increment in rule.items())
    session.send(MarketRule(request.rule_id, increments))


def _text(answer: MarketRule, version: int) -> bytes:
    edges = [value for pair in answer.increments for value in pair]
    return message(MARKET_RULE, answer.rule_id, len(answer.increments), *edges)


def _body(answer: MarketRule) -> Body:
    edges = [{"lowEdge": edge, "increment": increment} for edge, increment in answer.increments]
    return Body(MARKET_RULE, "MarketRule", {"marketRuleId": answer.rule_id, "priceIncrements": edges})


FAMILY = Family(
    asked=(
        Asked(
            91,
            RequestMarketRule,
            lambda fields, version: RequestMarketRule(fields.integer()),
            lambda m: RequestMarketRule(m.marketRuleId),
            _answer,
        ),
    ),
    told=(Told(MarketRule, 212, _text, _body),),
)
