from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twsbridge.protocol.streams import KINDS, LONGEST_PAUSE_MS, parse_stream, stream_topic

ONE_OF_EACH = {
    "md": ["md|265598@SMART|", "md|265598@SMART:233,236|", "md|265598@SMART:233~250|", "md|1@NYSE~0|"],
    "depth": ["depth|265598@ISLAND:10|", "depth|265598@SMART:10:smart~500|"],
    "tbt": ["tbt|265598@SMART:AllLast|", "tbt|265598@SMART:MidPoint|"],
    "bars5": ["bars5|265598@SMART:TRADES|", "bars5|265598@SMART:BID:rth|"],
    "live": ["live|265598@SMART:1_min:1_D:TRADES:rth|", "live|1@SMART:5_secs:1800_S:MIDPOINT~1000|"],
    "scan": ["scan|STK:STK.US.MAJOR:TOP_PERC_GAIN:10|", "scan|STK:STK.US:HOT:5:abovePrice=5,marketCapAbove1e6=10|"],
    "pnl": ["pnl|DU1234567|", "pnl|DU1234567:Tech~1000|"],
    "pnl_single": ["pnl_single|DU1234567:265598|", "pnl_single|DU1234567:265598:Tech|"],
    "values": ["values|DU1234567:Tech|"],
    "holdings": ["holdings|DU1234567|"],
    "books": ["books|DU1234567|", "books|DU1234567:momentum~1000|"],
    "news": ["news|265598@SMART|", "news|265598@SMART:BRFG+DJ-N|"],
    "tape": ["tape|BRFG|"],
    "bulletins": ["bulletins|all|"],
    "group": ["group|1|"],
}
EVERY = [topic for topics in ONE_OF_EACH.values() for topic in topics]


def test_every_kind_has_an_example() -> None:
    assert ONE_OF_EACH.keys() == KINDS.keys()


@pytest.mark.parametrize("topic", EVERY)
def test_a_topic_says_its_kind_and_its_line(topic: str) -> None:
    read = parse_stream(topic)
    assert read is not None and topic.startswith(f"{read.kind}|")
    assert parse_stream(read.line) is not None and "~" not in read.line
    assert (read.every_ms is None) == ("~" not in topic)
    assert read.new_state().image() == ()


@pytest.mark.parametrize(
    "topic",
    ["", "md|", "md|1@SMART", "md|0@SMART|", "md|01@SMART|", "md|1@|", "md|1@A B|", "md|1@A|B|", "md|1@SMART|\n",
     "md|1@\u00c9|", "ord|1@SMART|", "md|" + "9" * 16 + "@SMART|", "md|1@" + "X" * 25 + "|", "md|1@SMART:|",
     "md|1@SMART~|", "md|1@SMART~01|", f"md|1@SMART~{LONGEST_PAUSE_MS + 1}|", "tbt|1@SMART:Last~250|", "pnl||",
     "depth|1@SMART:0|", "scan|STK:STK.US:HOT:5:above|", "bulletins|new|", "group|0|", "tape|a|"],
)  # fmt: skip
def test_what_is_no_topic(topic: str) -> None:
    assert parse_stream(topic) is None


@given(st.sampled_from(EVERY), st.sampled_from(EVERY))
def test_no_topic_is_a_prefix_of_another(one: str, other: str) -> None:
    assert one == other or not other.startswith(one)


@given(st.integers(1, 10**15 - 1), st.from_regex(r"[A-Za-z0-9._&-]{1,24}", fullmatch=True))
def test_a_quote_topic_names_its_contract(con_id: int, exchange: str) -> None:
    read = parse_stream(stream_topic("md", f"{con_id}@{exchange}"))
    assert read is not None and read.given == {"con_id": str(con_id), "exchange": exchange}


def test_topics_are_made_of_their_parts() -> None:
    assert stream_topic("depth", "1@SMART", 5, None, every_ms=250) == "depth|1@SMART:5~250|"
    with pytest.raises(ValueError, match="no stream has the topic"):
        stream_topic("depth", "1@SMART")
    with pytest.raises(ValueError, match="there are md, depth"):
        stream_topic("quotes", "1@SMART")


def test_only_streams_of_accounts_name_one() -> None:
    with_account = {read.kind for topic in EVERY if (read := parse_stream(topic)) and read.account}
    assert with_account == {"pnl", "pnl_single", "values", "holdings", "books"}
