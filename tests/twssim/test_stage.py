from __future__ import annotations

from random import Random

import pytest

from tests.twssim.official import OfficialClient, gateway
from twssim.stage import FaultRefused, Stage, choose


def test_a_stage_without_sockets_refuses_faults_of_the_network() -> None:
    stage = Stage(gateway(), None, Random(1))
    with pytest.raises(FaultRefused, match="sockets"):
        stage.server.drop_connections()


def test_started_sessions_by_client() -> None:
    tws = gateway()
    first, second = OfficialClient(tws, 1), OfficialClient(tws, 2)
    stage = Stage(tws, None, Random(1))
    assert stage.started() == [first.session, second.session]
    assert stage.started(2) == [second.session]


def test_choices_are_named() -> None:
    choose("direction", "in", "in", "out")
    with pytest.raises(FaultRefused, match="direction must be one of in, out, not 'up'"):
        choose("direction", "up", "in", "out")
