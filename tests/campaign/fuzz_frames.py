"""Frames of commands made wrong: each is a command that means what it says, or a refusal with a code. Nothing else."""

from __future__ import annotations

import json
from collections import Counter
from random import Random

from tests.campaign.mutations import mutated
from tests.source_tree import ROOT
from twsbridge.protocol.envelope import MAGIC, decode_command
from twsbridge.protocol.errors import ERROR_KINDS, BridgeError

VECTORS = ROOT / "clients" / "protocol" / "vectors"


def vectors(*names: str) -> list[list[bytes]]:
    """The frames in these files of examples."""
    found = [each for name in names for each in json.loads((VECTORS / f"{name}.json").read_text())]
    return [[bytes.fromhex(frame) for frame in each["frames"]] for each in found if "frames" in each]


def run(seed: int, messages: int) -> Counter[str]:
    """So many messages; counts by code, and of the `accepted`. Any other exception is the finding."""
    dice, counts = Random(seed), Counter[str]()
    seeds = vectors("commands", "commands_json", "invalid_commands")
    for _ in range(messages):
        frames = _wrong(list(dice.choice(seeds)), dice)
        try:
            received = decode_command(frames)
        except BridgeError as error:
            assert error.code in ERROR_KINDS and error.outcome == "rejected", f"seed {seed}: {frames!r}"
            counts[error.code] += 1
        else:
            assert received.header.t == received.command.name
            counts["accepted"] += 1
    return counts


def _wrong(frames: list[bytes], dice: Random) -> list[bytes]:
    chance = dice.random()
    if chance < 0.05:
        return frames[: dice.randrange(len(frames))] + [MAGIC] * dice.randrange(3)
    if chance < 0.1:
        return [*frames[:2], _deep(dice)]
    spot = dice.randrange(len(frames))
    frames[spot] = mutated(frames[spot], dice)
    return frames


def _deep(dice: Random) -> bytes:
    """Deep, wide, or claiming to be: what makes decoders work hard."""
    depth = dice.choice((9, 1_000, 20_000))
    return dice.choice(
        (b"\x91" * depth, b"\x81\xa1k" * depth, b"[" * depth, b'{"k":' * depth, b"\xdc\xff\xff" + b"\x80" * 65_000,
         b"\xdd\xff\xff\xff\xff", b"\xc6\xff\xff\xff\xff", b'{"k": 1e999}', b'{"k": NaN}', b"9" * 60_000)
    )  # fmt: skip
