from __future__ import annotations

import pytest

from tests.bridge_process import BridgeProcess
from twsbridge import Client


def test_stop_and_restrict_one_account_or_one_client(bridge: BridgeProcess) -> None:
    with Client(bridge.connection_file) as client:
        client.wait_ready()
        assert client.halt("a", client="default").halts[0].of == "default"
        (_, halt) = client.reduce("b", account=client.accounts[0]).halts
        assert (halt.scope, halt.state, halt.by) == ("account", "REDUCING", "default")
        assert "client default: HALTED" in str(client.status())
        with pytest.raises(ValueError, match="not both"):
            client.halt(account="DU1234567", client="x")
