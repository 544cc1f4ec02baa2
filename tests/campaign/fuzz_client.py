"""A bridge gone mad, heard by the Python client: what it cannot read it drops, and whoever waits gets an answer."""

from __future__ import annotations

from collections import Counter
from random import Random

from tests.campaign.fuzz_frames import vectors
from tests.campaign.mutations import mutated
from twsbridge.dialogue import Dialogue
from twsbridge.pending import Request
from twsbridge.protocol.commands import GetStatus
from twsbridge.protocol.envelope import decode_event, decode_reply, decode_ticks, pack, unpack
from twsbridge.protocol.errors import BridgeError


def run(seed: int, messages: int) -> Counter[str]:
    """So many replies, events and frames of ticks; counts of `read` and `dropped`. Other exceptions are the finding."""
    dice, counts = Random(seed), Counter[str]()
    replies, events, invalid = vectors("replies"), vectors("events"), vectors("invalid_from_bridge")
    for _ in range(messages):
        frames = [mutated(frame, dice) if dice.random() < 0.5 else frame for frame in dice.choice(replies)]
        counts[_replied(frames, dice)] += 1
        frames = [mutated(frame, dice) if dice.random() < 0.5 else frame for frame in dice.choice(events + invalid)]
        counts[_decoded(frames)] += 1
    return counts


def _replied(frames: list[bytes], dice: Random) -> str:
    """The reply to a hello or to a request, as the client's I/O thread takes it in."""
    dialogue = Dialogue(0.0, lambda: 0)
    dialogue.connected(0.0)
    waiting = Request("r1", GetStatus(), 10.0)
    dialogue.submit(waiting, 0.0)
    hello = unpack(dialogue.courier.take()[-1][1])["id"]
    try:
        reply = decode_reply(frames)
        dialogue.replied(reply._replace(request_id=dice.choice((hello, "r1"))), 1.0)
    except ValueError:
        return "dropped"
    if not waiting.answer.empty():
        assert isinstance(waiting.answer.get(), dict | BridgeError)
    dialogue.due(2.0)
    return "read"


def _decoded(frames: list[bytes]) -> str:
    try:
        decode_event(frames)
        decode_ticks(frames[0] + pack(["ticks", 1, 1, []]))
    except ValueError:
        return "dropped"
    return "read"
