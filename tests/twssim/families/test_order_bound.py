"""orderBound, field by field."""

from __future__ import annotations

import pytest

from tests.twssim.official import VERSIONS, OfficialClient, gateway
from twssim.families.order_bound import OrderBound


@pytest.mark.parametrize("version", VERSIONS)
def test_its_fields_arrive(version: int) -> None:
    client = OfficialClient(gateway(), version=version)
    client.after(1.0)
    client.session.send(OrderBound(1_234_567_890, 0, -7))
    assert client.take() == [("orderBound", (1_234_567_890, 0, -7))]
