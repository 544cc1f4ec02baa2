from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.client.fake_bridge import ORDERS, FakeBridge, refusal
from tests.waiting import PATIENCE, eventually
from twsbridge import reader as reader_module
from twsbridge.channel import Channel
from twsbridge.cursor import Cursor, Since, start_from
from twsbridge.errors import BridgeUnavailable, StreamError, Unreachable
from twsbridge.protocol.commands import GetReplay
from twsbridge.reader import EventReader

OTHER = "ord|DU7654321|"


def reader(channel: Channel, since: Since = None, **options: Any) -> EventReader:
    return EventReader(channel, ("ord|",), start_from(since), **options)


def publish(fake: FakeBridge, count: int = 1, stream: str = ORDERS, **options: Any) -> None:
    for _ in range(count):
        fake.publish(stream, "order", {"n": len(fake.journal.get(stream, []))}, **options)


def seqs(events: EventReader, count: int) -> list[int]:
    found = []
    for _ in range(count):
        event = events.next(10)
        assert event is not None, f"after {found} nothing came"
        found.append(event.seq)
    return found


def test_from_the_beginning_then_live(fake: FakeBridge, channel: Channel) -> None:
    publish(fake, 3, lost=True)
    events = reader(channel)
    assert seqs(events, 3) == [1, 2, 3]
    publish(fake, 2)
    assert seqs(events, 2) == [4, 5]
    assert events.cursor == Cursor("epoch-1", {ORDERS: 5})


def test_replayed_events_are_marked_and_have_their_bodies(fake: FakeBridge, channel: Channel) -> None:
    publish(fake, 1, lost=True)
    event = reader(channel).next(10)
    assert event is not None and event.is_replayed and event.body == {"n": 0}


def test_from_now_on(fake: FakeBridge, channel: Channel) -> None:
    publish(fake, 3)
    events = reader(channel, "now")
    assert events.cursor == Cursor("epoch-1", {ORDERS: 3})
    publish(fake)
    assert seqs(events, 1) == [4]
    assert "replay" not in fake.names()


def test_a_cursor_continues_exactly_where_it_stands(fake: FakeBridge, channel: Channel) -> None:
    publish(fake, 5)
    events = reader(channel)
    assert seqs(events, 2) == [1, 2]
    stored = str(events.cursor)
    publish(fake, 1)
    assert seqs(reader(channel, stored), 4) == [3, 4, 5, 6]
    assert seqs(reader(channel, ("epoch-1", 4)), 2) == [5, 6]


def test_several_streams_each_in_their_own_order(fake: FakeBridge, channel: Channel) -> None:
    publish(fake, 3)
    publish(fake, 2, OTHER)
    events = reader(channel)
    found = [events.next(10) for _ in range(5)]
    assert sorted((event.topic, event.seq) for event in found if event) == [
        *((ORDERS, seq) for seq in (1, 2, 3)),
        *((OTHER, seq) for seq in (1, 2)),
    ]
    assert events.cursor.seqs == {ORDERS: 3, OTHER: 2}
    again = reader(channel, Cursor("epoch-1", {ORDERS: 3}))
    assert seqs(again, 2) == [1, 2], "a stream that the cursor does not know is new to it"


def test_a_stream_that_comes_into_being_is_followed_from_its_first_event(fake: FakeBridge, channel: Channel) -> None:
    events = reader(channel, "now")
    publish(fake, 1, OTHER, lost=True)
    publish(fake, 1, OTHER)
    assert seqs(events, 2) == [1, 2]


def test_lost_events_are_replayed_when_the_next_one_shows_the_hole(fake: FakeBridge, channel: Channel) -> None:
    events = reader(channel, "now")
    publish(fake)
    publish(fake, 2, lost=True)
    publish(fake)
    assert seqs(events, 4) == [1, 2, 3, 4]
    assert fake.names().count("replay") == 1


def test_a_lost_last_event_is_found_by_the_heartbeat(fake: FakeBridge, channel: Channel) -> None:
    events = reader(channel, "now")
    publish(fake, lost=True)
    assert seqs(events, 1) == [1]


def test_a_repeated_event_comes_once(fake: FakeBridge, channel: Channel) -> None:
    events = reader(channel, "now")
    publish(fake, 2)
    fake.say_again(ORDERS, 1)
    publish(fake)
    assert seqs(events, 3) == [1, 2, 3]


def test_long_histories_come_in_pages(fake: FakeBridge, channel: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader_module, "PAGE", 7)
    publish(fake, 50, lost=True)
    assert seqs(reader(channel), 50) == list(range(1, 51))
    assert fake.names().count("replay") == 8


def test_up_to_now_ends(fake: FakeBridge, channel: Channel) -> None:
    publish(fake, 3)
    assert [event.seq for event in reader(channel, follow=False)] == [1, 2, 3]
    assert list(reader(channel, "now", follow=False)) == []


def test_an_instant_is_found_without_reading_everything(
    fake: FakeBridge, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader_module, "PAGE", 10)
    monkeypatch.setattr(reader_module, "CLOCK_STEP_US", 0)
    publish(fake, 300)
    at = fake.journal[ORDERS][250].ts_us
    fake.journal[ORDERS] = [event._replace(ts_us=at - 250 + seq) for seq, event in enumerate(fake.journal[ORDERS])]
    events = EventReader(channel, ("ord|",), start_from(None).__class__(instant=at))
    first = events.next(10)
    assert first is not None and 241 <= first.seq <= 251
    assert fake.names().count("replay") < 10


def test_waiting_ends_at_the_deadline(channel: Channel) -> None:
    assert reader(channel).next(0.05) is None


