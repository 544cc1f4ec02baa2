import os
import signal
from pathlib import Path

import pytest
from rich.console import Console

from twsbridge.cli.demo import stage as staging
from twsbridge.cli.demo.screen import Screen
from twsbridge.cli.demo.stage import SIGNALS, Stage
from twsbridge.cli.failures import Failure

FOR_EVER = ("timeit", "-n", "1", "-r", "1", "import signal; signal.pause()")
SHORT = ("timeit", "-n", "1", "-r", "1", "pass")


def stage() -> Stage:
    return Stage(Screen(Console(quiet=True), None))


def test_nothing_is_left(tmp_path: Path) -> None:
    before = [signal.getsignal(number) for number in SIGNALS]
    with stage() as place:
        program = place.start("sleeper", *FOR_EVER)
        folder = place.folder
        assert folder.is_dir() and program.exit_code is None
    assert program.exit_code == -signal.SIGTERM and not folder.exists()
    assert [signal.getsignal(number) for number in SIGNALS] == before


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_ends_it_where_it_waits(number: int) -> None:
    with pytest.raises(KeyboardInterrupt), stage() as place:
        program = place.start("sleeper", *FOR_EVER)
        os.kill(os.getpid(), number)
        assert program.exit_code is None
        place.until(lambda: False, "nothing")
    assert program.exit_code == -signal.SIGTERM and not place.folder.exists()


def test_what_programs_print_is_told() -> None:
    told: list[str] = []
    with stage() as place:
        place.told = lambda actor, line: told.append(f"{actor.name}: {line}")
        program = place.start("timer", *SHORT)
        place.finished(program)
        place.until(lambda: told, "its line")
    assert told[0].startswith("timer: 1 loop")


def test_a_program_that_fails_is_named_with_its_last_words() -> None:
    with stage() as place:
        program = place.start("timer", "timeit", "--nonsense")
        with pytest.raises(Failure, match="the timer ended with exit code 2: .*nonsense"):
            place.until(lambda: False, "nothing", program)
        with pytest.raises(Failure, match="exit code 2"):
            place.finished(program)


def test_waiting_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "PATIENCE", 0.1)
    with stage() as place, pytest.raises(Failure, match="in vain for the moon"):
        place.until(lambda: False, "the moon")


def test_the_users_own_bridge_is_not_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWSBRIDGE_HOME", "elsewhere")
    told: list[str] = []
    with stage() as place:
        place.told = lambda actor, line: told.append(line)
        place.finished(place.start("printer", *SHORT[:-1], "import os; print(os.environ.get('TWSBRIDGE_HOME'))"))
        place.until(lambda: "None" in told, "its line")
