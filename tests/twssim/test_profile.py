"""Which profile a server version has, and what a simulator without ibapi says."""

from __future__ import annotations

import subprocess
import sys

import pytest

from twssim.profile import NEWEST_SERVER_VERSION, NEWEST_TEXT_VERSION, OLDEST_SERVER_VERSION, TextProfile, profile_of

WITHOUT_IBAPI = """
import sys
sys.modules["ibapi"] = None
import twssim
with twssim.run(port=0, server_version=200):
    print("text goes on")
try:
    twssim.run(port=0, server_version=201)
except ValueError as refusal:
    print(refusal)
"""


@pytest.mark.parametrize("version", range(OLDEST_SERVER_VERSION, NEWEST_SERVER_VERSION + 1))
def test_every_version_has_one_profile(version: int) -> None:
    profile = profile_of(version)
    assert profile.version == version
    assert isinstance(profile, TextProfile) == (version <= NEWEST_TEXT_VERSION)


def test_text_needs_no_ibapi_and_protobuf_says_that_it_does() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT_IBAPI], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.splitlines()
    assert first == "text goes on"
    assert second.startswith("server version 201 speaks protobuf") and "install twsbridge[bridge]" in second


def test_text_loads_neither_ibapi_nor_protobuf() -> None:
    asked = "import sys, twssim.__main__; print('ibapi' in sys.modules or 'google.protobuf' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True).stdout == "False\n"
