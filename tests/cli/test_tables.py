import pytest
from hypothesis import given
from hypothesis import strategies as st

from twsbridge.cli.tables import GAP, NARROWEST, VIEWS, fitting, print_table, title
from twsbridge.records import TABLE_COLUMNS

columns = st.dictionaries(st.text("abc", min_size=1, max_size=8), st.lists(st.text("xy", max_size=30), min_size=2,
                                                                           max_size=2), min_size=1)  # fmt: skip


@given(columns, st.integers(20, 200))
def test_what_is_shown_has_room(given_columns: dict[str, list[str]], width: int) -> None:
    shown = fitting(given_columns, width)
    needed = [max(map(len, [heading, *cells])) for heading, cells in shown.items()]
    assert list(shown) == list(given_columns)[: len(shown)]
    assert sum(needed) + GAP * (len(needed) - 1) <= width
    left_out = list(given_columns.items())[len(shown) :]
    if left_out:
        heading, cells = left_out[0]
        assert sum(needed) + GAP * len(needed) + min(max(map(len, [heading, *cells])), NARROWEST) > width


def test_the_last_column_may_be_cut() -> None:
    shown = fitting({"id": ["1"], "reason": ["because " * 10]}, 30)
    assert shown["reason"][0] == ("because " * 10)[:25] + "\N{HORIZONTAL ELLIPSIS}"


def test_empty_columns_are_left_out_and_numbers_stand_to_the_right(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    records = [
        {"order_id": 7, "status": "Filled", "limit_price": None},
        {"order_id": 12, "status": "", "limit_price": ""},
    ]
    print_table(records, ("order_id", "limit_price", "status"))
    lines = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert lines == ["order  status", "    7  Filled", "   12"]


def test_the_views_show_what_the_rows_have() -> None:
    for kind, view in VIEWS.items():
        assert set(TABLE_COLUMNS[kind]) - {"remaining", "tif"} <= set(view)
    assert title("avg_fill_price") == "avg price" and title("bid_size") == "bid size"
