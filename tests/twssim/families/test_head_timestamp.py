"""reqHeadTimeStamp as the official client sees it."""

from __future__ import annotations

import pytest

from tests.twssim.families.rig import currency_pair, ready
from tests.twssim.official import OfficialClient, errors, of, stock

pytestmark = pytest.mark.usefixtures("every_profile")


def test_the_first_moment_in_both_forms() -> None:
    client = ready(calendar="regular")
    client.reqHeadTimeStamp(9, stock(), "TRADES", 1, 1)
    client.reqHeadTimeStamp(8, stock(), "MIDPOINT", 0, 2)
    answers = dict(of(client.after(1.0), "headTimestamp"))
    suffix = "Z" if client.serverVersion() >= 214 else ""
    assert answers == {9: f"20120103-14:30:00{suffix}", 8: "1325581200"}


def test_what_has_no_history_is_refused() -> None:
    client = ready()
    client.reqHeadTimeStamp(7, stock("NOSUCH"), "TRADES", 1, 1)
    client.reqHeadTimeStamp(8, currency_pair(), "TRADES", 1, 1)
    client.reqHeadTimeStamp(9, stock(), "NONSENSE", 1, 1)
    assert errors(client.after(1.0)) == [(7, 200), (8, 162), (9, 321)]


def test_a_query_can_be_cancelled_and_has_its_id_alone() -> None:
    client: OfficialClient = ready()
    client.reqHeadTimeStamp(9, stock(), "TRADES", 1, 1)
    client.reqHeadTimeStamp(9, stock(), "TRADES", 1, 1)
    client.cancelHeadTimeStamp(9)
    client.cancelHeadTimeStamp(9)
    events = client.after(1.0)
    assert errors(events) == [(9, 321), (9, 300)] and len(events) == 2


def test_an_answered_query_is_known_until_it_is_cancelled() -> None:
    client = ready()
    for _ in range(2):
        client.reqHeadTimeStamp(9, stock(), "TRADES", 1, 1)
        assert len(of(client.after(1.0), "headTimestamp")) == 1
    client.cancelHeadTimeStamp(9)
    assert client.after(1.0) == []
    client.cancelHeadTimeStamp(9)
    assert errors(client.after(1.0)) == [(9, 300)]
