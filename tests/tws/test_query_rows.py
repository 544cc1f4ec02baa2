from __future__ import annotations

import pytest
from ibapi.common import DepthMktDataDescription, HistoricalSession, SmartComponent
from ibapi.softdollartier import SoftDollarTier

from twsbridge_server.core.queries.answers import AnswerEnd, AnswerPart
from twsbridge_server.tws import query_rows


def test_smart_components_of_text_and_of_protobuf_are_the_same() -> None:
    said = SmartComponent()
    said.bitNumber, said.exchange, said.exchangeLetter = 3, "IEX", "V"
    assert query_rows.smart_components([said]) == query_rows.smart_components({3: ("IEX", "V")})


def test_depth_exchanges_and_tiers() -> None:
    said = DepthMktDataDescription()
    said.exchange, said.secType = "ISLAND", "STK"
    assert query_rows.depth_exchange(said).agg_group is None
    assert query_rows.tier(SoftDollarTier("a", "1", "A")).value == "1"


def test_a_session_is_two_instants_in_its_zone() -> None:
    said = HistoricalSession()
    said.startDateTime, said.endDateTime, said.refDate = "20261123-09:30:00", "20261123-16:00:00", "20261123"
    assert query_rows.session(said, "US/Eastern").start_us == 1_795_444_200_000_000
    with pytest.raises(ValueError, match="zone"):
        query_rows.session(said, "Nowhere")


def test_ticks_end_when_they_are_done() -> None:
    assert query_rows.ticks_told(7, False, [1]) == [AnswerPart(7, (1,))]
    assert query_rows.ticks_told(7, True, [1]) == [AnswerPart(7, (1,)), AnswerEnd(7)]
