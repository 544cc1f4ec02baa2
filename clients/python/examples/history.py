"""Daily bars of a fund in London: as a DataFrame, as a table, as a chart. Needs the extra [plot].

python history.py [CHART.png]
"""

import sys

from twsbridge import Client, Stock, display, plot

path = sys.argv[1] if len(sys.argv) > 1 else "CSH2.png"

with Client() as client:
    client.wait_ready()
    bars = client.bars(Stock("CSH2", exchange="LSE", currency="GBP"), "3 M", "1 day")

df = bars.df[["Open", "High", "Low", "Close"]]
display(df)
plot(df, "CSH2, daily", path)
print(f"{len(df)} bars, chart in {path}")
