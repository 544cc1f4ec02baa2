from __future__ import annotations

from twsbridge.protocol.contract import TagValue
from twsbridge_server.tws.tag_values import tags_from_tws, tags_to_tws


def test_there_and_back() -> None:
    tags = (TagValue(tag="adaptivePriority", value="Normal"), TagValue(tag="a", value=""))
    assert tags_from_tws(tags_to_tws(tags)) == tags


def test_no_list_is_no_pairs() -> None:
    assert tags_from_tws(None) == ()
