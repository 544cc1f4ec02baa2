"""One instrument uses one line, whatever streams it has."""

from __future__ import annotations

from tests.twssim.families.rig import ready
from tests.twssim.market_rig import the
from tests.twssim.official import errors, stock
from twssim.lines import line_is_free, used
from twssim.streams import Line


def test_streams_of_every_kind_share_the_lines() -> None:
    client = ready(market_data_lines=2)
    client.reqMktData(1, stock(), "", False, False, [])
    client.session.subscriptions.streams.add(Line(5, the("MSFT")))
    assert used(client.tws) == {the("AAPL").con_id, the("MSFT").con_id}
    assert line_is_free(client.session, 7, the("MSFT"))
    assert not line_is_free(client.session, 7, the("NVDA"))
    assert errors(client.take()) == [(7, 101)]
    client.session.subscriptions.streams.close(Line, 5)
    assert line_is_free(client.session, 7, the("NVDA"))
