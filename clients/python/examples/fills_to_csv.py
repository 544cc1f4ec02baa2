"""Write every fill of every program and of TWS itself into a CSV file, each exactly once.

python fills_to_csv.py [FILE.csv] [--follow]

However often this is killed and started again, no fill is missing and none is there twice: each line carries the
place of its fill in the bridge's journal. Without --follow it ends when it has caught up.
"""

import sys

from twsbridge import Client, csv_fills

follow = "--follow" in sys.argv
path = next((word for word in sys.argv[1:] if word != "--follow"), "fills.csv")

with Client() as client:
    count = 0
    for fill in csv_fills(path, client, since="today", follow=follow):
        print(fill)
        count += 1
    print(f"{count} new fills in {path}")
