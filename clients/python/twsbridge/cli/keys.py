"""`twsbridge keys`: who may connect."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypedDict, Unpack

import typer

from twsbridge.cli.exit_codes import ExitCode
from twsbridge.cli.failures import Failure
from twsbridge.cli.options import with_options

if TYPE_CHECKING:
    from twsbridge_server.home import Home
    from twsbridge_server.mq.clients import RegisteredClient

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
RoleOption = Annotated[Role | None, typer.Option(help="observer reads, trader also trades, admin also manages.")]


class Attributes(TypedDict, total=False):
    """What a client may do, as options; lists are written with commas, and an empty one takes the attribute out."""

    role: RoleOption
    accounts: Annotated[
        str | None, typer.Option(help="Names, or 'paper' for all paper accounts (the default).", metavar="A,B")
    ]
    symbols: Annotated[str | None, typer.Option(help="Only these may be traded. Default: all", metavar="A,B")]
    sec_types: Annotated[str | None, typer.Option(help="Only these, such as STK,OPT. Default: all", metavar="A,B")]
    order_types: Annotated[str | None, typer.Option(help="Only these, such as LMT,STP. Default: all", metavar="A,B")]
    grants: Annotated[
        str | None, typer.Option(help="trade (for admins), cancel_any, take_any, control_foreign.", metavar="A,B")
    ]
    lines: Annotated[int | None, typer.Option(help="Market data lines it may open. Default 100", min=0)]
    expires: Annotated[
        str | None, typer.Option(help="Refused from then on: 30d, 12h, 2030-12-31, 2030-12-31T18:00Z.", metavar="WHEN")
    ]


LISTS = ("accounts", "symbols", "sec_types", "order_types", "grants")


@app.command()
def init(home: HomeOption = None) -> None:
    """Make the bridge's keys and the default client, as the first `serve` does."""
    from twsbridge_server.mq import keyring

    with _opened(home) as place:
        keyring.prepare(place)
        typer.echo(f"The keys are in {place.bridge_key.parent}, the default client's in {place.connection}")


def add(name: Name, home: HomeOption = None, **attributes: Unpack[Attributes]) -> None:
    """Let a new client in; prints where its connection file is."""
    from twsbridge_server.mq import keyring

    with _opened(home) as place:
        given = _given(attributes)
        role = given.pop("role", None) or Role.TRADER.value
        _tell_bundle(name, keyring.add(place, name, role, **given))


def change(name: Name, home: HomeOption = None, **attributes: Unpack[Attributes]) -> None:
    """Let a client do more or less than before, at once also on a running bridge."""
    from twsbridge_server.mq import keyring

    with _opened(home) as place:
        _show(keyring.change(place, name, **_given(attributes)))


@app.command()
def rotate(
    name: Name,
    overlap: Annotated[
        str | None, typer.Option(help="How long the old key is still good, such as 1h. Default: not at all")
    ] = None,
    home: HomeOption = None,
) -> None:
    """Give a client a new key; the old one is refused from now on, or when the overlap ends."""
    from twsbridge_server.mq import keyring

    with _opened(home) as place:
        _tell_bundle(name, keyring.rotate(place, name, _span(overlap) if overlap else timedelta(0)))


@app.command()
def revoke(name: Name, home: HomeOption = None) -> None:
    """Shut a client out, at once also on a running bridge."""
    from twsbridge_server.mq import keyring

    with _opened(home) as place:
        keyring.revoke(place, name)
        typer.echo(f"'{name}' may not connect any more.")


@app.command("list")
def list_clients(home: HomeOption = None) -> None:
    """Show who may connect: name, role, accounts, expiry, public key."""
    from twsbridge_server.mq import keyring

    with _opened(home) as place:
        for client in keyring.registered(place):
            until = f"until {client.expires:%Y-%m-%d %H:%M}" if client.expires else ""
            row = f"{client.name:<20} {client.role:<9} {','.join(client.accounts):<24} {client.public_key} {until}"
            typer.echo(row.rstrip())


@app.command()
def show(name: Name, home: HomeOption = None) -> None:
    """Show everything that the keys file says of a client."""
    from twsbridge_server.mq import keyring

    with _opened(home) as place:
        _show(keyring.found(place, name))


app.command("add")(with_options(add))
app.command("change")(with_options(change))


def _show(client: RegisteredClient) -> None:
    for field, value in client.model_dump(exclude_none=True).items():
        shown = ", ".join(value) or "all" if isinstance(value, list) else value
        typer.echo(f"{field:<18} {'none' if field == 'grants' and not value else shown}")


def _given(options: Attributes) -> dict[str, Any]:
    """The options that were given, as the keys file has them; an empty one is None, which takes the field out."""
    given: dict[str, Any] = {}
    for field, value in options.items():
        if value is None:
            continue
        if field in LISTS:
            given[field] = str(value).replace(",", " ").split() or None
        elif field == "expires":
            given[field] = _instant(str(value)) if value else None
        else:
            given[field] = value.value if isinstance(value, Role) else value
    return given


def _instant(text: str) -> datetime:
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return datetime.now(UTC).replace(microsecond=0) + _span(text)
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def _span(text: str) -> timedelta:
    units = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
    number, unit = text[:-1], text[-1:]
    if unit not in units or not number.isdecimal() or len(number) > 5:
        raise Failure(f"'{text}' is no time: write 30m, 12h, 30d, or a date such as 2030-12-31", ExitCode.USAGE)
    return timedelta(**{units[unit]: int(number)})


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
