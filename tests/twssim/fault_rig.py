"""A simulated TWS that can be made to fail, and an official client of it."""

from __future__ import annotations

from typing import Any

from tests.twssim.official import OfficialClient, gateway
from twssim.faults import Faults
from twssim.gateway import Gateway


class FaultRig:
    """One gateway, its faults, and clients by id."""

    def __init__(self, **settings: Any) -> None:
        self.tws: Gateway = gateway(**settings)
        self.faults = Faults(self.tws)
        self.client = self.join(1)

    def join(self, client_id: int) -> OfficialClient:
        """A client after its greeting."""
        client = OfficialClient(self.tws, client_id)
        client.after(1.0)
        return client
