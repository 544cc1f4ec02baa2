"""The XML documents of a financial advisor's login, as TWS keeps and checks them."""

from __future__ import annotations

from collections.abc import Collection
from xml.etree import ElementTree

GROUPS, PROFILES, ALIASES = 1, 2, 3
_ROOTS = {GROUPS: "ListOfGroups", PROFILES: "ListOfAllocationProfiles", ALIASES: "ListOfAccountAliases"}
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


class InvalidDocument(ValueError):
    """XML that cannot be read or is of another kind; nothing was replaced."""


class InvalidAccounts(InvalidDocument):
    """A document that names accounts which the login does not have; nothing was replaced."""


class AdvisorDocuments:
    """Groups, profiles and aliases; at first one group of all accounts, and every account its own alias."""

    def __init__(self, accounts: Collection[str]) -> None:
        """The documents of a new advisor with these accounts."""
        self._accounts = accounts
        listed = "".join(f"<String>{account}</String>" for account in accounts)
        group = (
            f'<Group><name>All</name><ListOfAccts varName="list">{listed}</ListOfAccts>'
            "<defaultMethod>NetLiq</defaultMethod></Group>"
        )
        aliases = "".join(
            f"<AccountAlias><account>{account}</account><alias>{account}</alias></AccountAlias>" for account in accounts
        )
        self.xml = {
            kind: _document(kind, inner) for kind, inner in ((GROUPS, group), (PROFILES, ""), (ALIASES, aliases))
        }

    def replace(self, kind: int, xml: str) -> None:
        """Put a document in the place of the old one; raises InvalidDocument or InvalidAccounts."""
        if kind not in _ROOTS:
            raise InvalidDocument(f"Invalid FA data type: {kind}")
        unknown = sorted(_named_accounts(_root(kind, xml)) - set(self._accounts))
        if unknown:
            raise InvalidAccounts(",".join(unknown))
        self.xml[kind] = xml


def _document(kind: int, inner: str) -> str:
    return f"{_HEAD}<{_ROOTS[kind]}>{inner}</{_ROOTS[kind]}>\n"


def _root(kind: int, xml: str) -> ElementTree.Element:
    if "<!" in xml:
        raise InvalidDocument("Unable to parse FA data: declarations are not allowed")
    try:
        root = ElementTree.fromstring(xml)
    except ElementTree.ParseError as reason:
        raise InvalidDocument(f"Unable to parse FA data: {reason}") from None
    if root.tag != _ROOTS[kind]:
        raise InvalidDocument(f"Unable to parse FA data: expected {_ROOTS[kind]}, not {root.tag}")
    return root


def _named_accounts(root: ElementTree.Element) -> set[str]:
    """Accounts stand in texts of `String` in groups, `acct` in profiles and `account` in aliases."""
    return {each.text or "" for tag in ("String", "acct", "account") for each in root.iter(tag)}
