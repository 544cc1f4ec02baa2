"""Models as flat records, for tables and DataFrames: readable times, contracts in one word, nothing nested."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from twsbridge.notation import contract_text
from twsbridge.protocol.fields import WireModel, decimal_text
from twsbridge.protocol.models import Commission, Contract, Order, Reason
from twsbridge.times import to_datetime

Record = dict[str, Any]

TABLE_COLUMNS: dict[str, tuple[str, ...]] = {
    "AccountValue": ("account", "tag", "value", "currency"),
    "Book": ("account", "owner", "strategy", "contract", "position", "avg_cost", "realized_pnl", "commissions"),
    "Position": ("account", "contract", "position", "avg_cost"),
    "OrderState": (
        "order_id", "contract", "action", "quantity", "order_type", "limit_price", "stop_price", "tif", "status",
        "filled", "remaining", "avg_fill_price", "reason", "owner", "client_order_id",
    ),
    "Execution": ("time", "account", "side", "shares", "contract", "price", "order_id", "owner", "exec_id"),
    "Fill": ("time", "account", "action", "shares", "contract", "price", "order_id", "owner", "commission", "exec_id"),
    "ContractDetails": ("con_id", "contract", "long_name", "local_symbol", "primary_exchange", "min_tick"),
    "Notice": ("time", "tws_code", "text", "id"),
}  # fmt: skip


def record(row: WireModel) -> Record:
    """The fields of a row, those of its contract and order among them. Instants are UTC datetimes, unknown is None."""
    flat: Record = {}
    for name in type(row).model_fields:
        flat |= _flattened(name, getattr(row, name))
    if (action := getattr(row, "action", None)) is not None:
        flat["action"] = action
    return flat


def _flattened(name: str, value: Any) -> Record:
    if isinstance(value, Contract):
        parts = {part: getattr(value, part) for part in type(value).model_fields if part != "include_expired"}
        return {"contract": contract_text(value), **parts}
    if isinstance(value, Order):
        return {part: getattr(value, part) for part in type(value).model_fields}
    if isinstance(value, Reason):
        return {name: f"{value.tws_code} {value.text}"}
    if isinstance(value, Commission):
        return {
            "commission": value.commission,
            "commission_currency": value.currency,
            "realized_pnl": value.realized_pnl,
        }
    if isinstance(value, dict):
        return {name: ", ".join(f"{cell(amount)} {currency}" for currency, amount in value.items())}
    if name.endswith("_us"):
        return {name.removesuffix("_us"): to_datetime(value) if value else None}
    return {name: value}


def table_columns(kind: str, records: list[Record]) -> list[str]:
    """The columns worth showing: those chosen for this kind of row, without those that are empty everywhere."""
    wanted: Iterable[str] = TABLE_COLUMNS.get(kind) or (records[0] if records else ())
    return [name for name in wanted if any(one.get(name) not in (None, "") for one in records)]


def cell(value: Any) -> str:
    """A value as people read it; nothing for what is not known."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, float):
        return f"{value:.10g}"
    if hasattr(value, "astimezone"):
        return f"{value.astimezone():%Y-%m-%d %H:%M:%S}"
    return str(value)
