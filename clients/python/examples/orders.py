"""Place, watch, change and cancel orders. Only on a paper account, or on the simulator."""

from twsbridge import Client

with Client() as client:
    client.wait_ready()
    if client.status().tws.mode != "paper":
        raise SystemExit("This example places orders, and this is not a paper account. Nothing was sent.")

    trade = client.buy("NVDA", 1)
    print(f"order id {trade.order_id}, our own key {trade.client_order_id}")
    for event in trade:
        print("   ", event.value)
    print(trade)
    print(trade.fills)

    far_away = round((client.quote("NVDA").bid or 100) / 2, 2)
    trade = client.buy("NVDA", 1, limit=far_away).wait("Submitted")
    print(trade)
    trade.modify(quantity=5)
    print(client.orders())
    print(trade.cancel().wait())
