"""Connect to a running bridge and see what it knows: the next order id, the accounts, the states of IB's data farms.

The bridge has the only connection to TWS. Its host, port and client id belong to the bridge:
twsbridge serve --tws HOST:PORT --client-id N. Any number of programs like this one share it.
"""

from twsbridge import Client

with Client() as client:
    client.wait_ready()
    status = client.status()
    print(f"TWS at {status.tws.endpoint}, client id {status.tws.client_id}, {status.tws.mode}")
    print(f"next order id {status.tws.next_order_id}, accounts {', '.join(status.accounts)}")
    print(client.notices())
