"""The message classes of the installed ibapi, filled and read by the names of their fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from typing import Any

import ibapi.protobuf
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import DecodeError, Message

from twssim.wire import UnreadableRequest, frame, text

ID_BYTES = 4
PROTOBUF_OFFSET = 200
"""What is added to the id of a message whose body is protobuf."""


@cache
def message_class(kind: str) -> Callable[[], Any]:
    """The class of that name; ImportError when the installed ibapi is too old to have it."""
    module = import_module(f"{ibapi.protobuf.__name__}.{kind}_pb2")
    found: Callable[[], Any] = getattr(module, kind)
    return found


def parse(kind: str, body: bytes) -> Any:
    """A message of that kind; raises UnreadableRequest."""
    message = message_class(kind)()
    try:
        message.ParseFromString(body)
    except DecodeError as reason:
        raise UnreadableRequest(f"{kind}: {reason}") from None
    return message


def build(kind: str, /, **values: Any) -> Any:
    """A message with these fields, as `fill` sets them."""
    message = message_class(kind)()
    fill(message, values)
    return message


def fill(message: Any, values: Mapping[str, Any]) -> None:
    """Set fields in the type each has on the wire; None and "" leave a field absent.

    A mapping or a message fills a nested message, a list a repeated field. A text that is present
    but empty ends the message loop of a client that expects a number in it.
    """
    convert = _converters(message.DESCRIPTOR)
    for name, value in values.items():
        if isinstance(value, Message):
            getattr(message, name).CopyFrom(value)
        elif isinstance(value, Mapping):
            getattr(message, name).SetInParent()
            fill(getattr(message, name), value)
        elif isinstance(value, list):
            _fill_repeated(getattr(message, name), value, convert.get(name))
        elif value is not None and value != "":
            setattr(message, name, convert[name](value))


def _fill_repeated(repeated: Any, values: list[Any], convert: Callable[[Any], Any] | None) -> None:
    for value in values:
        if isinstance(value, Mapping):
            fill(repeated.add(), value)
        else:
            repeated.append(convert(value) if convert else value)


def sent(message_id: int, kind: str, /, **values: Any) -> bytes:
    """The frame of one protobuf message; without any value it is the bare id."""
    return framed(message_id, build(kind, **values))


def framed(message_id: int, message: Any) -> bytes:
    """The frame of a message that has been built."""
    body: bytes = message.SerializeToString()
    return frame((message_id + PROTOBUF_OFFSET).to_bytes(ID_BYTES, "big") + body)


@cache
def _converters(descriptor: Any) -> dict[str, Callable[[Any], Any]]:
    return {field.name: _CONVERTERS[field.cpp_type] for field in descriptor.fields if field.cpp_type in _CONVERTERS}


def _flag(value: Any) -> bool:
    return bool(int(value))


_CONVERTERS: dict[int, Callable[[Any], Any]] = {
    FieldDescriptor.CPPTYPE_BOOL: _flag,
    FieldDescriptor.CPPTYPE_DOUBLE: float,
    FieldDescriptor.CPPTYPE_INT32: int,
    FieldDescriptor.CPPTYPE_INT64: int,
    FieldDescriptor.CPPTYPE_STRING: text,
}
