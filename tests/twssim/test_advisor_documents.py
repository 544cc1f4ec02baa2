"""The XML of financial advisors."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from twssim.advisor_documents import ALIASES, GROUPS, PROFILES, AdvisorDocuments, InvalidAccounts, InvalidDocument

ACCOUNTS = ("DU1234567", "DU1234568")


def test_every_document_can_be_put_back_as_it_was() -> None:
    documents = AdvisorDocuments(ACCOUNTS)
    before = dict(documents.xml)
    for kind, xml in before.items():
        ElementTree.fromstring(xml)
        documents.replace(kind, xml)
    assert documents.xml == before and set(before) == {GROUPS, PROFILES, ALIASES}


@pytest.mark.parametrize("tag", ["String", "acct", "account"])
def test_accounts_of_others_are_refused(tag: str) -> None:
    with pytest.raises(InvalidAccounts, match="DU9999999"):
        AdvisorDocuments(ACCOUNTS).replace(GROUPS, f"<ListOfGroups><{tag}>DU9999999</{tag}></ListOfGroups>")


@pytest.mark.parametrize("xml", ["", "<ListOfGroups>", "<Other/>", "<!DOCTYPE x [<!ENTITY a 'b'>]><ListOfGroups/>"])
def test_what_is_no_document_changes_nothing(xml: str) -> None:
    documents = AdvisorDocuments(ACCOUNTS)
    before = dict(documents.xml)
    with pytest.raises(InvalidDocument):
        documents.replace(GROUPS, xml)
    assert documents.xml == before
