from twsbridge_server.core.audit_floods import BURST, COUNTED_US, MOST_KINDS, Floods

SECOND = 1_000_000


def test_the_first_ones_have_their_rows_and_a_flood_is_counted() -> None:
    floods = Floods()
    taken = [floods.takes("bob", "order.place limit.halted", 0) for _ in range(1000)]
    assert taken == [True] * BURST + [False] * (1000 - BURST)
    assert floods.next_due() == COUNTED_US
    assert floods.due(COUNTED_US - 1) == []
    (told,) = floods.due(COUNTED_US)
    assert told == {"client": "bob", "count": 1000 - BURST, "refused": {"order.place limit.halted": 1000 - BURST}}
    assert floods.next_due() is None


def test_an_hour_of_floods_has_a_bounded_number_of_rows() -> None:
    floods, rows, asked = Floods(), 0, 0
    for tick in range(0, 3600 * SECOND, SECOND // 10):
        for _ in range(5):
            asked += 1
            rows += floods.takes("bob", "order.place req.rate", tick)
        rows += len(floods.due(tick))
    assert asked == 180_000
    assert rows <= 3600 + BURST + 360


def test_one_client_does_not_use_up_the_rows_of_another_and_kinds_are_bounded() -> None:
    floods = Floods()
    for number in range(BURST + MOST_KINDS * 2):
        floods.takes("bob", f"kind {number}", 0)
    assert floods.takes("ann", "kind", 0)
    (told,) = floods.due(1, everything=True)
    assert len(told["refused"]) == MOST_KINDS + 1
    assert told["count"] == MOST_KINDS * 2
