from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twsbridge.protocol import topics

names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="|"), max_size=12)
exchanges = st.from_regex(r"[A-Za-z0-9._&-]{1,24}", fullmatch=True)
con_ids = st.integers(1, 10**15 - 1)
all_topics = (
    st.sampled_from([topics.SYSTEM, topics.HEARTBEAT])
    | names.map(topics.orders)
    | names.map(topics.account)
    | names.map(topics.sync)
    | st.builds(topics.market_data, con_ids, exchanges)
)


@given(all_topics, all_topics)
def test_no_topic_is_a_prefix_of_another(one: str, other: str) -> None:
    assert one == other or not other.startswith(one)


@given(names)
def test_two_accounts_whose_names_begin_alike_do_not_share_a_subscription(name: str) -> None:
    assert not topics.orders(name + "1").startswith(topics.orders(name))


@pytest.mark.parametrize("make", [topics.orders, topics.account, topics.sync])
def test_a_name_that_would_end_the_topic_early_is_refused(make: Callable[[str], str]) -> None:
    with pytest.raises(ValueError, match="part of a topic"):
        make("DU1|DU2")


@given(names)
def test_subscribing_to_all_accounts(name: str) -> None:
    assert topics.orders(name).startswith(topics.ALL_ORDERS)
    assert topics.account(name).startswith(topics.ALL_ACCOUNTS)
    assert topics.sync(name).startswith(topics.SYNC)


@given(con_ids, exchanges)
def test_a_market_data_topic_names_its_line(con_id: int, exchange: str) -> None:
    assert topics.parse_market_data(topics.market_data(con_id, exchange)) == (con_id, exchange)


@pytest.mark.parametrize(
    "topic",
    ["", "md|", "md|1@SMART", "md|0@SMART|", "md|01@SMART|", "md|-1@SMART|", "md|1@|", "md|1@A B|", "md|1@A|B|",
     "md|1@SMART|\n",
     "md|1@\u00c9|", "ord|1@SMART|", "md|" + "9" * 16 + "@SMART|", "md|1@" + "X" * 25 + "|"],
)  # fmt: skip
def test_what_is_no_market_data_topic(topic: str) -> None:
    assert topics.parse_market_data(topic) is None


@pytest.mark.parametrize(("con_id", "exchange"), [(0, "SMART"), (-1, "SMART"), (1, ""), (1, "A|B"), (1, "X" * 25)])
def test_a_line_that_cannot_be_is_refused(con_id: int, exchange: str) -> None:
    with pytest.raises(ValueError, match="no market data topic"):
        topics.market_data(con_id, exchange)


@given(names)
def test_reliable_streams(name: str) -> None:
    assert topics.is_reliable(topics.SYSTEM)
    assert topics.is_reliable(topics.orders(name))
    assert topics.is_reliable(topics.account(name))
    assert not topics.is_reliable(topics.sync(name))


@pytest.mark.parametrize("topic", ["", "ord|", "acct|", "hb|", "md|1@SMART|", "sys|x", "ord|A|B|", "ord|A", "sys"])
def test_everything_else_is_not_replayed(topic: str) -> None:
    assert not topics.is_reliable(topic)
