"""Market data as it comes. Ten programs like this one cost a single market data line at TWS.

python ticks.py [CONTRACT ...]
"""

import sys
from itertools import islice

from twsbridge import Client

contracts = sys.argv[1:] or ["NVDA", "AAPL"]

with Client() as client:
    client.wait_ready()
    with client.ticks(*contracts, timeout=30) as ticks:
        for quote in islice(ticks, 10):
            print(quote)
            for tick in quote.ticks:
                print("   ", tick)
