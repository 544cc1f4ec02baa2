"""A trader as a process of its own, to be killed: arguments are CONNECTION OUTBOX NUMBER SEED."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from random import Random

from tests.campaign.traders import Trader
from twsbridge import BridgeError

PER_SECOND = 4.0
PAUSE_S = 0.2


def main(connection: Path, outbox: Path, number: int, seed: int) -> None:
    """Trade until killed; while there is no bridge, try again."""
    while True:
        try:
            Trader(connection, number, PER_SECOND, Random(seed), outbox).run()
        except BridgeError:
            threading.Event().wait(PAUSE_S)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
