from __future__ import annotations

from zoneinfo import available_timezones

import pytest

from twsbridge_server.core.zones import OTHER_NAMES, zone


@pytest.mark.parametrize("name", ["US/Eastern", "America/New_York", "MET", "EST5EDT", "Asia/Hong_Kong", "GMT", "UTC"])
def test_a_name_that_zoneinfo_knows(name: str) -> None:
    known = zone(name)
    assert known is not None
    assert known.key == name


def test_every_other_name_stands_for_a_zone_that_exists() -> None:
    assert set(OTHER_NAMES.values()) <= available_timezones()


@pytest.mark.parametrize(
    "name", ["Nowhere/Land", "", "America", "../etc/passwd", "/etc/localtime", "Mitteleurop\xe4isch"]
)
def test_a_name_that_nobody_knows(name: str) -> None:
    assert zone(name) is None
