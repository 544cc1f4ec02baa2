from __future__ import annotations

import pytest

from tests.campaign import rechunked
from twsbridge_server.core.inputs import TwsInput
from twsbridge_server.tws.framing import FrameError


def test_wherever_the_stream_is_cut_the_bridge_hears_the_same() -> None:
    counts = rechunked.run(1, 60)
    assert counts["runs"] == 120


def test_the_judge_sees_a_reader_that_takes_a_piece_for_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    heard = rechunked.heard

    def in_pieces(version: int, pieces: list[bytes]) -> list[TwsInput]:
        return [said for piece in pieces for said in heard(version, [piece])]

    monkeypatch.setattr(rechunked, "heard", in_pieces)
    with pytest.raises((AssertionError, FrameError), match="cut at|was announced"):
        rechunked.run(1, 5)
