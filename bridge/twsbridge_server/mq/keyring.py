"""What an operator does with keys: make, add, change, revoke, rotate. Safe beside a running bridge and one another."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from twsbridge_server.core.rights import PAPER
from twsbridge_server.errors import CannotStart
from twsbridge_server.home import Home
from twsbridge_server.mq import clients_file
from twsbridge_server.mq.clients import RegisteredClient, parse, read_clients
from twsbridge_server.mq.keys import Bundle, Endpoints, KeyPair, Name, new_pair, read_pair
from twsbridge_server.private_files import CHANGEABLE_BY_OTHERS, locked, read_json, read_text, write_json, write_text

DEFAULT_CLIENT = "default"
DEFAULT_ENDPOINTS = Endpoints("tcp://127.0.0.1:7600", "tcp://127.0.0.1:7601", "tcp://127.0.0.1:7602")


class KeyringError(Exception):
    """A wish that cannot be met: the client exists already, or does not exist, or what it may do makes no sense."""


def prepare(home: Home) -> KeyPair:
    """The bridge's keys. The first run makes them, and a client named `default` with its connection file."""
    home.create()
    with locked(home.bridge_key.parent):
        if not home.bridge_key.exists():
            write_json(home.bridge_key, new_pair().model_dump())
        pair = read_pair(home)
        if not home.clients.exists():
            entry = _new_entry(_issue(home, DEFAULT_CLIENT, DEFAULT_ENDPOINTS), {"role": "trader", "accounts": [PAPER]})
            write_text(home.clients, clients_file.appended(clients_file.HEADING, DEFAULT_CLIENT, entry))
        read_clients(home)
        return pair


def add(home: Home, name: str, role: str, **attributes: Any) -> Path:
    """Let a new client in; `attributes` are those of its entry in the keys file. Returns its connection file."""
    _check_name(name)
    prepare(home)
    with locked(home.bridge_key.parent):
        if any(client.name == name for client in read_clients(home)):
            raise KeyringError(f"There is a client '{name}' already; nothing was done. `keys rotate {name}` renews it.")
        rights = {"role": role, "accounts": [PAPER], **attributes}
        _checked(clients_file.appended(_text(home), name, _new_entry("k" * 40, rights)))
        entry = _new_entry(_issue(home, name, _known_endpoints(home)), rights)
        write_text(home.clients, clients_file.appended(_text(home), name, entry))
    return home.bundle(name)


def change(home: Home, name: str, **attributes: Any) -> RegisteredClient:
    """Give a client other rights, at once also on a running bridge; None takes an attribute out."""
    home.create()
    with locked(home.bridge_key.parent):
        found(home, name)
        text = clients_file.changed(_text(home), name, attributes)
        _checked(text)
        write_text(home.clients, text)
        return found(home, name)


def revoke(home: Home, name: str) -> None:
    """Shut a client out, at once also on a running bridge, and delete its connection file here."""
    home.create()
    with locked(home.bridge_key.parent):
        found(home, name)
        text = clients_file.without(_text(home), name)
        _checked(text)
        write_text(home.clients, text)
        home.bundle(name).unlink(missing_ok=True)


def rotate(home: Home, name: str, overlap: timedelta = timedelta(0)) -> Path:
    """A new key for a client; the old one is good for `overlap` more. Returns the new connection file."""
    home.create()
    with locked(home.bridge_key.parent):
        old = found(home, name)
        _rekey(home, old, _known_endpoints(home), overlap)
    return home.bundle(name)


def registered(home: Home) -> list[RegisteredClient]:
    """Every client that may connect."""
    try:
        return read_clients(home)
    except FileNotFoundError:
        return []


def write_connection_file(home: Home, endpoints: Endpoints) -> Path | None:
    """Rewrite the default client's connection file with the real endpoints; None when that client was revoked."""
    with locked(home.bridge_key.parent):
        default = next((client for client in read_clients(home) if client.name == DEFAULT_CLIENT), None)
        if default is None:
            home.connection.unlink(missing_ok=True)
            return None
        pair = _pair_in(home.connection)
        if pair and pair.public_key in (default.public_key, default.previous_key):
            write_json(home.connection, _bundle(home, DEFAULT_CLIENT, endpoints, pair).as_json())
        else:
            _rekey(home, default, endpoints)
    return home.connection


def _rekey(home: Home, old: RegisteredClient, endpoints: Endpoints, overlap: timedelta = timedelta(0)) -> None:
    """A fresh key in place of the old one, in the keys file and in the connection file."""
    until = datetime.now(UTC) + overlap if overlap else None
    values = {"previous_key": old.public_key if until else None, "previous_key_until": until}
    _checked(clients_file.changed(_text(home), old.name, {"public_key": "k" * 40, **values}))
    fresh = {"public_key": _issue(home, old.name, endpoints), "created": _now(), **values}
    write_text(home.clients, clients_file.changed(_text(home), old.name, fresh))


def _issue(home: Home, name: str, endpoints: Endpoints) -> str:
    """Make a key, write the connection file with its secret half and return its public half."""
    pair = new_pair()
    write_json(home.bundle(name), _bundle(home, name, endpoints, pair).as_json())
    return pair.public_key


def _new_entry(public_key: str, attributes: dict[str, Any]) -> dict[str, Any]:
    given = {field: value for field, value in attributes.items() if value is not None}
    return {"public_key": public_key, **given, "created": _now()}


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _bundle(home: Home, name: str, endpoints: Endpoints, pair: KeyPair) -> Bundle:
    return Bundle(name, endpoints, read_pair(home).public_key, pair)


def _text(home: Home) -> str:
    return read_text(home.clients, forbidden=CHANGEABLE_BY_OTHERS)


def _checked(text: str) -> None:
    """Raise KeyringError if this cannot become the keys file."""
    try:
        parse(text, "The keys file as it would be")
    except CannotStart as error:
        raise KeyringError(f"{error} Nothing was done.") from None


def found(home: Home, name: str) -> RegisteredClient:
    """The client of this name; raises KeyringError when there is none."""
    client = next((client for client in registered(home) if client.name == name), None)
    if client is None:
        raise KeyringError(f"There is no client '{name}'; nothing was done. `keys list` shows them.")
    return client


def _check_name(name: str) -> None:
    try:
        TypeAdapter(Name).validate_python(name)
    except ValidationError:
        raise KeyringError(
            f"'{name}' cannot be a client's name; nothing was done. "
            "Use 1 to 32 letters, digits, dots, dashes and underscores."
        ) from None


def _pair_in(bundle: Path) -> KeyPair | None:
    try:
        return KeyPair.model_validate(read_json(bundle))
    except (FileNotFoundError, ValidationError):
        return None


def _known_endpoints(home: Home) -> Endpoints:
    """Where the bridge was reached last, else the default ports."""
    try:
        content = read_json(home.connection)
        return Endpoints(*(content[socket] for socket in Endpoints._fields))
    except (FileNotFoundError, KeyError, TypeError):
        return DEFAULT_ENDPOINTS
