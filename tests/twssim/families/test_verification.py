"""The old authentication of third-party programs."""

from __future__ import annotations

import pytest

from tests.twssim.official import VERSIONS, OfficialClient, gateway, of
from twssim.families.verification import NOT_REGISTERED


def client_of(version: int) -> OfficialClient:
    client = OfficialClient(gateway(), version=version)
    client.after(1.0)
    client.extraAuth = True
    return client


@pytest.mark.parametrize("version", VERSIONS)
def test_no_program_is_registered(version: int) -> None:
    client = client_of(version)
    client.verifyRequest("program", "1.0")
    client.verifyMessage("answer")
    answers = of(client.take(), "verifyCompleted")
    failed = False if version >= 213 else "false"  # the official text decoder hands the word on
    assert answers == [(failed, NOT_REGISTERED)] * 2


@pytest.mark.parametrize("version", VERSIONS)
def test_authentication_is_text_at_every_version(version: int) -> None:
    client = client_of(version)
    client.verifyAndAuthRequest("program", "1.0", "key")
    client.verifyAndAuthMessage("answer", "response")
    assert of(client.take(), "verifyAndAuthCompleted") == [("false", NOT_REGISTERED)] * 2
