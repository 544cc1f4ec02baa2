from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from twsbridge.protocol.events import Bye, SessionChanged
from twsbridge_server.core.effects import AppendJournal, PublishEvent
from twsbridge_server.core.sequencer import Sequencer

SAID = SessionChanged(state="READY", reason="")


def test_an_event_is_journaled_then_published_with_the_same_number() -> None:
    journaled, published = Sequencer("e", {}).event("sys|", SAID, 5)
    assert isinstance(journaled, AppendJournal) and isinstance(published, PublishEvent)
    assert journaled.row.seq == published.seq == 1
    assert journaled.row.body == published.body == {"state": "READY", "reason": ""}


@given(st.lists(st.sampled_from(["a|", "b|", "c|"])))
def test_every_stream_counts_for_itself_without_holes(streams: list[str]) -> None:
    sequencer = Sequencer("e", {"a|": (3, 10)})
    seqs: dict[str, list[int]] = {}
    for stream in streams:
        seqs.setdefault(stream, []).append(sequencer.event(stream, SAID, 0)[1].seq)
    for stream, numbers in seqs.items():
        first = 10 if stream == "a|" else 1
        assert numbers == list(range(first, first + len(numbers)))
        assert sequencer.head(stream)[1] == first + len(numbers)


def test_heads_keep_the_oldest_number_that_can_be_replayed() -> None:
    sequencer = Sequencer("e", {"a|": (3, 10)})
    sequencer.event("a|", SAID, 0)
    head = sequencer.heads()["a|"]
    assert (head.epoch, head.first, head.next) == ("e", 3, 11)


def test_the_last_event_counts_itself_in_the_heads_that_it_tells() -> None:
    sequencer = Sequencer("e", {"a|": (3, 10)})
    _, published = sequencer.last("sys|", lambda heads: Bye(heads=heads), 5)
    assert isinstance(published, PublishEvent)
    told = {stream: head["next"] for stream, head in published.body["heads"].items()}
    assert told == {stream: head.next for stream, head in sequencer.heads().items()} == {"a|": 10, "sys|": 2}


def test_unsequenced_events_count_nothing() -> None:
    sequencer = Sequencer("e", {})
    assert sequencer.unsequenced("hb|", Bye(), 5).seq == 0
    assert sequencer.heads() == {}
