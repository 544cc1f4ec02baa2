import pytest
from hypothesis import given
from hypothesis import strategies as st

from twsbridge.protocol import topics
from twsbridge.protocol.replies import Head
from twsbridge_server.core.rights import Rights, is_paper

ACCOUNTS = ("DU1111111", "DU2222222", "DF3333333", "U1234567", "U123")
HELD = st.lists(st.sampled_from(["paper", *ACCOUNTS]), min_size=1, max_size=4, unique=True)


@pytest.mark.parametrize(
    ("held", "account", "reached"),
    [
        ("paper", "DU1111111", True),
        ("paper", "DF3333333", True),
        ("paper", "U1234567", False),
        ("U1234567", "U1234567", True),
        ("U1234567", "U123", False),
        ("DU1111111", "DU2222222", False),
        ("paper", "", False),
    ],
)
def test_the_accounts_of_a_key(held: str, account: str, reached: bool) -> None:
    assert Rights(accounts=(held,)).reaches(account) is reached


@given(HELD, st.sampled_from(ACCOUNTS), st.sampled_from([topics.ALL_ORDERS, topics.ALL_ACCOUNTS]))
def test_a_wide_subscription_brings_exactly_what_may_be_read(held: list[str], account: str, kind: str) -> None:
    rights = Rights(accounts=tuple(held))
    stream = f"{kind}{account}|"
    arrives = any(stream.startswith(prefix) for prefix in rights.subscriptions(kind))
    assert arrives == rights.reads(stream) == rights.reaches(account)
    assert rights.subscriptions(stream) == ([stream] if arrives else [])


@given(HELD, HELD)
def test_heartbeats_of_one_scope_go_to_nobody_else(one: list[str], other: list[str]) -> None:
    (mine,) = Rights(accounts=tuple(one)).subscriptions(topics.HEARTBEAT)
    (theirs,) = Rights(accounts=tuple(other)).subscriptions(topics.HEARTBEAT)
    assert mine.startswith(theirs) == (set(one) == set(other))


def test_streams_of_no_account_are_everybodys() -> None:
    rights = Rights(accounts=("DU1111111",))
    assert rights.reads(topics.SYSTEM)
    assert rights.subscriptions("sync|x|") == ["sync|x|"]
    heads = {stream: Head(epoch="e", first=1, next=1) for stream in ("sys|", "ord|DU1111111|", "ord|DU2222222|")}
    assert rights.readable(heads).keys() == {"sys|", "ord|DU1111111|"}


def test_paper_accounts_are_told_by_their_names() -> None:
    assert [is_paper(account) for account in ACCOUNTS] == [True, True, True, False, False]
