"""A fake bridge of real sockets, and a client of it, for the time of one test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.client.fake_bridge import FakeBridge, running
from tests.waiting import PATIENCE
from twsbridge import Client
from twsbridge.channel import Channel


@pytest.fixture
def fake() -> Iterator[FakeBridge]:
    with running() as bridge:
        yield bridge


@pytest.fixture
def client(fake: FakeBridge) -> Iterator[Client]:
    with Client(fake.connection, timeout=PATIENCE) as client:
        yield client


@pytest.fixture
def channel(fake: FakeBridge) -> Iterator[Channel]:
    channel = Channel(fake.connection, PATIENCE)
    channel.wait_welcome()
    yield channel
    channel.close()
