import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from twsbridge_server.home import Home
from twsbridge_server.mq import keyring
from twsbridge_server.mq.clients import RegisteredClient, read_clients
from twsbridge_server.mq.registry import Registry


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    keyring.prepare(home)
    return home


def entry(home: Home, name: str) -> RegisteredClient:
    return next(client for client in read_clients(home) if client.name == name)


def test_a_client_that_is_added_is_known_without_a_restart(home: Home) -> None:
    registry = Registry(home)
    registry.take_changes()
    keyring.add(home, "alice", "observer")
    key = entry(home, "alice").public_key
    assert registry.by_key(key) is None
    registry.refresh()
    client = registry.by_key(key)
    assert client is not None
    assert (client.name, client.role) == ("alice", "observer")
    assert registry.take_cut() == set()
    (said,) = registry.take_changes()
    assert {each.name for each in said.clients} == {"default", "alice"}


def test_revoked_and_rotated_keys_are_handed_over_once(home: Home) -> None:
    keyring.add(home, "alice", "trader")
    keyring.add(home, "bob", "trader")
    registry = Registry(home)
    alice, bob = entry(home, "alice").public_key, entry(home, "bob").public_key
    keyring.revoke(home, "alice")
    registry.refresh()
    keyring.rotate(home, "bob")
    registry.refresh()
    assert registry.by_key(alice) is registry.by_key(bob) is None
    assert registry.by_key(entry(home, "bob").public_key) is not None
    assert registry.take_cut() == {alice, bob}
    assert registry.take_cut() == set()


def test_an_old_key_lives_on_for_the_overlap(home: Home) -> None:
    keyring.add(home, "bob", "trader")
    now = datetime.now(UTC)
    registry = Registry(home, lambda: now)
    old = entry(home, "bob").public_key
    keyring.rotate(home, "bob", timedelta(minutes=5))
    registry.refresh()
    fresh = entry(home, "bob").public_key
    assert registry.by_key(old) == registry.by_key(fresh) == entry(home, "bob")
    now += timedelta(minutes=6)
    registry.refresh()
    assert registry.by_key(old) is None
    assert registry.by_key(fresh) is not None
    assert registry.take_cut() == {old}


def test_a_key_expires_by_itself(home: Home) -> None:
    now = datetime.now(UTC)
    keyring.add(home, "bob", "trader", expires=now + timedelta(days=1))
    registry = Registry(home, lambda: now)
    key = entry(home, "bob").public_key
    registry.refresh()
    assert registry.by_key(key) is not None
    now += timedelta(days=1, seconds=1)
    registry.refresh()
    assert registry.by_key(key) is None
    assert registry.take_cut() == {key}


def test_other_accounts_need_a_new_connection_and_other_roles_do_not(home: Home) -> None:
    registry = Registry(home)
    key = entry(home, "default").public_key
    keyring.change(home, "default", role="observer")
    registry.refresh()
    assert registry.take_cut() == set()
    keyring.change(home, "default", accounts=["DU1234567"])
    registry.refresh()
    assert registry.take_cut() == {key}
    client = registry.by_key(key)
    assert client is not None
    assert (client.role, client.accounts) == ("observer", ["DU1234567"])


@pytest.mark.parametrize("content", ["[", "name = 1", "[a]\npublic_key = 'short'"])
def test_a_file_with_mistakes_changes_nothing(home: Home, content: str, caplog: pytest.LogCaptureFixture) -> None:
    registry = Registry(home, lambda: datetime.now(UTC) + timedelta(seconds=1))
    registry.take_changes()
    key = entry(home, "default").public_key
    home.clients.write_text(content)
    with caplog.at_level(logging.ERROR):
        registry.refresh()
        registry.refresh()
    assert registry.by_key(key) is not None
    assert len(caplog.records) == 1
    assert "stays in force" in caplog.text
    (said,) = registry.take_changes()
    assert "not taken over" in said.fault
    assert [client.name for client in said.clients] == ["default"]


def test_a_file_that_is_being_written_in_place_is_waited_for(home: Home) -> None:
    late = timedelta(0)
    registry = Registry(home, lambda: datetime.now(UTC) + late)
    key = entry(home, "default").public_key
    home.clients.write_text("")
    registry.refresh()
    assert registry.by_key(key) is not None
    late = timedelta(seconds=1)
    registry.refresh()
    assert registry.by_key(key) is None


def test_a_file_that_vanishes_changes_nothing(home: Home, caplog: pytest.LogCaptureFixture) -> None:
    registry = Registry(home)
    key = entry(home, "default").public_key
    home.clients.unlink()
    registry.refresh()
    assert registry.by_key(key) is not None
    assert "stays in force" in caplog.text


def test_no_new_file_can_be_taken_for_the_one_that_was_read(home: Home) -> None:
    """A file system gives the number of a deleted file to the next one; the same number means: still being written."""
    registry = Registry(home)
    read = home.clients.stat().st_ino
    numbers = set()
    for number in range(4):
        keyring.add(home, f"client{number}", "observer")
        numbers.add(home.clients.stat().st_ino)
    assert read not in numbers
    registry.refresh()
    assert "client3" in {each.name for change in registry.take_changes() for each in change.clients}
