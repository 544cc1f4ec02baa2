"""The timers of topics whose subscribers want no more than the latest state every now and then."""

from __future__ import annotations

from twsbridge_server.core.effects import Effect
from twsbridge_server.core.view import View


class Paces:
    """Views by topic; there is something to do only while one of them holds rows back."""

    def __init__(self) -> None:
        self._views: dict[str, View] = {}

    def __bool__(self) -> bool:
        return bool(self._views)

    def add(self, view: View) -> None:
        """Look after this view."""
        self._views[view.topic] = view

    def drop(self, topic: str) -> None:
        """No more."""
        self._views.pop(topic, None)

    def due(self, now: int) -> list[Effect]:
        """Tell what has waited long enough."""
        return [effect for view in self._views.values() for effect in view.due(now)]

    def next_due(self) -> int | None:
        """When `due` has something to do."""
        return min((due for view in self._views.values() if (due := view.next_due()) is not None), default=None)
