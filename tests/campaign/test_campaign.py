from __future__ import annotations

from collections import Counter

import pytest

from tests.campaign.__main__ import main
from tests.campaign.campaign import Part, play, table
from tests.campaign.oracles import Doubled


def test_a_part_is_run_with_one_seed_after_the_other_and_failures_are_named() -> None:
    def run(seed: int) -> Counter[str]:
        if seed == 8:
            raise Doubled("k1 is there twice")
        return Counter(orders=3, faults=1)

    row = play(Part("T0", "nothing", run, 3), 7, 3, float("inf"))
    assert row.failures == ["T0 --seed 8: Doubled: k1 is there twice"]
    lines = table([row]).splitlines()
    assert lines[0].split() == ["runs", "faults", "orders", "fills", "duplicates", "losses", "failed", "seconds"]
    assert lines[1].split() == ["T0", "3", "2", "6", "0", "1", "0", "1", "0"]


def test_the_clock_ends_a_part() -> None:
    assert play(Part("T0", "nothing", lambda seed: Counter(), 3), 7, 3, 0.0).runs == 1


def test_the_command_prints_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--only", "T15,T22", "--runs", "1", "--seed", "5"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[1:]] == ["T15", "T22", "all"]


def test_an_unknown_part_is_refused() -> None:
    with pytest.raises(SystemExit):
        main(["--only", "T99"])
