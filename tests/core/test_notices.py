from __future__ import annotations

import pytest

from twsbridge_server.core.notices import (
    CANCEL_REFUSALS,
    FARM_STATES,
    KINDS,
    MODIFY_REFUSALS,
    NEW_ORDER_REFUSALS,
    ORDER_NOTICES,
    Kind,
    classify,
    farm_state,
    is_read_only,
)

NEVER_WORKING = {
    *(103, 106, 107, 109, 110, 133, 163, 200, 201, 203, 320, 321, 322, 383, 413, 434, 435, 451, 460, 478),
    *(10006, 10268, 10285, 10289, 10293),
}
"""What tells that an order TWS never acknowledged was rejected."""


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (1100, Kind.SESSION),
        (326, Kind.SESSION),
        (2104, Kind.FARM),
        (2157, Kind.FARM),
        (2172, Kind.NOTICE),
        (2199, Kind.NOTICE),
        (399, Kind.NOTICE),
        (202, Kind.NOTICE),
        (10167, Kind.NOTICE),
        (10349, Kind.NOTICE),
        (200, Kind.REQUEST),
        (321, Kind.REQUEST),
        (162, Kind.REQUEST),
        (201, Kind.ORDER),
        (104, Kind.ORDER),
        (2102, Kind.ORDER),
        (2146, Kind.ORDER),
        (10147, Kind.CANCEL),
        (300, Kind.LATE),
        (366, Kind.LATE),
        (579, Kind.CLIENT),
        (99999, Kind.UNKNOWN),
    ],
)
def test_kinds(code: int, kind: Kind) -> None:
    assert classify(code) is kind


def test_codes_can_be_added_and_overruled() -> None:
    assert classify(99999, Kind.NOTICE) is Kind.NOTICE
    assert classify(201, Kind.NOTICE) is Kind.NOTICE
    assert classify(201, None) is Kind.ORDER


def test_what_leaves_an_order_alive_never_rejects_it() -> None:
    assert not ORDER_NOTICES & MODIFY_REFUSALS
    assert not ORDER_NOTICES & CANCEL_REFUSALS
    assert not MODIFY_REFUSALS & CANCEL_REFUSALS
    assert {399, 404, 481, 2109, 2161, 10167, 202, 10349} <= ORDER_NOTICES
    assert all(KINDS[code] in (Kind.NOTICE, Kind.FARM, Kind.SESSION) for code in ORDER_NOTICES)


def test_what_rejects_a_new_order_refuses_a_change_too() -> None:
    assert NEVER_WORKING <= NEW_ORDER_REFUSALS < MODIFY_REFUSALS
    assert all(KINDS[code] in (Kind.ORDER, Kind.REQUEST) for code in MODIFY_REFUSALS)


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        (2104, "Market data farm connection is OK:usfarm", ("usfarm", "ok")),
        (2104, "Market data farm connection is OK:usfarm.nj", ("usfarm.nj", "ok")),
        (2103, "Market data farm connection is broken:eufarm", ("eufarm", "broken")),
        (2107, "HMDS data farm is inactive but should be available upon demand.ushmds", ("ushmds", "inactive")),
        (2108, "Market data farm is inactive but should be available upon demand.usfarm.nj", ("usfarm.nj", "inactive")),
        (2119, "Market data farm is connecting:usfarm", ("usfarm", "connecting")),
        (2158, "Sec-def data farm connection is OK:secdefil ", ("secdefil", "ok")),
    ],
)  # fmt: skip
def test_farms(code: int, text: str, expected: tuple[str, str]) -> None:
    assert farm_state(code, text) == expected


def test_every_farm_code_is_of_its_kind() -> None:
    assert {code for code, kind in KINDS.items() if kind is Kind.FARM} == set(FARM_STATES)


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        (321, "Error validating request.-'bW' : cause - The API interface is currently in Read-Only mode.", True),
        (10119, "", True),
        (321, "Error validating request.-'bW' : cause - Missing order exchange", False),
        (201, "Order rejected - reason: the market is read-only today", False),
    ],
)
def test_read_only(code: int, text: str, expected: bool) -> None:
    assert is_read_only(code, text) is expected
