"""A bridge that dies right after each named step of its turns, in order flow, and again while it recovers."""

from __future__ import annotations

import subprocess
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.campaign.flow import Flow
from tests.campaign.stage import Stage
from tests.waiting import PATIENCE
from twsbridge_server import audit_tools, journal_tools
from twsbridge_server.audit_tools import Wanted

CRASHING = Path(__file__).with_name("crashing.py")

JOURNAL = tuple(
    f"append:{kind}Row" for kind in ("Intent", "Floor", "Order", "Event", "Audit", "Execution", "Commission")
)
RECOVERY = ("ConnectTws", "CallTws:StartApi", "CallTws:ReqOpenOrders", "CallTws:ReqExecutions", "PublishEvent:session")
FLOW = (
    *("commit", "mark", "CallTws:PlaceOrder", "CallTws:CancelOrder", "SendReply:order.place", "SendReply:order.modify"),
    *("PublishEvent:order", "PublishEvent:execution", "PublishEvent:commission"),
)
POINTS = (*JOURNAL, *FLOW, *RECOVERY)
"""Those that every recovery passes come last; with the others mixed in between, crashes follow upon crashes."""

RATE = 60.0


def run(seed: int, hits: Sequence[int] = (1,), points: Sequence[str] = POINTS) -> Counter[str]:
    """Crash at each point at these hits of it; counts as in `Flow`, and `faults`. AssertionError too."""
    wanted = [(point, hit) for hit in hits for point in points]
    with tempfile.TemporaryDirectory() as directory, Stage(Path(directory)) as stage, Flow(stage, seed, RATE) as flow:
        for point, nth in wanted:
            stage.kill_bridge()
            stage.start_bridge((str(CRASHING), point, str(nth)))
            _wait_for_crash(stage, point)
        stage.kill_bridge()
        stage.start_bridge()
        stage.bridge.wait_ready()
        counts = flow.judge() + Counter(faults=len(wanted))
        _judge_audit(stage.bridge.home / "journal.db")
        return counts


def _judge_audit(journal: Path) -> None:
    """The chain is whole, and tells of every order in the journal who asked for it."""
    verdict = audit_tools.verify(journal)
    assert not verdict.broken, verdict
    told = {number for row in audit_tools.show(journal, Wanted()) for number in row.get("done", {}).get("intents", ())}
    intended = {row["order_id"] for row in journal_tools.export(journal) if row["table"] == "intents"}
    assert intended and intended == told


def _wait_for_crash(stage: Stage, point: str) -> None:
    try:
        stage.bridge.process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        raise AssertionError(f"{point} was not reached within {PATIENCE} s:\n{stage.bridge.log[-2000:]}") from None
    assert stage.bridge.process.returncode == -9, stage.bridge.log[-2000:]
