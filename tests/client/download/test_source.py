from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest

from tests.client.download.scene import Scene
from twsbridge.channel import Channel
from twsbridge.contracts import Stock
from twsbridge.download.calendar import ExchangeDays, Piece
from twsbridge.download.source import Source, is_passing
from twsbridge.download.wish import Wish
from twsbridge.errors import BridgeError, make_error
from twsbridge.protocol.commands import OpenQuote
from twsbridge.protocol.models import Contract, ContractDetails
from twsbridge.protocol.replies import ContractMatches

DAYS = ExchangeDays("1 min", "US/Eastern")


def source(bridge: Any) -> Source:
    return Source(cast(Channel, bridge), Wish("1 min", date(2024, 1, 1)))


def test_bars_of_a_piece_and_what_is_heard_meanwhile(tmp_path: Path) -> None:
    heard: list[float] = []
    piece = Piece("2024-01", date(2024, 1, 1), date(2024, 2, 1))
    bars = source(Scene(tmp_path)).bars(Stock("AAPL"), DAYS, piece, heard.append)
    assert bars.count == 23 and heard == [0.5]


def test_where_tws_does_not_say_since_when_it_is_not_known(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    assert source(scene).begins(Stock("AAPL"), DAYS) == scene.begins
    error = "tws.permission"

    class Refusing:
        def ask(self, *_: Any, **__: Any) -> Any:
            raise BridgeError(make_error(error, "no"))

    assert source(Refusing()).begins(Stock("AAPL"), DAYS) is None
    error = "tws.disconnected"
    with pytest.raises(BridgeError):
        source(Refusing()).begins(Stock("AAPL"), DAYS)


def test_several_contracts_are_the_bridges_error() -> None:
    class Ambiguous:
        def ask(self, command: Any, *_: Any, **__: Any) -> Any:
            if isinstance(command, OpenQuote):
                raise BridgeError(make_error("req.invalid", "2 contracts match"))
            return ContractMatches(rows=[ContractDetails(contract=Contract(con_id=each)) for each in (1, 2)])

    with pytest.raises(BridgeError, match="2 contracts match"):
        source(Ambiguous()).details(Stock("X"))


def test_what_passes_by_itself() -> None:
    codes = (
        "tws.lost",
        "tws.timeout",
        "tws.disconnected",
        "client.unreachable",
        "req.expired",
        "br.draining",
        "req.rate",
        "tws.pacing",
    )
    assert all(is_passing(BridgeError(make_error(code, ""))) for code in codes)
    assert not any(is_passing(BridgeError(make_error(code, ""))) for code in ("tws.not_found", "req.invalid"))
