from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twsbridge.protocol import topics

names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="|"), max_size=12)
all_topics = (
    st.sampled_from([topics.SYSTEM, topics.HEARTBEAT])
    | names.map(topics.orders)
    | names.map(topics.account)
    | names.map(topics.sync)
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


@given(names)
def test_reliable_streams(name: str) -> None:
    assert topics.is_reliable(topics.SYSTEM)
    assert topics.is_reliable(topics.orders(name))
    assert topics.is_reliable(topics.account(name))
    assert not topics.is_reliable(topics.sync(name))


@pytest.mark.parametrize("topic", ["", "ord|", "acct|", "hb|", "md|1@SMART|", "sys|x", "ord|A|B|", "ord|A", "sys"])
def test_everything_else_is_not_replayed(topic: str) -> None:
    assert not topics.is_reliable(topic)
