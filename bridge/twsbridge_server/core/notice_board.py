"""What TWS said that belongs to no request and no order: published, and the latest kept for `status`."""

from __future__ import annotations

from collections import deque

from twsbridge.protocol import topics
from twsbridge.protocol.events import NoticeReceived
from twsbridge.protocol.models import Notice
from twsbridge_server.core.effects import Effect
from twsbridge_server.core.inputs import TwsErrorReceived
from twsbridge_server.core.sequencer import Sequencer

KEPT = 50


class NoticeBoard:
    """Notices of this session and the ones before, newest last."""

    def __init__(self, sequencer: Sequencer) -> None:
        self._sequencer = sequencer
        self._notices: deque[Notice] = deque(maxlen=KEPT)

    def received(self, said: TwsErrorReceived, now: int) -> list[Effect]:
        """Keep and publish."""
        about = said.id if said.id > 0 else None
        notice = NoticeReceived(tws_code=said.code, text=said.text, id=about, time_us=now)
        self._notices.append(notice)
        return self._sequencer.event(topics.SYSTEM, notice, now)

    def latest(self, count: int) -> list[Notice]:
        """The newest ones, oldest of them first."""
        return list(self._notices)[-count:]
