"""What an operator does with keys: make, add, revoke, rotate. Safe beside a running bridge and beside one another."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from twsbridge_server.home import Home
from twsbridge_server.mq.keys import (
    Bundle,
    Endpoints,
    KeyPair,
    Name,
    RegisteredClient,
    Role,
    new_pair,
    read_clients,
    read_pair,
)
from twsbridge_server.private_files import locked, read_json, write_json

DEFAULT_CLIENT = "default"
DEFAULT_ENDPOINTS = Endpoints("tcp://127.0.0.1:7600", "tcp://127.0.0.1:7601", "tcp://127.0.0.1:7602")


class KeyringError(Exception):
    """A wish that cannot be met: the client exists already, or does not exist."""


def prepare(home: Home) -> KeyPair:
    """The bridge's keys. The first run makes them, and a client named `default` with its connection file."""
    home.create()
    with locked(home.bridge_key.parent):
        if not home.bridge_key.exists():
            write_json(home.bridge_key, new_pair().model_dump())
        pair = read_pair(home)
        if not home.clients.exists():
            _save(home, [_issue(home, DEFAULT_CLIENT, "trader", DEFAULT_ENDPOINTS)])
        read_clients(home)
        return pair


def add(home: Home, name: str, role: Role) -> Path:
    """Let a new client in; returns its connection file."""
    _check_name(name)
    prepare(home)
    with locked(home.bridge_key.parent):
        clients = read_clients(home)
        if any(client.name == name for client in clients):
            raise KeyringError(f"There is a client '{name}' already; nothing was done. `keys rotate {name}` renews it.")
        _save(home, [*clients, _issue(home, name, role, _known_endpoints(home))])
    return home.bundle(name)


def revoke(home: Home, name: str) -> None:
    """Shut a client out, at once also on a running bridge, and delete its connection file here."""
    home.create()
    with locked(home.bridge_key.parent):
        _save(home, _without(home, name)[0])
        home.bundle(name).unlink(missing_ok=True)


def rotate(home: Home, name: str) -> Path:
    """A new key for a client: the old one is refused from now on. Returns the new connection file."""
    home.create()
    with locked(home.bridge_key.parent):
        others, client = _without(home, name)
        _save(home, [*others, _issue(home, name, client.role, _known_endpoints(home))])
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
        clients = read_clients(home)
        default = next((client for client in clients if client.name == DEFAULT_CLIENT), None)
        if default is None:
            home.connection.unlink(missing_ok=True)
            return None
        pair = _pair_in(home.connection)
        if pair and pair.public_key == default.public_key:
            write_json(home.connection, _bundle(home, DEFAULT_CLIENT, endpoints, pair).as_json())
        else:
            others = [client for client in clients if client is not default]
            _save(home, [_issue(home, DEFAULT_CLIENT, default.role, endpoints), *others])
    return home.connection


def _issue(home: Home, name: str, role: Role, endpoints: Endpoints) -> RegisteredClient:
    """Make a key, write the connection file with its secret half and return the entry with its public half."""
    pair = new_pair()
    write_json(home.bundle(name), _bundle(home, name, endpoints, pair).as_json())
    created = datetime.now(UTC).isoformat(timespec="seconds")
    return RegisteredClient(name=name, public_key=pair.public_key, role=role, created=created)


def _bundle(home: Home, name: str, endpoints: Endpoints, pair: KeyPair) -> Bundle:
    return Bundle(name, endpoints, read_pair(home).public_key, pair)


def _save(home: Home, clients: list[RegisteredClient]) -> None:
    write_json(home.clients, [client.model_dump() for client in clients])


def _without(home: Home, name: str) -> tuple[list[RegisteredClient], RegisteredClient]:
    clients = registered(home)
    found = next((client for client in clients if client.name == name), None)
    if found is None:
        raise KeyringError(f"There is no client '{name}'; nothing was done. `keys list` shows them.")
    return [client for client in clients if client is not found], found


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
