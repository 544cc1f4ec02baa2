from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from twsbridge_server.core.limits.terms import DEFAULT, Stated
from twsbridge_server.errors import CannotStart
from twsbridge_server.home import Home
from twsbridge_server.limits_file import HEADING, LOOK_S, LimitsFile, parse


class Steps:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def step(self) -> None:
        self.now += LOOK_S


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.create()
    return home


def test_the_first_run_writes_the_defaults_for_a_person_to_read(home: Home) -> None:
    (news,) = LimitsFile(home).look()
    assert news.table is not None and news.table.everything == DEFAULT and news.fault == ""
    assert home.limits.read_text() == HEADING


def test_every_example_in_the_heading_is_a_limit() -> None:
    lines = [line.removeprefix("# ") for line in HEADING.splitlines() if " = " in line and line.startswith("# ")]
    first = next(n for n, line in enumerate(lines) if line.startswith("max_quantity"))
    currency, rate, *limits = [*lines[:first], *(line.split("   ")[0] for line in lines[first:])]
    table = parse("\n".join([currency.split("   ")[0], "[rates]", rate, "[global]", *limits]), "it")
    assert table.stated == Stated("USD", {"GBP": 1.3})
    assert table.everything.max_daily_loss == Decimal(5000) and len(table.everything.model_fields_set) >= 15


def test_a_change_is_taken_once_it_has_settled_and_a_mistake_is_told(home: Home) -> None:
    clock = Steps()
    file = LimitsFile(home, clock)
    file.look()
    home.limits.write_text("[account.DU1234567]\nmax_quantity = 5\n")
    assert file.look() == []
    clock.step()
    assert file.look() == []
    clock.step()
    (news,) = file.look()
    assert news.table is not None and news.table.accounts["DU1234567"].max_quantity == Decimal(5)
    home.limits.write_text("[global]\nmax_quanity = 5\n")
    for expected in (0, 1, 0):
        clock.step()
        assert len(told := file.look()) == expected, told
        if told:
            assert told[0].table is None and "max_quanity" in told[0].fault
    home.limits.unlink()
    clock.step()
    file.look()
    clock.step()
    assert "not taken over" in file.look()[0].fault


@pytest.mark.parametrize(
    "text", ["[global", "[global]\nmax_quantity = -1\n", "[client.x]\n", '[global]\nhours = "x"\n']
)
def test_mistakes_at_the_start(home: Home, text: str) -> None:
    home.limits.write_text(text)
    home.limits.chmod(0o600)
    with pytest.raises(CannotStart, match="was not used"):
        LimitsFile(home)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[rates]\nGBP = 1.3\n", "write currency"),
        ('currency = "usd"\n', "currency"),
        ('currency = "USD"\n[rates]\nGBP = -1.0\n', "rates.GBP"),
        ('currency = "USD"\n[rates]\nGBP = inf\n', "rates.GBP"),
        ('currency = "USD"\n[rates]\npound = 1.3\n', "rates"),
    ],
)
def test_rates_are_rates_into_a_currency(text: str, said: str) -> None:
    with pytest.raises(CannotStart, match=said):
        parse(text, "limits.toml")
