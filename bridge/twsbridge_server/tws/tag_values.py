"""Pairs of texts between the protocol's models and ibapi's objects."""

from __future__ import annotations

from collections.abc import Iterable

import ibapi.tag_value

from twsbridge.protocol.contract import TagValue
from twsbridge_server.tws.unset import text


def tags_to_tws(tags: Iterable[TagValue]) -> list[ibapi.tag_value.TagValue]:
    """What ibapi encodes."""
    told = []
    for tag in tags:
        official = ibapi.tag_value.TagValue(str(tag.tag), str(tag.value))
        told.append(official)
    return told


def tags_from_tws(said: Iterable[ibapi.tag_value.TagValue] | None) -> tuple[TagValue, ...]:
    """The pairs in a message, none where ibapi has no list."""
    return tuple(TagValue(tag=text(pair.tag), value=text(pair.value)) for pair in said or ())
