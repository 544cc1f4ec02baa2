"""News as a function of seed and time."""

from __future__ import annotations

from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from tests.twssim.market_rig import MONDAY_NOON, UNIVERSE, moments, seeds, the
from twssim.newsroom import DAY, HOUR, PROVIDERS, Newsroom, known


@given(seeds, moments, st.integers(0, 3 * HOUR))
def test_the_past_does_not_depend_on_when_it_is_asked(seed: int, now: float, later: int) -> None:
    room = Newsroom(UNIVERSE, seed)
    stock = the("AAPL")
    before = list(islice(room.backwards(stock, now), 5))
    after = [each for each in islice(room.backwards(stock, now + later), 20) if each.time <= now]
    assert after[:5] == before
    coming = room.next_after(stock, now)
    assert coming is not None and coming.time > now >= before[0].time
    assert next(room.backwards(stock, coming.time)) == coming


def test_every_headline_has_its_article_once_it_is_written() -> None:
    room = Newsroom(UNIVERSE, 1)
    for headline in islice(room.backwards(the("MSFT"), MONDAY_NOON), 20):
        text = room.article(headline.article_id, headline.time)
        assert text is not None and headline.text in text and headline.provider in PROVIDERS
        assert room.article(headline.article_id, headline.time - 1) is None


def test_made_up_articles_do_not_exist() -> None:
    room = Newsroom(UNIVERSE, 1)
    headline = next(room.backwards(the("MSFT"), MONDAY_NOON))
    other = "DJNL" if headline.provider != "DJNL" else "BRFG"
    forged = headline.article_id.replace(headline.provider, other)
    assert [room.article(each, MONDAY_NOON) for each in ("", "DJNL", "DJNL$xyz", "DJNL$0000000100", forged)] == [
        None
    ] * 5


def test_only_stocks_make_news() -> None:
    room = Newsroom(UNIVERSE, 1)
    assert list(room.backwards(the("EUR", "CASH"), MONDAY_NOON)) == []
    assert room.next_after(the("EUR", "CASH"), MONDAY_NOON) is None


def test_the_tape_of_a_provider_runs_through_all_its_headlines() -> None:
    room, now = Newsroom(UNIVERSE, 1), MONDAY_NOON
    for _ in range(10):
        headline = room.tape_after("BRFG", now)
        assert headline.provider == "BRFG" and headline.time > now
        now = headline.time


@given(moments)
def test_bulletins_follow_each_other(now: float) -> None:
    room = Newsroom(UNIVERSE, 1)
    of_a_week = room.bulletins(now, now + 7 * DAY)
    numbers = [each.number for each in of_a_week]
    assert len(numbers) == 21 and numbers == list(range(numbers[0], numbers[0] + 21))
    assert room.next_bulletin(now) == of_a_week[0]


def test_which_providers_are_known() -> None:
    assert known(["BRFG"]) and known(list(PROVIDERS))
    assert not known([]) and not known(["BRFG", "FLY"])
