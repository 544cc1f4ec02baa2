"""What TWS said that belongs to no request and no order: published, and the latest kept for `status`."""

from __future__ import annotations

from collections import deque

from twsbridge.protocol import topics
from twsbridge.protocol.events import NoticeReceived
from twsbridge.protocol.models import Notice
from twsbridge_server.core.effects import Effect
from twsbridge_server.core.inputs import TwsErrorReceived
from twsbridge_server.core.rights import Rights
from twsbridge_server.core.sequencer import Sequencer
from twsbridge_server.core.session import Session

KEPT = 50


class NoticeBoard:
    """Notices of this session and the ones before, newest last. One that names an account is for its keys alone."""

    def __init__(self, sequencer: Sequencer, session: Session) -> None:
        self._sequencer = sequencer
        self._session = session
        self._notices: deque[tuple[Notice, list[str]]] = deque(maxlen=KEPT)

    def received(self, said: TwsErrorReceived, now: int) -> list[Effect]:
        """Keep and publish."""
        about = said.id if said.id > 0 else None
        notice = NoticeReceived(tws_code=said.code, text=said.text, id=about, time_us=now)
        named = [account for account in self._session.accounts if account in said.text]
        self._notices.append((notice, named))
        streams = [topics.account(account) for account in named] or [topics.SYSTEM]
        return [effect for stream in streams for effect in self._sequencer.event(stream, notice, now)]

    def latest(self, count: int, rights: Rights) -> list[Notice]:
        """The newest ones that may be shown to a key with these rights, oldest of them first."""
        shown = [notice for notice, named in self._notices if all(map(rights.reaches, named))]
        return shown[-count:]
