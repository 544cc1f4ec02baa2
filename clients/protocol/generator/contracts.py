"""Contracts as text: what a text means, the text that is written for it, and texts that mean nothing."""

from __future__ import annotations

from typing import Any

from twsbridge.notation import FORMS, format_contract, parse_contract
from twsbridge.protocol.contract import ComboLeg, Contract

TEXTS = (
    *FORMS, "AAPL@SMART/USD", "CSH2@LSE/GBP", "csh2@lse/gbp", "CSH2/GBP", "BRK B", "7203@TSEJ/JPY", "AAPL@SMART:nasdaq",
    "eur.usd", "EUR.USD@SMART", "stk:ABC.DEF", "ES 202612", "ES 20261218@CME/USD", "SI 202612*5000@COMEX",
    "DAX 202612*5=FDXM@EUREX/EUR", "/ESZ6", "/ESZ6 C6000@CME", "AAPL261218C00200000", "AAPL 261218P00192500",
    "SPX   261218C05000000=SPXW", "ODAX  261218P15000000*5@EUREX/EUR", "opt:AAPL 202612 C190.1234",
    "conid:265598@NASDAQ", "CONID:265598@smart", "bond:912828C57", "cfd:IBUS500",
    "cmdty:XAUUSD@SMART/USD", "ES 20261218 P5999.5*50@CME/USD",
)  # fmt: skip
NONSENSE = (
    "", "  ", "@LSE", "A@B@C", "AAPL/DOLLAR", "conid:0", "conid:x", "AAPL@", "AAPL:NASDAQ", "bag:AAPL", "cash:EUR",
    "AAPL*", "AAPL=", "ES 202612 C", "Société", "/", "A  B", "AAPL@SMART:/USD",
)  # fmt: skip
WORDLESS = (
    Contract(),
    Contract(symbol="AAPL"),
    Contract(con_id=265598, symbol="AAPL"),
    Contract(symbol="AAPL", sec_type="STK"),
    Contract(symbol="ABC 202612", sec_type="STK", exchange="SMART", currency="USD"),
    Contract(symbol="AAPL", sec_type="STK", exchange="SMART", currency="USD", include_expired=True),
    Contract(
        symbol="AAPL",
        sec_type="BAG",
        exchange="SMART",
        currency="USD",
        combo_legs=(ComboLeg(con_id=1, ratio=1, action="BUY"),),
    ),
    Contract(symbol="AAPL", sec_type="OPT", last_trade_date="20261218", strike=0.0000001, right="C", exchange="SMART"),
)


def vectors() -> list[dict[str, Any]]:
    """`contract` null: the text is refused; `text` null: the contract has none. `written`: what a client writes."""
    read = [{"text": text, "contract": _plain(parse_contract(text)), "written": _written(text)} for text in TEXTS]
    refused = [{"text": text, "contract": None, "written": None} for text in NONSENSE]
    return [*read, *refused, *({"text": None, "contract": _plain(each), "written": None} for each in WORDLESS)]


def _plain(contract: Contract) -> dict[str, Any]:
    return contract.model_dump(mode="json", exclude_defaults=True)


def _written(text: str) -> str:
    return format_contract(parse_contract(text))
