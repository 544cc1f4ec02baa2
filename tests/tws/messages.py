"""Messages of TWS, made by hand: text of any server version, protobuf from 201 on."""

from __future__ import annotations

from typing import Any

from google.protobuf.message import Message


def text_message(version: int, message_id: int, *fields: object) -> bytes:
    """A payload of the text era, or of the mixed one with its raw message id."""
    body = b"".join(_field(field) for field in fields)
    return (_field(message_id) if version < 201 else message_id.to_bytes(4, "big")) + body


def proto_message(message_id: int, message: Message) -> bytes:
    """A payload with a protobuf message."""
    return (message_id + 200).to_bytes(4, "big") + message.SerializeToString()


def fields_of(payload: bytes) -> list[str]:
    """The fields of a text payload, its message id included."""
    assert payload.endswith(b"\0"), payload
    return payload[:-1].decode("ascii").split("\0")


def execution_fields(version: int, **changes: Any) -> list[object]:
    """The fields of EXECUTION_DATA (11) of one bought lot, in TWS's order."""
    fields: dict[str, object] = {
        "req_id": -1, "order_id": 7, "con_id": 265598, "symbol": "AAPL", "sec_type": "STK", "last_trade_date": "",
        "strike": "0.0", "right": "?", "multiplier": "", "exchange": "ISLAND", "currency": "USD",
        "local_symbol": "AAPL", "trading_class": "NMS", "exec_id": "0000e0d5.69dd7411.01.01",
        "time": "20260413 15:27:04 US/Eastern", "account": "DU1234567", "place": "ISLAND", "side": "BOT",
        "shares": "100", "price": "190.25", "perm_id": 1234567890, "client_id": 1, "liquidation": 0,
        "cum_qty": "100", "avg_price": "190.25", "order_ref": "B1KEY", "ev_rule": "", "ev_multiplier": "",
        "model_code": "", "last_liquidity": 2,
    }  # fmt: skip
    if version >= 178:
        fields["pending_price_revision"] = 0
    if version >= 198:
        fields["submitter"] = ""
    assert changes.keys() <= fields.keys()
    return list((fields | changes).values())


def _field(value: object) -> bytes:
    return (value if isinstance(value, bytes) else str(value).encode()) + b"\0"
