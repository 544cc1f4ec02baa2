"""The settings of TWS that clients may read and change, by the names of the protobuf messages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from twssim.gateway import Gateway

Sections = dict[str, Any]

NO_MASTER = 0
FIXED = {"api.settings.socketPort": "the simulator listens where it was started"}
"""Settings that cannot be changed, and why."""

_START: Sections = {
    "lockAndExit": {"autoLogoffTime": "11:45", "autoLogoffPeriod": "PM", "autoLogoffType": "restart"},
    "messages": [
        {
            "id": 131,
            "title": "Order precaution",
            "message": "The order is larger than the precautionary limit.",
            "defaultAction": "Transmit",
            "enabled": True,
        }
    ],
    "api": {
        "precautions": {"bypassOrderPrecautions": True, "bypassBondWarning": False},
        "settings": {
            "readOnlyApi": False,
            "masterClientId": NO_MASTER,
            "socketPort": 7497,
            "downloadOpenOrdersOnConnection": False,
            "useNegativeAutoRange": True,
            "createApiMessageLogFile": False,
            "exposeTradingScheduleToApi": True,
            "loggingLevel": "Error",
            "sendInstrumentTimezone": "instrument timezone",
            "rejectMessagesAboveMaxRate": True,
            "allowLocalhostOnly": True,
            "trustedIPs": ["127.0.0.1"],
        },
    },
    "orders": {
        "smartRouting": {
            "seekPriceImprovement": False,
            "preOpenReroute": False,
            "doNotRouteToDarkPools": False,
            "defaultAlgorithm": "None",
        }
    },
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """Which settings have changed, by dotted names; with errors none has."""

    changed: tuple[str, ...]
    errors: tuple[str, ...] = ()


class ApiConfiguration:
    """What stands in TWS's configuration window; Read-Only and the master client take effect at once."""

    def __init__(self, gateway: Gateway) -> None:
        """The configuration of a new installation."""
        self._gateway = gateway
        self._sections = deepcopy(_START)

    def sections(self) -> Sections:
        """Everything as it is now."""
        settings = self._gateway.settings
        self._sections["api"]["settings"] |= {
            "readOnlyApi": settings.read_only,
            "masterClientId": settings.master_client_id or NO_MASTER,
        }
        return deepcopy(self._sections)

    def update(self, wanted: Sections) -> Outcome:
        """Take over what is wanted, all of it or, with an error, nothing."""
        before = dict(_leaves(self.sections()))
        changes = {name: value for name, value in _leaves(wanted) if before.get(name) != value}
        errors = tuple(f"{name} cannot be changed: {FIXED[name]}" for name in changes if name in FIXED)
        if errors:
            return Outcome((), errors)
        for name, value in changes.items():
            self._set(name, value)
        self._apply(changes)
        return Outcome(tuple(changes))

    def _set(self, name: str, value: object) -> None:
        *path, last = name.split(".")
        section = self._sections
        for step in path:
            section = section.setdefault(step, {})
        section[last] = value

    def _apply(self, changes: Mapping[str, Any]) -> None:
        gateway = self._gateway
        if (read_only := changes.get("api.settings.readOnlyApi")) is not None:
            gateway.settings = replace(gateway.settings, read_only=read_only)
        if (master := changes.get("api.settings.masterClientId")) is not None:
            gateway.settings = replace(gateway.settings, master_client_id=master or None)


def _leaves(sections: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every single setting by its dotted name; lists are settings themselves."""
    for name, value in sections.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
