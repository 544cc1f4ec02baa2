"""What TWS says made wrong, in text and in protobuf: a message is read whole or quarantined, the others read."""

from __future__ import annotations

from collections import Counter
from random import Random

from tests.campaign.mutations import mutated
from tests.campaign.rechunked import VERSIONS, capture
from twsbridge_server.core.inputs import TwsPoison
from twsbridge_server.tws.decoder import MessageDecoder
from twsbridge_server.tws.framing import FrameError, Framer, frame


def run(seed: int, messages: int) -> Counter[str]:
    """So many wrong messages, and all cuts of messages up to this length; in text or in protobuf by the seed."""
    dice = Random(seed)
    version, stream = capture(VERSIONS[seed % len(VERSIONS)])
    framer = Framer()
    framer.feed(stream)
    payloads = framer.take(len(stream))
    counts = _truncated(version, payloads, messages)
    for _ in range(messages):
        counts[_one(version, mutated(dice.choice(payloads), dice), dice.choice(payloads))] += 1
    for _ in range(messages // 50):
        counts[_stream(version, mutated(stream[:4_000], dice), dice)] += 1
    return counts


def _truncated(version: int, payloads: list[bytes], longest: int) -> Counter[str]:
    """One message of each kind, up to this length, cut at each of its bytes."""
    kinds = {payload[:5]: payload for payload in payloads if len(payload) <= longest}
    return Counter(
        f"cut, {_one(version, payload[:end], payload)}" for payload in kinds.values() for end in range(len(payload))
    )


def _one(version: int, wrong: bytes, sound: bytes) -> str:
    """What becomes of a wrong message; the sound one after it has to be read as if nothing had been."""
    kept: list[bytes] = []
    decoder = MessageDecoder(version, lambda payload, why: kept.append(payload))
    said = decoder.decode([wrong])
    poisoned = [each for each in said if isinstance(each, TwsPoison)]
    assert len(poisoned) == len(kept) <= 1 and (not kept or len(said) == 1), f"half of a message counted: {wrong!r}"
    assert decoder.decode([sound]) == MessageDecoder(version, lambda payload, why: None).decode([sound])
    return "quarantined" if kept else "read" if said else "silent"


def _stream(version: int, stream: bytes, dice: Random) -> str:
    """A stream that is out of step ends with a FrameError or runs dry; nothing else may come out of it."""
    framer, decoder = Framer(), MessageDecoder(version, lambda payload, why: None)
    try:
        while stream:
            size = dice.randrange(1, 2_000)
            framer.feed(stream[:size])
            stream = stream[size:]
            while framer.is_ready:
                decoder.decode(framer.take(10))
    except FrameError:
        return "broken off"
    framer.feed(frame(b"") * 2)
    return "ran dry"
