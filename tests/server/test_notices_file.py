from __future__ import annotations

from pathlib import Path

import pytest

from twsbridge_server.core.notices import Kind, Meanings
from twsbridge_server.errors import CannotStart
from twsbridge_server.notices_file import read_notices


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "notices.toml"


def test_without_a_file_nothing_is_added(path: Path) -> None:
    assert read_notices(path) == Meanings()


def test_each_word_is_a_kind(path: Path) -> None:
    path.write_text('[orders]\n10400 = "notice"  # since some version\n399 = "refused"\n10499 = "cancel_refused"\n')
    assert read_notices(path) == Meanings({10400: Kind.NOTICE, 399: Kind.ORDER, 10499: Kind.CANCEL})


def test_codes_of_requests_have_a_table_of_their_own(path: Path) -> None:
    path.write_text('[orders]\n10400 = "notice"\n[requests]\n10400 = "refused"\n10401 = "notice"\n')
    assert read_notices(path) == Meanings({10400: Kind.NOTICE}, {10400: Kind.REQUEST, 10401: Kind.NOTICE})


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('[orders]\n399 = "warning"\n', "399 = 'warning'; a code is one of notice, refused, cancel_refused"),
        ("[orders]\n399 = 1\n", "399 = 1"),
        ('[orders]\n399 = ["notice"]\n', "399"),
        ('[orders]\nlate = "notice"\n', "'late' is not a code"),
        ('[order]\n399 = "notice"\n', "two tables"),
        ("orders = 5\n", "two tables"),
        ('[requests]\n399 = "cancel_refused"\n', "a code is one of notice, refused"),
        ("[orders\n", "cannot be used"),
    ],
)
def test_a_mistake_is_named_and_nothing_starts(path: Path, text: str, complaint: str) -> None:
    path.write_text(text)
    with pytest.raises(CannotStart, match="Nothing was started") as error:
        read_notices(path)
    assert complaint in str(error.value)
