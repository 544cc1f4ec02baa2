import logging
from pathlib import Path

import pytest

from twsbridge_server.home import Home
from twsbridge_server.mq import keyring
from twsbridge_server.mq.registry import Registry


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    keyring.prepare(home)
    return home


def test_a_client_that_is_added_is_known_without_a_restart(home: Home) -> None:
    registry = Registry(home)
    keyring.add(home, "alice", "observer")
    assert registry.by_name("alice") is None
    registry.refresh()
    client = registry.by_name("alice")
    assert client is not None
    assert client.role == "observer"
    assert registry.by_key(client.public_key) is client
    assert registry.take_revoked() == set()


def test_revoked_and_rotated_clients_are_handed_over_once(home: Home) -> None:
    keyring.add(home, "alice", "trader")
    keyring.add(home, "bob", "trader")
    registry = Registry(home)
    old = registry.by_name("bob")
    keyring.revoke(home, "alice")
    registry.refresh()
    keyring.rotate(home, "bob")
    registry.refresh()
    assert registry.by_name("alice") is None
    assert old is not None
    assert registry.by_key(old.public_key) is None
    assert registry.take_revoked() == {"alice", "bob"}
    assert registry.take_revoked() == set()


@pytest.mark.parametrize("content", ["", "[{]", '[{"name": 1}]'])
def test_a_file_with_mistakes_changes_nothing(home: Home, content: str, caplog: pytest.LogCaptureFixture) -> None:
    registry = Registry(home)
    home.clients.write_text(content)
    with caplog.at_level(logging.ERROR):
        registry.refresh()
        registry.refresh()
    assert registry.by_name("default") is not None
    assert len(caplog.records) == 1
    assert "stays in force" in caplog.text


def test_a_file_that_vanishes_changes_nothing(home: Home, caplog: pytest.LogCaptureFixture) -> None:
    registry = Registry(home)
    home.clients.unlink()
    registry.refresh()
    assert registry.by_name("default") is not None
    assert "stays in force" in caplog.text
