"""The greeting between bridge and TWS: our range of versions, TWS's choice. Pure.

Nothing else may be sent before TWS has answered: what a message looks like depends on the version.
"""

from __future__ import annotations

from dataclasses import dataclass

from ibapi.server_versions import MAX_CLIENT_VER, MIN_CLIENT_VER

from twsbridge_server.tws.framing import frame


class GreetingError(Exception):
    """The far side answered with something that is not TWS's greeting, or with a version that cannot be spoken."""


@dataclass(frozen=True, slots=True)
class Greeting:
    """TWS's answer. `connection_time` is TWS's text, in the zone and sometimes the alphabet of its host."""

    server_version: int
    connection_time: str


def highest_version(cap: int | None) -> int:
    """The highest version to announce: what the installed ibapi speaks, or less if the operator wants it."""
    return MAX_CLIENT_VER if cap is None else max(MIN_CLIENT_VER, min(cap, MAX_CLIENT_VER))


def client_hello(highest: int) -> bytes:
    """The first bytes of a connection: the prefix, then one frame with the range of versions."""
    return b"API\0" + frame(f"v{MIN_CLIENT_VER}..{highest}".encode("ascii"))


def read_greeting(payload: bytes, highest: int) -> Greeting | None:
    """TWS's greeting, or None for a message that is something else: TWS may have news before it greets."""
    fields = payload.split(b"\0")
    if len(fields) != 3 or fields[2]:
        return None
    version, connection_time = fields[:2]
    if not version.isdigit():
        raise GreetingError(f"its version is {version[:20]!r}, which is not a number")
    if not MIN_CLIENT_VER <= int(version) <= highest:
        raise GreetingError(f"it wants to speak version {int(version)}; {MIN_CLIENT_VER} to {highest} were offered")
    return Greeting(int(version), connection_time.decode("utf-8", "replace"))
