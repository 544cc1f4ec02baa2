from __future__ import annotations

from tests.campaign import fuzz_frames


def test_every_frame_is_a_command_or_a_refusal() -> None:
    counts = fuzz_frames.run(1, 20000)
    assert counts["accepted"] > 100 and counts["req.malformed"] > 1_000, counts
