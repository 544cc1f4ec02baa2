"""`twsbridge keys`: who may connect."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twsbridge.cli.exit_codes import ExitCode
from twsbridge.cli.failures import Failure

if TYPE_CHECKING:
    from twsbridge_server.home import Home

app = typer.Typer(help="Keys: who may connect, and as what.", no_args_is_help=True)


class Role(StrEnum):
    """What a client may do."""

    OBSERVER = "observer"
    TRADER = "trader"
    ADMIN = "admin"


HomeOption = Annotated[
    Path | None, typer.Option("--home", help="The bridge's home. Default ~/.twsbridge (env TWSBRIDGE_HOME)")
]
Name = Annotated[str, typer.Argument(help="The client's name: the owner of its orders.")]
RoleOption = Annotated[Role, typer.Option(help="observer reads, trader also trades, admin also manages.")]


@app.command()
def init(home: HomeOption = None) -> None:
    """Make the bridge's keys and the default client, as the first `serve` does."""
    from twsbridge_server.mq import keyring

    with _opened(home) as place:
        keyring.prepare(place)
        typer.echo(f"The keys are in {place.bridge_key.parent}, the default client's in {place.connection}")


@app.command()
def add(name: Name, role: RoleOption = Role.TRADER, home: HomeOption = None) -> None:
    """Let a new client in; prints where its connection file is."""
    from twsbridge_server.mq import keyring

    with _opened(home) as place:
        _tell_bundle(name, keyring.add(place, name, role.value))


@app.command()
def rotate(name: Name, home: HomeOption = None) -> None:
    """Give a client a new key; the old one is refused from now on."""
    from twsbridge_server.mq import keyring

    with _opened(home) as place:
        _tell_bundle(name, keyring.rotate(place, name))


@app.command()
def revoke(name: Name, home: HomeOption = None) -> None:
    """Shut a client out, at once also on a running bridge."""
    from twsbridge_server.mq import keyring

    with _opened(home) as place:
        keyring.revoke(place, name)
        typer.echo(f"'{name}' may not connect any more.")


@app.command("list")
def list_clients(home: HomeOption = None) -> None:
    """Show who may connect: name, role, date, public key."""
    from twsbridge_server.mq import keyring

    with _opened(home) as place:
        for client in keyring.registered(place):
            typer.echo(f"{client.name:<20} {client.role:<9} {client.created:<26} {client.public_key}")


@contextmanager
def _opened(home: Path | None) -> Iterator[Home]:
    """The home, with the bridge's own errors turned into exit codes."""
    from twsbridge_server.errors import CannotStart
    from twsbridge_server.home import home_of
    from twsbridge_server.mq.keyring import KeyringError

    try:
        yield home_of(home, os.environ)
    except CannotStart as error:
        raise Failure(str(error), ExitCode.CANNOT_START) from error
    except KeyringError as error:
        raise Failure(str(error), ExitCode.REJECTED) from error


def _tell_bundle(name: str, bundle: Path) -> None:
    typer.echo(str(bundle))
    typer.echo(f"Give this file to '{name}' and nobody else; TWSBRIDGE_CONNECTION names it there.", err=True)
