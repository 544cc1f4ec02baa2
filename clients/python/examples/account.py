"""Account values with their currency, and what the account holds."""

from twsbridge import Client

TAGS = ("AvailableFunds", "BuyingPower", "NetLiquidation", "TotalCashValue")

with Client() as client:
    client.wait_ready()
    summary = client.account(tags=TAGS)
    print(summary)
    print("net liquidation:", summary.value("NetLiquidation"))
    print(client.positions())
