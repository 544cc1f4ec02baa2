"""What the tests of all families share: a client that has been greeted, and contracts."""

from __future__ import annotations

from typing import Any

from ibapi.contract import Contract

from tests.twssim.official import OfficialClient, gateway, of


def ready(**settings: Any) -> OfficialClient:
    """A client of a simulator with these settings; the greeting is over."""
    client = OfficialClient(gateway(**settings))
    client.after(1.0)
    return client


def currency_pair(base: str = "EUR", quote: str = "USD") -> Contract:
    contract = Contract()
    contract.symbol, contract.secType, contract.currency, contract.exchange = base, "CASH", quote, "IDEALPRO"
    return contract


def by_id(con_id: int, exchange: str = "") -> Contract:
    contract = Contract()
    contract.conId, contract.exchange = con_id, exchange
    return contract


def an_option(client: OfficialClient, symbol: str = "AAPL", right: str = "C") -> Contract:
    """The contract of an option at the money."""
    options = [each for each in client.tws.universe if (each.sec_type, each.symbol) == ("OPT", symbol)]
    chosen = [each for each in options if each.right == right][4:5]
    return by_id(chosen[0].con_id, "SMART")


def texts(events: list[tuple[str, tuple[Any, ...]]]) -> list[str]:
    """The texts of errors and notices."""
    return [str(arguments[3]) for arguments in of(events, "error")]
