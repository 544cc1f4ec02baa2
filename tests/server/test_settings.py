from pathlib import Path
from typing import Any

import pytest

from twsbridge_server.settings import (
    ServeSettings,
    TwsAddress,
    WrongSetting,
    load,
    parse_tws,
    unknown_variables,
    variable,
)


def test_defaults() -> None:
    settings = load({}, {})
    assert settings == ServeSettings()
    assert str(settings.tws) == "127.0.0.1:7497"
    assert (settings.bind, settings.cmd_port, settings.evt_port, settings.md_port) == ("127.0.0.1", 7600, 7601, 7602)
    assert settings.allow_live == frozenset()


def test_flags_win_over_the_environment_over_defaults() -> None:
    env = {"TWSBRIDGE_CMD_PORT": "1", "TWSBRIDGE_EVT_PORT": "2", "TWSBRIDGE_MD_PORT": ""}
    settings = load({"cmd_port": 9, "evt_port": None}, env)
    assert (settings.cmd_port, settings.evt_port, settings.md_port) == (9, 2, 7602)


def test_every_setting_can_come_from_the_environment() -> None:
    env = {
        "TWSBRIDGE_TWS": "gateway:4002",
        "TWSBRIDGE_CLIENT_ID": "0",
        "TWSBRIDGE_HOME": "/somewhere",
        "TWSBRIDGE_BIND": "0.0.0.0",
        "TWSBRIDGE_CMD_PORT": "0",
        "TWSBRIDGE_EVT_PORT": "0",
        "TWSBRIDGE_MD_PORT": "0",
        "TWSBRIDGE_ALLOW_WILDCARD": "1",
        "TWSBRIDGE_ALLOW_LIVE": "U1234567,DU1234567",
        "TWSBRIDGE_MARKET_DATA_TYPE": "3",
        "TWSBRIDGE_TWS_RESTART": "23:45 UTC",
        "TWSBRIDGE_DRAIN_SECONDS": "2.5",
        "TWSBRIDGE_COMMANDS_PER_SECOND": "500",
        "TWSBRIDGE_LOW_DISK_MIB": "100",
        "TWSBRIDGE_MOST_POISON": "5",
        "TWSBRIDGE_MAX_SERVER_VERSION": "176",
        "TWSBRIDGE_BARS_MIB": "300",
        "TWSBRIDGE_STALE_SECONDS": "30",
        "TWSBRIDGE_RECORD": "/recordings",
        "TWSBRIDGE_RECORD_MIB": "64",
    }
    assert {variable(field) for field in ServeSettings.model_fields} == {*env}
    settings = load({}, env)
    assert settings.tws == TwsAddress("gateway", 4002)
    assert settings.home == Path("/somewhere")
    assert settings.allow_wildcard
    assert settings.allow_live == {"U1234567", "DU1234567"}
    assert (settings.market_data_type, settings.max_server_version, settings.most_poison) == (3, 176, 5)
    assert (settings.record, settings.record_mib, settings.bars_mib) == (Path("/recordings"), 64, 300)
    assert unknown_variables(env) == []


@pytest.mark.parametrize(
    ("flags", "env", "complaint"),
    [
        ({"cmd_port": 65_536}, {}, r"--cmd-port \(or TWSBRIDGE_CMD_PORT\) cannot be 65536"),
        ({}, {"TWSBRIDGE_CLIENT_ID": "one"}, r"--client-id \(or TWSBRIDGE_CLIENT_ID\) cannot be 'one'"),
        ({"market_data_type": 5}, {}, "--market-data-type"),
        ({"tws": "127.0.0.1:99999"}, {}, "7496 .live. or 7497 .paper., IB Gateway on 4001 .live. or 4002"),
        ({"client_id": -1}, {}, "--client-id"),
    ],
)
def test_a_wrong_value_is_named_with_flag_and_variable(
    flags: dict[str, Any], env: dict[str, str], complaint: str
) -> None:
    with pytest.raises(WrongSetting, match=complaint):
        load(flags, env)


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("10.0.0.1:4001", "10.0.0.1", 4001),
        ("gateway", "gateway", 7497),
        ("[::1]:4002", "::1", 4002),
        ("[::1]", "::1", 7497),
    ],
)
def test_where_tws_is(text: str, host: str, port: int) -> None:
    assert parse_tws(text) == TwsAddress(host, port)
    assert parse_tws(str(TwsAddress(host, port))) == TwsAddress(host, port)


@pytest.mark.parametrize("text", ["", ":", ":7497", "host:", "host:x", "host:0", "host:-1", "host:65536", "host:²"])
def test_where_tws_cannot_be(text: str) -> None:
    with pytest.raises(ValueError, match="HOST:PORT"):
        parse_tws(text)


def test_a_mistyped_variable_is_named_with_what_was_meant() -> None:
    env = {"TWSBRIDGE_CMDPORT": "1", "TWSBRIDGE_XYZZY": "1", "TWSBRIDGE_CONNECTION": "x", "PATH": "x"}
    assert unknown_variables(env) == [
        "TWSBRIDGE_CMDPORT means nothing here. Did you mean TWSBRIDGE_CMD_PORT?",
        "TWSBRIDGE_XYZZY means nothing here.",
    ]


def test_the_daily_restart_of_tws_has_a_time_and_a_zone() -> None:
    restart = load({}, {"TWSBRIDGE_TWS_RESTART": "23:45 America/New_York"}).tws_restart
    assert restart is not None and (restart.at.hour, restart.at.minute) == (23, 45)
    assert restart.zone.key == "America/New_York"


@pytest.mark.parametrize("text", ["23:45", "24:00 UTC", "late UTC", "23:45 Nowhere/City", "23:45 ../etc"])
def test_a_restart_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(WrongSetting, match="HH:MM ZONE"):
        load({"tws_restart": text}, {})
