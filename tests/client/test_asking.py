from __future__ import annotations

from tests.client.fake_bridge import FakeBridge
from twsbridge import Client, Stock
from twsbridge.protocol import queries as c
from twsbridge.protocol import query_replies as r


def test_headlines_of_all_providers_that_the_login_may_read(fake: FakeBridge, client: Client) -> None:
    providers = [r.NewsProvider(code=code, name=code) for code in ("BRFG", "DJNL")]
    row = r.Headline(time_us=1, provider_code="BRFG", article_id="BRFG$1", headline="Apple")
    fake.answers["news.providers"] = lambda command: r.NewsProviders(rows=providers)
    fake.answers["news.headlines"] = lambda command: r.Headlines(rows=[row])
    fake.answers["news.article"] = lambda command: r.NewsArticle(article_type="text", text="x")
    assert list(client.headlines("AAPL", limit=3)) == [row]
    assert fake.received[-1] == c.ListHeadlines(contract=Stock("AAPL"), provider_codes="BRFG+DJNL", limit=3)
    assert client.article(row).text == "x"
    assert fake.received[-1] == c.GetNewsArticle(provider_code="BRFG", article_id="BRFG$1")


def test_a_document_travels_in_ascii_pieces(fake: FakeBridge, client: Client) -> None:
    fake.answers["advisor.replace"] = lambda command: r.AdvisorReplaced(text="success")
    assert client.replace_advisor_document("aliases", "<a>\n  Zoë " + "x" * 300 + "</a>") == "success"
    sent = fake.received[-1]
    assert isinstance(sent, c.ReplaceAdvisorDocument)
    assert "".join(sent.xml) == "<a> Zo&#235; " + "x" * 300 + "</a>" and len(sent.xml) == 2
