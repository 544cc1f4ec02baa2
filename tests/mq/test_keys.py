from pathlib import Path

import pytest

from twsbridge_server.errors import CannotStart
from twsbridge_server.home import Home
from twsbridge_server.mq.keys import Bundle, Endpoints, new_pair, read_pair
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
