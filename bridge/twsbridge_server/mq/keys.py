"""Key pairs, the list of known clients, and the connection file that lets one client in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal, NamedTuple

import zmq
from pydantic import BaseModel, ConfigDict, StringConstraints, TypeAdapter, ValidationError

from twsbridge_server.errors import CannotStart
from twsbridge_server.home import Home
from twsbridge_server.private_files import CHANGEABLE_BY_OTHERS, read_json

Role = Literal["observer", "trader", "admin"]
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$")]
Z85Key = Annotated[str, StringConstraints(pattern=r"^[0-9a-zA-Z.\-:+=^!/*?&<>()\[\]{}@%$#]{40}$")]


class KeyPair(BaseModel):
    """A CURVE key pair in Z85. Its repr shows the public half only."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    public_key: Z85Key
    secret_key: Z85Key

    def __repr_args__(self) -> Any:
        """Keep the secret out of logs and tracebacks."""
        return [("public_key", self.public_key)]


class RegisteredClient(BaseModel):
    """A client that may connect. `created` is an ISO date and time, UTC."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    public_key: Z85Key
    role: Role = "trader"
    created: str = ""


class Endpoints(NamedTuple):
    """Where a client connects to."""

    cmd: str
    evt: str
    md: str


@dataclass(frozen=True, slots=True)
class Bundle:
    """Everything one client needs, as one file: endpoints, the bridge's public key, its own pair."""

    name: str
    endpoints: Endpoints
    server_key: str
    pair: KeyPair

    def as_json(self) -> dict[str, Any]:
        """The content of the connection file."""
        return {
            "version": 1,
            "name": self.name,
            **self.endpoints._asdict(),
            "server_key": self.server_key,
            "public_key": self.pair.public_key,
            "secret_key": self.pair.secret_key,
        }


def new_pair() -> KeyPair:
    """A fresh random key pair."""
    public, secret = zmq.curve_keypair()
    return KeyPair(public_key=public.decode(), secret_key=secret.decode())


def read_pair(home: Home) -> KeyPair:
    """The bridge's own keys; raises FileNotFoundError when there are none yet."""
    try:
        return KeyPair.model_validate(read_json(home.bridge_key))
    except ValidationError:
        raise CannotStart(
            f"{home.bridge_key} does not hold a key pair. Nothing was started. Restore it from a copy; or delete it "
            "for a new one, and give every client a new connection file."
        ) from None


def read_clients(home: Home) -> list[RegisteredClient]:
    """The known clients; raises FileNotFoundError before the first run, CannotStart for a file with mistakes."""
    content = read_json(home.clients, forbidden=CHANGEABLE_BY_OTHERS)
    try:
        clients = TypeAdapter(list[RegisteredClient]).validate_python(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise CannotStart(f"{home.clients}, entry {place}: {first['msg']}. It was not used. Mend the entry.") from None
    for field in ("name", "public_key"):
        if len({getattr(client, field) for client in clients}) < len(clients):
            raise CannotStart(f"{home.clients}: two clients have the same {field}. It was not used. Remove one.")
    return clients
