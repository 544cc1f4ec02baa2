"""TWS's messages as inputs of the core. A broken message is contained: it goes to the quarantine, the rest goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import ibapi.common
import ibapi.decoder
import ibapi.server_versions
from ibapi.message import IN

from twsbridge_server.core.inputs import TwsInput, TwsPoison
from twsbridge_server.tws.ticks import TextTicks, joined
from twsbridge_server.tws.wrapper import Wrapper

Quarantine = Callable[[bytes, str], None]
"""Keeps the payload of a broken message, with a sentence on what was wrong; it decides how many it keeps."""

RAW_IDS = ibapi.server_versions.MIN_SERVER_VER_PROTOBUF
PROTOBUF_OFFSET = ibapi.common.PROTOBUF_MSG_ID
ESCAPED_TEXTS = ibapi.server_versions.MIN_SERVER_VER_ENCODE_MSG_ASCII7

NAMES: dict[int, str] = {number: name for name, number in vars(IN).items() if isinstance(number, int)}
"""Message id -> IB's name of the message."""

TELLING = frozenset(
    {
        IN.ORDER_STATUS,
        IN.ERR_MSG,
        IN.OPEN_ORDER,
        IN.NEXT_VALID_ID,
        IN.CONTRACT_DATA,
        IN.EXECUTION_DATA,
        IN.MANAGED_ACCTS,
        IN.BOND_CONTRACT_DATA,
        IN.CURRENT_TIME,
        IN.CONTRACT_DATA_END,
        IN.OPEN_ORDER_END,
        IN.EXECUTION_DATA_END,
        IN.TICK_SNAPSHOT_END,
        IN.MARKET_DATA_TYPE,
        IN.COMMISSION_AND_FEES_REPORT,
        IN.POSITION_DATA,
        IN.POSITION_END,
        IN.ACCOUNT_SUMMARY,
        IN.ACCOUNT_SUMMARY_END,
        IN.COMPLETED_ORDER,
        IN.COMPLETED_ORDERS_END,
        IN.HISTORICAL_DATA_END,
    }
)
"""Messages that always say something. ibapi drops one in silence when a part of it is missing."""


class UnreadableMessage(Exception):
    """A message that ibapi would drop with a line in its log, or without one."""


class MessageDecoder:
    """Decodes the messages of one connection. `quarantine` gets what cannot be decoded."""

    def __init__(self, server_version: int, quarantine: Quarantine) -> None:
        self._wrapper = Wrapper()
        self._official: Any = _official(self._wrapper, server_version)
        self._ticks = TextTicks(is_escaped=server_version >= ESCAPED_TEXTS)
        self._split = _split_raw if server_version >= RAW_IDS else _split_text
        self._quarantine = quarantine

    def decode(self, payloads: Iterable[bytes]) -> list[TwsInput]:
        """The inputs of these messages, in order; ticks of one line are joined. The hot path of a session."""
        inputs: list[TwsInput] = []
        readers = self._ticks.by_head
        for payload in payloads:
            head, _, body = payload.partition(b"\0")
            try:
                inputs.append(readers[head](body.split(b"\0")[:-1]))
            except Exception:  # no tick, or a broken one: this tells which
                inputs += self.decode_one(payload)
        return joined(inputs)

    def decode_one(self, payload: bytes) -> list[TwsInput]:
        """The inputs of one message, or TwsPoison: a message counts whole or not at all."""
        message_id = None
        try:
            message_id, is_protobuf, body = self._split(payload)
            return self._read(message_id, is_protobuf, body)
        except Exception as error:
            self._wrapper.forget()
            return [self._poison(payload, message_id, error)]

    def _read(self, message_id: int, is_protobuf: bool, body: bytes) -> list[TwsInput]:
        if is_protobuf:
            _known(self._official.msgId2handleInfoProtoBuf, message_id)
            self._official.processProtoBuf(body, message_id)
        else:
            fields = body.split(b"\0")[:-1]
            if message_id in self._ticks:
                return [self._ticks.read(message_id, fields)]
            _check_count(_known(self._official.msgId2handleInfo, message_id), fields)
            self._official.interpret(fields, message_id)
        said = self._wrapper.taken()
        if not said and message_id in TELLING:
            raise UnreadableMessage("a part of it is missing")
        return said

    def _poison(self, payload: bytes, message_id: int | None, error: Exception) -> TwsPoison:
        """The input keeps to what was wrong with which message: only the quarantine sees its contents."""
        reason = str(error) if isinstance(error, UnreadableMessage) else type(error).__name__
        said = f"{NAMES.get(message_id or 0, 'a message')}: {reason}"
        try:
            self._quarantine(payload, f"{said} ({error})")
        except OSError as fault:
            said += f"; the quarantine could not keep it: {fault}"
        return TwsPoison(message_id, said)


def _official(wrapper: Wrapper, server_version: int) -> Any:
    untyped: Any = ibapi.decoder.Decoder
    return untyped(wrapper, server_version)


def _split_text(payload: bytes) -> tuple[int, bool, bytes]:
    """Server versions below 201: everything is text, the message id is the first field."""
    head, _, body = payload.partition(b"\0")
    return int(head), False, body


def _split_raw(payload: bytes) -> tuple[int, bool, bytes]:
    """From 201 on: the message id is 4 bytes; above 200 it stands for a protobuf message of that id less 200."""
    if len(payload) < 4:
        raise UnreadableMessage("it is shorter than a message id")
    message_id = int.from_bytes(payload[:4], "big")
    is_protobuf = message_id > PROTOBUF_OFFSET
    return message_id - PROTOBUF_OFFSET if is_protobuf else message_id, is_protobuf, payload[4:]


def _known(readers: dict[int, Any], message_id: int) -> Any:
    reader = readers.get(message_id)
    if reader is None:
        raise UnreadableMessage("the installed ibapi does not know this message")
    return reader


def _check_count(reader: Any, fields: list[bytes]) -> None:
    """ibapi matches some messages by the callback's parameters: one field each, after a version that is skipped."""
    if reader.wrapperMeth is not None and len(fields) != len(reader.wrapperParams):
        raise UnreadableMessage(f"it has {len(fields)} fields instead of {len(reader.wrapperParams)}")
