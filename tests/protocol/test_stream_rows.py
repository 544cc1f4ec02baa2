from __future__ import annotations

from typing import get_args

from twsbridge.protocol import stream_rows
from twsbridge.protocol.envelope import pack, unpack
from twsbridge.protocol.streams import KINDS


def test_rows_are_arrays_on_the_wire() -> None:
    row = stream_rows.Trade(1, 2.5, "100", "NYSE", "", False, True)
    assert unpack(pack([row])) == [list(row)]


def test_every_kind_of_stream_has_a_row_of_the_union() -> None:
    assert {kind.row for kind in KINDS.values()} <= set(get_args(stream_rows.StreamRow))
