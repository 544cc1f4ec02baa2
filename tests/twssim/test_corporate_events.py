"""The invented calendar of corporate events."""

from __future__ import annotations

import json

import pytest

from tests.twssim.market_rig import MONDAY_NOON, UNIVERSE
from twssim.corporate_events import KINDS, Filter, FilterUnreadable, events_json, meta_json, read_filter

AAPL, IBM, EUR_USD = 265598, 8314, 12087792


def events(wanted: Filter) -> list[dict[str, object]]:
    read: list[dict[str, object]] = json.loads(events_json(UNIVERSE, wanted, MONDAY_NOON))
    return read


def test_the_meta_data_names_every_kind() -> None:
    kinds = json.loads(meta_json())["data"]["meta_data"]["event_types"]
    assert {each["tag"]: each["name"] for each in kinds} == KINDS


def test_a_company_has_every_kind_each_quarter() -> None:
    of_a_year = events(Filter((AAPL,), start="20260101", end="20261231"))
    for kind in KINDS:
        assert len([each for each in of_a_year if each["event_type"] == kind]) in (4, 5)


def test_what_was_told_once_stays_true() -> None:
    near, far = Filter((IBM,), end="20270101"), Filter((IBM,), end="20280101")
    assert events(far)[: len(events(near))] == events(near)


def test_only_companies_have_events() -> None:
    assert events(Filter((EUR_USD, 1))) == []


def test_a_limit_keeps_the_first() -> None:
    assert events(Filter((AAPL, IBM), limit=3)) == events(Filter((AAPL, IBM)))[:3]


def test_filters_are_read_as_clients_write_them() -> None:
    written = '{"watchlist": ["8314"], "portfolio": "true", "wshe_div": "true", "wshe_ed": "false", "limit": 5}'
    assert read_filter(written) == Filter((IBM,), ("wshe_div",), limit=5, portfolio=True)


@pytest.mark.parametrize("written", ["", "[]", "{", '{"watchlist": ["x"]}', '{"limit": null}', '"text"'])
def test_other_texts_are_no_filter(written: str) -> None:
    with pytest.raises(FilterUnreadable):
        read_filter(written)
