"""The shell towards TWS; the only importer of ibapi, which encodes requests, decodes answers and does nothing else.

Importing it refuses an unfit ibapi with one sentence. The loop uses `connection.TwsConnection` and nothing else.
"""

from twsbridge_server.tws.official import require_ibapi

require_ibapi()
