"""The entries of the keys file: who may connect, and what each may do. TOML, one table for each client."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime
from typing import Annotated, Any, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from twsbridge.protocol.order_checks import ORDER_TYPES
from twsbridge_server.core.inputs import Client
from twsbridge_server.core.limits.terms import Limits, check
from twsbridge_server.core.rights import PAPER, Grant, Rights, Role
from twsbridge_server.errors import CannotStart
from twsbridge_server.home import Home
from twsbridge_server.mq.keys import Name, Z85Key
from twsbridge_server.private_files import CHANGEABLE_BY_OTHERS, read_text

Account = Annotated[str, StringConstraints(pattern=r"^(paper|[A-Z][A-Z0-9]{3,15})$")]
Word = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,24}$", to_upper=True)]


def _order_type(text: str) -> str:
    if text not in ORDER_TYPES:
        raise ValueError(f"must be one of {', '.join(ORDER_TYPES)}")
    return text


def _instant(value: object) -> object:
    """A date is its first moment; a time without a zone is UTC."""
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=UTC)
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.tzinfo is None else value


Instant = Annotated[datetime, BeforeValidator(_instant)]
OrderType = Annotated[str, AfterValidator(_order_type)]


class RegisteredClient(BaseModel):
    """A client that may connect. Empty lists of symbols, security types and order types mean all of them."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: Name
    public_key: Z85Key
    role: Role = "trader"
    accounts: Annotated[list[Account], Field(min_length=1)] = [PAPER]
    symbols: list[Word] = []
    sec_types: list[Word] = []
    order_types: list[OrderType] = []
    grants: list[Grant] = []
    lines: Annotated[int, Field(ge=0, le=10_000)] = 100
    limits: Annotated[Limits, AfterValidator(check)] = Limits()
    created: Instant | None = None
    expires: Instant | None = None
    previous_key: Z85Key | None = None
    previous_key_until: Instant | None = None

    def rights(self) -> Rights:
        """What the core has to know of it."""
        return Rights(
            accounts=tuple(self.accounts),
            symbols=frozenset(self.symbols),
            sec_types=frozenset(self.sec_types),
            order_types=frozenset(self.order_types),
            grants=frozenset(self.grants),
            lines=self.lines,
            limits=self.limits,
        )

    def sender(self, route: bytes) -> Client:
        """The client as the core sees it behind a command."""
        return Client(route, self.name, self.role, self.rights())

    def keys(self, now: datetime) -> list[str]:
        """The public keys with which it may connect at this moment."""
        if self.expires is not None and self.expires <= now:
            return []
        is_old_one_good = self.previous_key_until is not None and now < self.previous_key_until
        return [self.public_key, *([self.previous_key] if self.previous_key and is_old_one_good else [])]


def attributes() -> dict[str, Any]:
    """What an entry may say besides its key, with the defaults."""
    fields = RegisteredClient.model_fields
    return {name: fields[name].default for name in fields if name not in ("name", "public_key")}


def grants() -> tuple[str, ...]:
    """Every grant there is."""
    return get_args(Grant)


def parse(text: str, where: str) -> list[RegisteredClient]:
    """The clients of a keys file, in its order; raises CannotStart naming the entry that is wrong."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CannotStart(f"{where} is not readable TOML ({error}). It was not used. Mend it.") from None
    clients = [_client(name, table, where) for name, table in tables.items()]
    keys = [key for client in clients for key in (client.public_key, client.previous_key) if key]
    if len(set(keys)) < len(keys):
        raise CannotStart(f"{where}: two clients have the same public_key. It was not used. Remove one.")
    return clients


def read_clients(home: Home) -> list[RegisteredClient]:
    """The known clients; raises FileNotFoundError before the first run, CannotStart for a file with mistakes."""
    return parse(read_text(home.clients, forbidden=CHANGEABLE_BY_OTHERS), str(home.clients))


def _client(name: str, table: object, where: str) -> RegisteredClient:
    if not isinstance(table, dict):
        raise CannotStart(f"{where}: {name} stands outside of every [client]. It was not used. Move it into one.")
    try:
        return RegisteredClient.model_validate({**table, "name": name})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, (name, *first["loc"])))
        reason = first["msg"].removeprefix("Value error, ")
        raise CannotStart(f"{where}, entry {place}: {reason}. It was not used. Mend the entry.") from None
