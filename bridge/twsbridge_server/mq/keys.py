"""Key pairs, and the connection file that lets one client in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple

import zmq
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from twsbridge_server.errors import CannotStart
from twsbridge_server.home import Home
from twsbridge_server.private_files import read_json

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
