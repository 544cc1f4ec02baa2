import json
from pathlib import Path

import pytest

from twsbridge_server.errors import CannotStart
from twsbridge_server.home import Home
from twsbridge_server.mq.keys import Bundle, Endpoints, new_pair, read_clients, read_pair
from twsbridge_server.private_files import write_json


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.create()
    return home


def test_the_secret_half_is_never_shown() -> None:
    pair = new_pair()
    assert pair.secret_key not in repr(pair) + str(pair) + repr(Bundle("a", Endpoints("", "", ""), "k", pair))


def test_a_damaged_key_file_is_refused_without_its_content(home: Home) -> None:
    pair = new_pair()
    write_json(home.bridge_key, {"public_key": pair.public_key, "secret_key": pair.secret_key + "x"})
    with pytest.raises(CannotStart, match="does not hold a key pair") as refused:
        read_pair(home)
    assert pair.secret_key not in str(refused.value)


def test_a_key_file_that_others_can_read_is_refused(home: Home) -> None:
    write_json(home.bridge_key, new_pair().model_dump())
    home.bridge_key.chmod(0o640)
    with pytest.raises(CannotStart, match=r"mode 0640.*chmod 600"):
        read_pair(home)


@pytest.mark.parametrize(
    ("entries", "complaint"),
    [
        ([{"name": "a", "public_key": "short"}], "entry 0.public_key"),
        ([{"name": "a/b", "public_key": "k" * 40}], "entry 0.name"),
        ([{"name": "a", "public_key": "k" * 40, "role": "root"}], "entry 0.role"),
        ([{"name": "a", "public_key": "k" * 40, "roel": "trader"}], "entry 0.roel"),
        ([{"name": "a", "public_key": "k" * 40}, {"name": "a", "public_key": "l" * 40}], "same name"),
        ([{"name": "a", "public_key": "k" * 40}, {"name": "b", "public_key": "k" * 40}], "same public_key"),
        ({"a": 1}, "valid list"),
    ],
)
def test_a_mistake_in_the_list_of_clients_is_named(home: Home, entries: object, complaint: str) -> None:
    write_json(home.clients, entries)
    with pytest.raises(CannotStart, match=complaint):
        read_clients(home)


def test_a_list_that_others_can_change_is_refused(home: Home) -> None:
    home.clients.write_text(json.dumps([]))
    home.clients.chmod(0o666)
    with pytest.raises(CannotStart, match="mode 0666"):
        read_clients(home)
