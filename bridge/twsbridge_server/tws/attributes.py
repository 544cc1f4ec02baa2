"""Between a model of the protocol and a class of ibapi, attribute by attribute, by one table made from the model.

A field is IB's attribute in snake_case, unless `names` says otherwise. How a value is read follows from ibapi's own
default: its many ways to say "not set" become None.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, TypeVar

from pydantic import ValidationError

from twsbridge.protocol.fields import WireModel
from twsbridge_server.tws.official import made
from twsbridge_server.tws.unset import integer, number, size, text

_log = logging.getLogger(__name__)

Model = TypeVar("Model", bound=WireModel)

READERS: dict[type, Callable[[Any], Any]] = {str: text, bool: bool, int: integer, float: number, Decimal: size}
"""Type of a default -> how such an attribute is read."""


class PlainDecimal(Decimal):
    """A Decimal whose text never has an exponent: ibapi's text encoder sends `str` of it."""

    def __str__(self) -> str:
        return format(self, "f")


class Attributes:
    """The simple attributes that a model and an ibapi class have in common; those in `apart` are somebody else's."""

    def __init__(
        self, model: type[WireModel], official: type[Any], names: dict[str, str], apart: Iterable[str] = ()
    ) -> None:
        fresh = vars(made(official))
        fields = [field for field in model.model_fields if field not in set(apart)]
        self._official = official.__name__
        self._attributes = {field: names.get(field, camel(field)) for field in fields}
        self._absent = {field for field, attribute in self._attributes.items() if attribute not in fresh}
        self._readers: dict[str, Callable[[Any], Any]] = {}
        self._untold: dict[str, Any] = {}
        for field, attribute in self._attributes.items():
            default, official_default = model.model_fields[field].get_default(), fresh.get(attribute)
            self._readers[field] = _reader(default, official_default)
            absent = field in self._absent or official_default is None
            self._untold[field] = default if absent else self._readers[field](official_default)

    def told(self, model: WireModel, target: Any) -> None:
        """Write what is set into ibapi's object. ValueError for an attribute that the installed ibapi does not know."""
        for field, attribute in self._attributes.items():
            value = getattr(model, field)
            if value is None or value == self._untold[field]:
                continue
            if field in self._absent:
                raise ValueError(f"the installed ibapi knows no {attribute} of {self._official}")
            setattr(target, attribute, _writable(value))

    def heard(self, said: Any) -> dict[str, Any]:
        """The fields of the model that ibapi's object has; what is not set is left out."""
        fields: dict[str, Any] = {}
        for field, attribute in self._attributes.items():
            value = getattr(said, attribute, None)
            known = None if value is None else self._readers[field](value)
            if known is not None:
                fields[field] = known
        return fields


def read_model(model: type[Model], fields: dict[str, Any]) -> Model:
    """The model of these fields. One that TWS filled with nonsense is left out: the rest may be about money."""
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        strange = {place["loc"][0] for place in error.errors()}
        _log.warning("TWS told %s of a %s in a way that cannot be read", ", ".join(map(str, strange)), model.__name__)
        return model.model_validate({field: value for field, value in fields.items() if field not in strange})


def camel(field: str) -> str:
    """IB's spelling of a field: `oca_group` is ocaGroup."""
    first, *rest = field.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _reader(default: Any, official_default: Any) -> Callable[[Any], Any]:
    """By the type of the model's default; where that is None by the type of ibapi's; else by that of the value."""
    for known in (default, official_default):
        if type(known) in READERS:
            return READERS[type(known)]
    return lambda value: READERS.get(type(value), _as_is)(value)


def _as_is(value: Any) -> Any:
    return value


def _writable(value: Any) -> Any:
    """Plain types: ibapi checks for str itself, and writes a Decimal by its text."""
    if isinstance(value, Decimal):
        return PlainDecimal(value)
    return str(value) if isinstance(value, str) else value
