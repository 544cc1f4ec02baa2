from __future__ import annotations

from typing import get_args

import pytest

from twsbridge.protocol import queries as c
from twsbridge.protocol.command import COMMANDS
from twsbridge.protocol.models import Contract, ContractDetails
from twsbridge_server.core.queries import table
from twsbridge_server.core.queries.questions import AnyQuestion

MATCH = ContractDetails(contract=Contract(con_id=1, symbol="AAPL", sec_type="STK", exchange="SMART"))
US = 1_795_600_000_000_000


def made(command: type[c.Command]) -> c.Command:
    given = {
        c.SearchContracts: {"pattern": "x"}, c.GetMarketRule: {"market_rule_id": 1},
        c.GetSmartComponents: {"bbo_exchange": "a"}, c.GetHistoricalTicks: {"end_us": US},
        c.GetImpliedVolatility: {"option_price": 1.0, "under_price": 1.0},
        c.GetOptionPrice: {"volatility": 0.1, "under_price": 1.0}, c.ListHeadlines: {"provider_codes": "A"},
        c.GetNewsArticle: {"provider_code": "A", "article_id": "B"}, c.GetWshEvents: {"con_id": 1},
        c.GetAdvisorDocument: {"document": "groups"},
        c.ReplaceAdvisorDocument: {"document": "aliases", "xml": ["<", ">"]},
    }.get(command, {})  # fmt: skip
    contract = {"contract": Contract(symbol="AAPL")} if "contract" in command.model_fields else {}
    return command(**contract, **given)


def test_every_question_of_the_protocol_has_a_row_and_every_row_a_question_of_its_own() -> None:
    assert set(table.QUERIES) == {model for model in COMMANDS.values() if model.__module__ == c.__name__}
    asked = {type(query.ask(made(command), MATCH)) for command, query in table.QUERIES.items()}
    assert asked == set(get_args(AnyQuestion))


def test_what_is_told_for_chains_on_futures() -> None:
    future = ContractDetails(contract=Contract(con_id=2, symbol="ES", sec_type="FUT", exchange="CME"))
    ask = table.QUERIES[c.GetOptionChains].ask
    assert ask(c.GetOptionChains(contract=Contract()), future) == table.q.OptionParameters(0, "ES", "CME", "FUT", 2)
    assert ask(c.GetOptionChains(contract=Contract()), MATCH) == table.q.OptionParameters(0, "AAPL", "", "STK", 1)


def test_times() -> None:
    assert (table.text_of(US), table.text_of(None)) == ("20261125-09:46:40", "")
    assert (table.news_time(US), table.news_time(None)) == ("2026-11-25 09:46:40.0", "")


@pytest.mark.parametrize(
    ("code", "text", "is_nothing"),
    [(162, "query returned no data", True), (162, "pacing violation", False), (200, "no data", False)],
)
def test_an_error_that_only_says_that_there_is_nothing(code: int, text: str, is_nothing: bool) -> None:
    assert (table.refusal(code, text) is None) is is_nothing
