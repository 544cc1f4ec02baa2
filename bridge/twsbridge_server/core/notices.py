"""What the codes of TWS's errors, warnings and notices mean. Texts decide only where one code has two meanings."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import NamedTuple


class Kind(Enum):
    """What a code is about, as far as the code alone can tell."""

    SESSION = "the session itself"
    FARM = "the state of a data farm"
    NOTICE = "information; whatever it is about goes on"
    REQUEST = "a request has failed and gets no further answer"
    ORDER = "a new order, or a change of one, was refused"
    CHANGE = "a change of an order was refused"
    CANCEL = "a cancel of an order was refused"
    LATE = "a cancel came after the end of what it was to cancel"
    CLIENT = "made by ibapi on this side; TWS never sends it"
    UNKNOWN = "not in these tables"


FARM_STATES: Mapping[int, str] = MappingProxyType(
    {
        **dict.fromkeys((2103, 2105, 2157), "broken"),
        **dict.fromkeys((2104, 2106, 2158), "ok"),
        **dict.fromkeys((2107, 2108, 2159), "inactive"),
        **dict.fromkeys((2119, 2120, 2160), "connecting"),
    }
)
"""Market data, historical and security definition farms: code -> state."""

FARM_KINDS: Mapping[int, str] = MappingProxyType(
    {
        **dict.fromkeys((2103, 2104, 2108, 2119), "market"),
        **dict.fromkeys((2105, 2106, 2107, 2120), "history"),
        **dict.fromkeys((2157, 2158, 2159, 2160), "secdef"),
    }
)
"""What the farm of a FARM code serves."""

SESSION = frozenset({100, 326, 1100, 1101, 1102, 1300, 2110, 10141})

WARNINGS = range(2100, 2200)
"""Codes that TWS keeps for warnings; what is in no other table is taken for one."""

ORDER_NOTICES = (frozenset(WARNINGS) | {202, 399, 404, 481, 10167, 10349}) - {2102, 2146}
"""Said of an order that is alive, or (202) that corroborates a status: never a reason to call it rejected."""

NEW_ORDER_REFUSALS = frozenset(
    {103, 106, 107, 109, 110, 133, 163, 200, 201, 203, 320, 321, 322, 323, 355, 383, 387, 388, 407, 413}
    | {434, 435, 438, 451, 452, 460, 461, 463, 464, 478, 2146, 10006, 10051, 10052, 10110, 10119, 10122}
    | {10130, 10132, 10149, 10250, 10268, 10269, 10270, 10285, 10289, 10293}
)
"""Said of an order that TWS never acknowledged: it was refused and no status follows."""

MODIFY_REFUSALS = NEW_ORDER_REFUSALS | {104, 105, 134, 329, 422, 440, 462, 2102}
"""Said while a change is under way: the change was refused and the order goes on as it was."""

CANCEL_REFUSALS = frozenset({135, 161, 10147, 10148})
"""Answers to a cancel that was not carried out."""

LATE = frozenset({300, 310, 365, 366, 10185, 10186})

REQUEST_REFUSALS = frozenset(
    {101, 102, 162, 166, 200, 203, 309, 316, 320, 321, 322, 323, 354, 357, 385, 386, 414, 420, 430, 435, 456}
    | {478, 490, 10092, 10139, 10159, 10168, 10169, 10170, 10171, 10172, 10173, 10175, 10176, 10177, 10178}
    | {10179, 10180, 10181, 10182, 10183, 10184, 10187, 10188, 10189, 10190, 10197, 10199, 10200, 10201, 10213}
    | {10225, 10227, 10232, 10275, 10276, 10277, 10278, 10279, 10280, 10281, 10282, 10283, 10284, 10285, 10295}
)
"""Said of a request that is not an order: it has ended."""

NOTICES = frozenset({0, 165, 317, 492, 10089, 10090, 10091}) | ORDER_NOTICES
READ_ONLY = frozenset({10110, 10119, 10122, 10132})

CLIENT_SIDE = range(501, 594)

KINDS: Mapping[int, Kind] = MappingProxyType(
    {
        **dict.fromkeys(CLIENT_SIDE, Kind.CLIENT),
        **dict.fromkeys(MODIFY_REFUSALS, Kind.ORDER),
        **dict.fromkeys(REQUEST_REFUSALS, Kind.REQUEST),
        **dict.fromkeys(CANCEL_REFUSALS, Kind.CANCEL),
        **dict.fromkeys(LATE, Kind.LATE),
        **dict.fromkeys(NOTICES, Kind.NOTICE),
        **dict.fromkeys(FARM_STATES, Kind.FARM),
        **dict.fromkeys(SESSION, Kind.SESSION),
    }
)
"""Code -> kind. Codes said of orders and of other requests alike (200, 321 ...) stand as REQUEST."""


class Meanings(NamedTuple):
    """What the operator says that codes mean; it goes before these tables. `requests` are all that are not orders."""

    orders: Mapping[int, Kind] = MappingProxyType({})
    requests: Mapping[int, Kind] = MappingProxyType({})


def classify(code: int, meant: Kind | None = None) -> Kind:
    """The kind of a code; what the operator `meant` goes before the tables."""
    return meant or KINDS.get(code, Kind.UNKNOWN)


def said_of_order(code: int, meant: Kind | None = None) -> Kind:
    """What a code says of an order: NOTICE, ORDER (it, or its change, was refused), CHANGE (a change was), CANCEL, or
    UNKNOWN, which ends nothing and answers nobody. What the operator `meant` goes before the tables."""
    if meant:
        return meant
    if code in ORDER_NOTICES:
        return Kind.NOTICE
    if code in CANCEL_REFUSALS:
        return Kind.CANCEL
    if code in NEW_ORDER_REFUSALS or code in CLIENT_SIDE:
        return Kind.ORDER
    return Kind.CHANGE if code in MODIFY_REFUSALS else Kind.UNKNOWN


def farm_state(code: int, text: str) -> tuple[str, str]:
    """(farm, state) of a FARM code: "...connection is OK:usfarm.nj" gives ("usfarm.nj", "ok")."""
    _, _, farm = text.rpartition(":") if ":" in text else text.partition(".")
    return farm.strip(), FARM_STATES[code]


def is_read_only(code: int, text: str) -> bool:
    """True when TWS refuses because its API is in read-only mode: mostly 321 with a text that says so."""
    return code in READ_ONLY or (code in (321, 322) and "read-only" in text.lower())