def test_caught_up_means_nothing_is_missing(fake: FakeBridge, channel: Channel) -> None:
    events = reader(channel, "now")
    assert events.is_caught_up
    publish(fake, 2)
    eventually(lambda: not events.is_caught_up)
    assert seqs(events, 2) == [1, 2]
    eventually(lambda: events.next(0.05) is None and events.is_caught_up)


def test_reading_goes_on_over_a_restart_of_the_bridge(fake: FakeBridge, channel: Channel) -> None:
    events = reader(channel, "now")
    publish(fake, 2)
    assert seqs(events, 2) == [1, 2]
    again = fake.restarted()
    publish(again, 2, lost=True)
    publish(again, 1)
    assert seqs(events, 3) == [3, 4, 5]
    again.close()


def test_a_replay_that_fails_is_asked_again_while_following(
    fake: FakeBridge, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader_module, "PAUSE_SECONDS", 0.05)
    failures = iter(["br.starting", "br.draining"])

    def replay(command: GetReplay) -> Any:
        for code in failures:
            raise refusal(code)
        return fake._replay(command)

    fake.answers["replay"] = replay
    publish(fake, 2, lost=True)
    assert seqs(reader(channel), 2) == [1, 2]


def test_a_replay_that_fails_is_an_error_when_not_following(fake: FakeBridge, channel: Channel) -> None:
    def replay(command: GetReplay) -> Any:
        raise refusal("br.draining")

    fake.answers["replay"] = replay
    publish(fake, lost=True)
    with pytest.raises(BridgeUnavailable):
        list(reader(channel, follow=False))


def test_a_replay_without_progress_is_not_asked_in_a_tight_loop(
    fake: FakeBridge, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader_module, "PAUSE_SECONDS", 0.2)
    fake.answers["replay"] = lambda command: [
        {"stream": ORDERS, "epoch": "epoch-1", "events": [], "next": 1, "head": 1}
    ]
    publish(fake, lost=True)
    assert reader(channel).next(0.5) is None
    assert fake.names().count("replay") <= 4


def test_another_history_is_an_error_after_all_that_came_before_it(fake: FakeBridge, channel: Channel) -> None:
    events = reader(channel, "now")
    publish(fake, 2)
    eventually(lambda: len(events._inbox) >= 2)
    fake.lose_history("epoch-2")
    publish(fake)
    assert seqs(events, 2) == [1, 2]
    with pytest.raises(StreamError, match="since=None") as caught:
        events.next(10)
    assert caught.value.code == "stream.epoch"


def test_a_cursor_of_another_history_is_an_error_at_once(fake: FakeBridge, channel: Channel) -> None:
    publish(fake)
    with pytest.raises(StreamError, match="another history"):
        reader(channel, Cursor("epoch-0", {ORDERS: 5}))


def test_a_cursor_of_another_history_is_an_error_as_soon_as_the_new_one_begins(
    fake: FakeBridge, channel: Channel
) -> None:
    events = reader(channel, Cursor("epoch-0", {ORDERS: 5}))
    publish(fake)
    with pytest.raises(StreamError):
        events.next(10)


def test_a_pair_is_for_one_stream(fake: FakeBridge, channel: Channel) -> None:
    publish(fake)
    publish(fake, 1, OTHER)
    with pytest.raises(ValueError, match="use a Cursor"):
        reader(channel, ("epoch-1", 1))


def test_closing_ends_a_loop_in_another_thread(channel: Channel) -> None:
    with ThreadPoolExecutor(1) as pool, reader(channel) as events:
        loop = pool.submit(list, events)
        events.close()
        assert loop.result(timeout=PATIENCE) == []


def test_closing_the_client_ends_loops_quietly_and_a_defect_does_not(fake: FakeBridge, channel: Channel) -> None:
    quiet = reader(channel)
    channel.close()
    assert list(quiet) == []
    broken = Channel(fake.connection, 5.0)
    events = reader(broken)

    def defect(board: object) -> None:
        raise RuntimeError("a defect")

    broken._io.post(defect)
    with pytest.raises(Unreachable, match="a defect"):
        list(events)


def test_a_reader_that_falls_behind_reads_the_rest_from_the_journal(fake: FakeBridge, channel: Channel) -> None:
    events = reader(channel, "now")
    events._inbox.limit = 20
    publish(fake, 200)
    eventually(lambda: not fake._jobs)
    assert seqs(events, 200) == list(range(1, 201))


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(st.sampled_from(["send", "lose", "repeat", "reopen"]), min_size=1, max_size=25))
def test_each_event_once_and_in_order_whatever_the_network_does(
    fake: FakeBridge, channel: Channel, happenings: list[str]
) -> None:
    fake.lose_history(f"epoch-{uuid4().hex}")
    events = reader(channel)
    got: list[int] = []
    for happening in happenings:
        if happening == "repeat" and fake.journal.get(ORDERS):
            fake.say_again(ORDERS, 1)
        elif happening == "reopen":
            got += arrived(events)
            events = reader(channel, events.cursor if events.cursor.epoch else None)
        else:
            publish(fake, lost=happening == "lose")
    published = len(fake.journal.get(ORDERS, []))
    got += seqs(events, published - len(got))
    assert got == list(range(1, published + 1))


def arrived(events: EventReader) -> list[int]:
    found = []
    while (event := events.next(0.001)) is not None:
        found.append(event.seq)
    return found


def test_readers_in_many_threads_each_get_everything(fake: FakeBridge, channel: Channel) -> None:
    ready = threading.Barrier(5)

    def read() -> list[int]:
        events = reader(channel)
        ready.wait(PATIENCE)
        return seqs(events, 100)

    with ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(read) for _ in range(4)]
        ready.wait(PATIENCE)
        publish(fake, 100)
        assert [each.result(timeout=PATIENCE) for each in readers] == [list(range(1, 101))] * 4
