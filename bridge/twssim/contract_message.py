"""Contracts in protobuf messages: read from one, and described as the fields of one."""

from __future__ import annotations

from typing import Any

from twssim.contracts import ContractQuery, Instrument
from twssim.wire import number, text


def read_contract(contract: Any) -> ContractQuery:
    """What the client asked for; absent fields match everything."""
    return ContractQuery(
        con_id=contract.conId,
        symbol=contract.symbol,
        sec_type=contract.secType,
        last_trade_date=contract.lastTradeDateOrContractMonth,
        strike=number(text(contract.strike)) or None,
        right="" if contract.right in ("0", "?") else contract.right,
        multiplier=text(contract.multiplier) if contract.multiplier else "",
        exchange=contract.exchange,
        primary_exchange=contract.primaryExch,
        currency=contract.currency,
        local_symbol=contract.localSymbol,
        trading_class=contract.tradingClass,
        include_expired=contract.includeExpired,
    )


def contract_fields(instrument: Instrument, exchange: str) -> dict[str, Any]:
    """The contract of an answer, on the exchange that this kind of answer shows."""
    return {
        "conId": instrument.con_id,
        "symbol": instrument.symbol,
        "secType": instrument.sec_type,
        "lastTradeDateOrContractMonth": instrument.last_trade_date,
        "strike": instrument.strike,
        "right": instrument.right,
        "multiplier": instrument.multiplier,
        "exchange": exchange,
        "currency": instrument.currency,
        "localSymbol": instrument.local_symbol,
        "tradingClass": instrument.trading_class,
    }
