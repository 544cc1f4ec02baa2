"""`./run campaign`: the long campaign, or a part of it. Ends with 1 when anything was lost, doubled, or failed."""

from __future__ import annotations

import argparse
import sys
import time

from tests.campaign.campaign import PARTS, Row, play, table


def main(arguments: list[str] | None = None) -> int:
    """Run the parts that were asked for, one after the other, and print the table."""
    parser = argparse.ArgumentParser(prog="./run campaign", description="Trouble of every kind, judged by the ledger.")
    parser.add_argument("--only", default="", help="parts, with commas between: " + ", ".join(p.name for p in PARTS))
    parser.add_argument("--runs", type=int, default=0, help="of each part; else as many as a whole campaign has")
    parser.add_argument("--seed", type=int, default=1, help="of the first run; each further run has the next")
    parser.add_argument("--minutes", type=float, default=60.0, help="for all parts together (default 60)")
    asked = parser.parse_args(arguments)
    names = {name for name in asked.only.split(",") if name} or {part.name for part in PARTS}
    if unknown := names - {part.name for part in PARTS}:
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    chosen = [part for part in PARTS if part.name in names]
    rows: list[Row] = []
    end = time.monotonic() + asked.minutes * 60
    for number, part in enumerate(chosen):
        share = (end - time.monotonic()) / (len(chosen) - number)
        print(f"{part.name}: {part.what} ...", file=sys.stderr, flush=True)
        rows.append(play(part, asked.seed, asked.runs or part.runs, time.monotonic() + share))
        for failure in rows[-1].failures:
            print(f"FAILED {failure}", file=sys.stderr, flush=True)
    print(table(rows))
    return 1 if any(row.failures for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
