from __future__ import annotations

import twssim
from twsbridge_drill.orders import stock
from twsbridge_drill.session import Session


def test_callbacks_and_bytes_of_a_session() -> None:
    with twssim.run(server_version=200) as tws:
        session = Session(tws.host, tws.port, 7, 187)
        session.api.startApi()
        assert session.until(lambda: session.of("nextValidId"), 10.0)
        session.api.reqContractDetails(5, stock("AAPL"))
        assert session.until(lambda: session.of("contractDetailsEnd"), 10.0)
        tws.drop_connections()
        assert not session.until(lambda: False, 10.0) and session.is_closed
        session.close()
    assert session.server_version == 187
    [details] = session.of("contractDetails")
    assert details["contractDetails"]["contract"]["conId"] == 265598
    assert [frame.payload[:4] for frame in session.frames[:2]] == [b"v100", b"187\0"]


def test_what_cannot_be_read_is_kept_as_a_callback() -> None:
    with twssim.run() as tws:
        session = Session(tws.host, tws.port, 7)
        session._decode(b"nonsense")
        session.close()
    assert session.of("unreadable") == [{"why": "ValueError"}]
