"""What the operator decides when the bridge starts: flags first, then the environment, then defaults."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from twsbridge_server.core.restart_window import DailyRestart
from twsbridge_server.errors import CannotStart
from twsbridge_server.home import DEFAULT

PREFIX = "TWSBRIDGE_"
CLIENT_VARIABLES = ("TWSBRIDGE_CONNECTION",)
TWS_PORTS = "TWS listens on 7496 (live) or 7497 (paper), IB Gateway on 4001 (live) or 4002 (paper)"
DEFAULT_TWS_PORT = 7497


class WrongSetting(CannotStart):
    """A flag or a variable has a value that makes no sense."""


class TwsAddress(NamedTuple):
    """Where TWS or IB Gateway listens."""

    host: str
    port: int

    def __str__(self) -> str:
        """host:port."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse_tws(text: str) -> TwsAddress:
    """HOST, HOST:PORT or [IPV6]:PORT; raises ValueError with what to write instead."""
    host, colon, port = text.rpartition(":") if not text.endswith("]") else (text, "", "")
    if not colon:
        host, port = text, str(DEFAULT_TWS_PORT)
    host = host.removeprefix("[").removesuffix("]")
    if not host or not port.isdecimal() or not 1 <= int(port) <= 65535:
        raise ValueError(f"write HOST:PORT; {TWS_PORTS}")
    return TwsAddress(host, int(port))


def _to_accounts(value: Any) -> Any:
    return value.replace(",", " ").split() if isinstance(value, str) else value


def parse_restart(text: str) -> DailyRestart:
    """HH:MM ZONE, such as 23:45 America/New_York; raises ValueError with what to write instead."""
    clock, _, zone = text.partition(" ")
    try:
        return DailyRestart(datetime.strptime(clock, "%H:%M").time(), ZoneInfo(zone.strip()))
    except (ValueError, KeyError, OSError):
        raise ValueError("write HH:MM ZONE, such as '23:45 America/New_York'") from None


def _to_restart(value: Any) -> Any:
    return parse_restart(value) if isinstance(value, str) else value


def _to_address(value: Any) -> Any:
    return parse_tws(value) if isinstance(value, str) else value


Port = Annotated[int, Field(ge=0, le=65535)]


class ServeSettings(BaseModel):
    """Everything `serve` can be told. Each field is the flag --field-name and the variable TWSBRIDGE_FIELD_NAME."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    tws: Annotated[TwsAddress, BeforeValidator(_to_address)] = TwsAddress("127.0.0.1", DEFAULT_TWS_PORT)
    client_id: Annotated[int, Field(ge=0, le=2**31 - 1)] = 1
    home: Path = DEFAULT
    bind: str = "127.0.0.1"
    cmd_port: Port = 7600
    evt_port: Port = 7601
    md_port: Port = 7602
    allow_wildcard: bool = False
    allow_live: Annotated[frozenset[str], BeforeValidator(_to_accounts)] = frozenset()
    market_data_type: Annotated[int, Field(ge=1, le=4)] = 1
    stale_seconds: Annotated[float, Field(ge=0, le=86_400)] = 60.0
    tws_restart: Annotated[DailyRestart | None, BeforeValidator(_to_restart)] = None
    drain_seconds: Annotated[float, Field(ge=0, le=60)] = 3.0
    commands_per_second: Annotated[int, Field(ge=1, le=100_000)] = 50
    low_disk_mib: Annotated[int, Field(ge=0)] = 512
    most_poison: Annotated[int, Field(ge=0)] = 3
    max_server_version: Annotated[int, Field(ge=100, le=999)] | None = None
    bars_mib: Annotated[int, Field(ge=16)] = 2048
    record: Path | None = None
    record_mib: Annotated[int, Field(ge=16)] = 1024


def variable(field: str) -> str:
    """The environment variable of a setting."""
    return PREFIX + field.upper()


def load(flags: Mapping[str, Any], env: Mapping[str, str]) -> ServeSettings:
    """The settings in force; a flag that is None was not given. Raises WrongSetting naming flag and variable."""
    values: dict[str, Any] = {}
    for field in ServeSettings.model_fields:
        if (flag := flags.get(field)) is not None:
            values[field] = flag
        elif text := env.get(variable(field)):
            values[field] = text
    try:
        return ServeSettings(**values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = str(first["loc"][0])
        reason = first["msg"].removeprefix("Value error, ")
        raise WrongSetting(
            f"--{field.replace('_', '-')} (or {variable(field)}) cannot be {values[field]!r}: {reason}. "
            "Nothing was started."
        ) from None


def unknown_variables(env: Mapping[str, str]) -> list[str]:
    """One sentence for each TWSBRIDGE_ variable that means nothing: perhaps a name mistyped."""
    known = [variable(field) for field in ServeSettings.model_fields] + list(CLIENT_VARIABLES)
    sentences = []
    for name in sorted(env):
        if name.startswith(PREFIX) and name not in known:
            names = [each.removeprefix(PREFIX) for each in known]
            close = difflib.get_close_matches(name.removeprefix(PREFIX), names, 1)
            sentences.append(f"{name} means nothing here." + (f" Did you mean {PREFIX}{close[0]}?" if close else ""))
    return sentences
