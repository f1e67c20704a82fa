"""Where short links lead (S11, AH-81)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.short_links.domain.redirect import parse_web_url, with_query

FACTS = [("reference", "r&1"), ("recipient", "+447700900001")]
ADDED = "reference=r%261&recipient=%2B447700900001"


@pytest.mark.parametrize(
    ("url", "leads_to"),
    [
        ("https://x.test", f"https://x.test?{ADDED}"),
        ("http://x.test:8080/a/b", f"http://x.test:8080/a/b?{ADDED}"),
        ("https://x.test/a?b=1&c=%20", f"https://x.test/a?b=1&c=%20&{ADDED}"),
        ("https://x.test/a?#part", f"https://x.test/a?{ADDED}#part"),
        ("https://x.test/a?b#part", f"https://x.test/a?b&{ADDED}#part"),
        ("https://[2001:db8::1]/", f"https://[2001:db8::1]/?{ADDED}"),
    ],
)
def test_ah_81_what_stands_in_the_query_stays(url: str, leads_to: str) -> None:
    assert with_query(url, FACTS) == leads_to


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://x.test",
        "//x.test",
        "/a",
        "x.test",
        "",
        "https://",
        "https:///a",
        "https://user@x.test",
        "https://x.test@evil.test",
        "https://x.test\\@evil.test",
        "https://x.test/\\evil",
        "https://x.test/a b",
        "https://x.test/\r\nSet-Cookie: a=b",
        "https://x.test/a\n",
        "https://пример.test",
        " https://x.test",
        "HTTPS://x.test",
        "https://x.test:999999",
    ],
)
def test_s11_nothing_but_an_address_of_the_web_is_led_to(url: str) -> None:
    with pytest.raises(ValueError, match="http"):
        parse_web_url(url)
    with pytest.raises(ValueError, match="http"):
        with_query(url, FACTS)


@given(st.text(max_size=30), st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_no_fact_leaves_the_query(name: str, value: str) -> None:
    name = name.encode("utf-8", "replace").decode()
    url = with_query("https://x.test/a#f", [(name, value)])
    assert url.startswith("https://x.test/a?")
    assert url.endswith("#f")
    assert url.count("?") == url.count("#") == url.count("=") == 1
    assert url.isascii()
    assert url.isprintable()
