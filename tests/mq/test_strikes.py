from twsbridge_server.mq.strikes import BAN_S, COMMANDS, MALFORMED, SUBSCRIPTIONS, WINDOW_S, Strikes


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_too_many_in_one_window_ban_the_key_for_a_while() -> None:
    clock = Clock()
    strikes = Strikes(clock)
    for _ in range(3):
        assert not any(strikes.strike("k", 1, MALFORMED) for _ in range(MALFORMED.limit - 1))
        clock.now += WINDOW_S
    assert not strikes.is_banned("k") and strikes.bans() == {}
    assert [strikes.strike("k", 1, MALFORMED) for _ in range(MALFORMED.limit)][-1]
    assert strikes.is_banned("k") and strikes.bans() == {"k": MALFORMED}
    assert not strikes.is_banned("other")
    clock.now += BAN_S
    assert not strikes.is_banned("k") and strikes.bans() == {}


def test_junk_counts_by_key_over_all_its_connections() -> None:
    strikes = Strikes(Clock())
    assert [strikes.strike("k", connection, MALFORMED) for connection in range(MALFORMED.limit)][-1]
    assert strikes.strike("k", 99, MALFORMED), "whoever uses a banned key has no strike left"


def test_floods_count_by_connection() -> None:
    """A thousand programs with one key subscribe again when the bridge comes back: that is no flood."""
    strikes = Strikes(Clock())
    for offence in (SUBSCRIPTIONS, COMMANDS):
        assert not any(strikes.strike("k", number, offence) for number in range(9) for _ in range(offence.limit - 1))
        assert strikes.strike("k", 3, offence)
        assert not strikes.strike("k", 3, offence._replace(words="another thing"))
