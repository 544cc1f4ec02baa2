"""The connection file: where a bridge is and with which keys to speak to it. `twsbridge serve` writes it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from twsbridge.errors import BridgeError, exception_for, make_error

_TCP = re.compile(r"tcp://(?:[\w.-]+|\[[0-9A-Fa-f:.%]+\]):(?P<port>[1-9][0-9]{0,4})")


def _endpoint(text: str) -> str:
    match = _TCP.fullmatch(text)
    if not text.startswith("ipc:///") and (match is None or int(match["port"]) > 65_535):
        raise ValueError("must be tcp://HOST:PORT or ipc:///PATH")
    return text


Endpoint = Annotated[str, AfterValidator(_endpoint)]
Key = Annotated[str, StringConstraints(pattern=r"^[0-9a-zA-Z.:+=^!/*?&<>()\[\]{}@%$#-]{40}$")]

FILE_NAME = "connection.json"


class Connection(BaseModel):
    """Three endpoints, the bridge's public key and the client's own pair (Z85). The secret key is never shown."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    version: Literal[1] = 1
    name: str = ""
    cmd: Endpoint
    evt: Endpoint
    md: Endpoint
    server_key: Key
    public_key: Key
    secret_key: Annotated[Key, Field(repr=False)]


ConnectionSource = Connection | Mapping[str, Any] | str | os.PathLike[str] | None
"""A connection, its fields, the path of a connection file, or None for the usual places."""


def find_connection(source: ConnectionSource = None) -> Connection:
    """The connection that `source` means; raises an error that names the places where none was found."""
    if isinstance(source, Connection):
        return source
    if isinstance(source, Mapping):
        return _validated(source, "The connection given")
    places = [Path(source)] if source is not None else usual_places()
    for place in places:
        if (text := _read(place)) is not None:
            return _parsed(text, f"The connection file {place}")
    raise _trouble(f"No connection file at {' or '.join(map(str, places))}")


def usual_places() -> list[Path]:
    """Where a connection file is looked for: the place that the environment names, or else the home directory."""
    if named := os.environ.get("TWSBRIDGE_CONNECTION"):
        return [Path(named).expanduser()]
    if home := os.environ.get("TWSBRIDGE_HOME"):
        return [Path(home).expanduser() / FILE_NAME]
    return [Path.home() / ".twsbridge" / FILE_NAME]


def _read(place: Path) -> str | None:
    try:
        return place.expanduser().read_text()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise _trouble(f"The connection file {place} cannot be read ({error})") from None


def _parsed(text: str, what: str) -> Connection:
    try:
        return Connection.model_validate_json(text)
    except ValidationError as error:
        raise _wrong(error, what) from None


def _validated(fields: Mapping[str, Any], what: str) -> Connection:
    try:
        return Connection.model_validate(dict(fields))
    except ValidationError as error:
        raise _wrong(error, what) from None


def _wrong(error: ValidationError, what: str) -> BridgeError:
    """Name the field and what it should be, never its value: it may be the secret key."""
    first = error.errors(include_url=False, include_input=False)[0]
    field = ".".join(map(str, first["loc"]))
    return _trouble(f"{what} is not one: {field + ': ' if field else ''}{first['msg'].removeprefix('Value error, ')}")


def _trouble(msg: str) -> BridgeError:
    return exception_for(make_error("client.no_connection_file", msg, outcome="rejected"))
