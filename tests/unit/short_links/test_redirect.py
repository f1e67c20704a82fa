"""Where short links lead (S11, AH-81)."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.short_links.domain.redirect import parse_web_url, web_url, with_query

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


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("HTTPS://x.test/A?B#C", "https://x.test/A?B#C"),
        ("Http://x.test", "http://x.test"),
        ("https://пример.test/путь?q=да#конец", "https://xn--e1afmkfd.test/%D0%BF%D1%83%D1%82%D1%8C?q=%D0%B4%D0%B0#%D0%BA%D0%BE%D0%BD%D0%B5%D1%86"),
        ("https://bücher.test:8443/é", "https://xn--bcher-kva.test:8443/%C3%A9"),
        ("https://bu\u0308cher.test", "https://xn--bcher-kva.test"),
        ("https://x.test/%C3%A9é", "https://x.test/%C3%A9%C3%A9"),
    ],
)  # fmt: skip
def test_letters_of_any_script_and_capitals_mean_the_plain_url(written: str, meant: str) -> None:
    assert web_url(written) == meant == parse_web_url(meant) == web_url(meant)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30), st.sampled_from(["/", "?", "#", ""]))
def test_whatever_is_written_behind_a_scheme_a_url_of_the_web_or_a_fault_comes_out(text: str, sign: str) -> None:
    for start in ("https://", "HTTPS://x.test", "https://bücher.test"):
        try:
            url = web_url(f"{start}{sign}{text}")
        except ValueError:
            continue
        assert parse_web_url(url) == url
        if start != "https://" and sign:
            assert urlsplit(url).hostname in ("x.test", "xn--bcher-kva.test")


@pytest.mark.parametrize(
    "host", ["x。test", "straße.test", "x\u200by.test", "x\u3000y.test", "a@пример.test", "пример.test\\", "\u202etest"]
)
def test_a_host_that_readers_see_in_different_ways_is_refused(host: str) -> None:
    with pytest.raises(ValueError, match="http"):
        web_url(f"https://{host}/")


@given(st.integers(0, 99_999))
def test_a_port_that_there_is_not_is_refused(port: int) -> None:
    url = f"https://x.test:{port}/a"
    if 0 < port < 65_536:
        assert web_url(url) == url
    else:
        with pytest.raises(ValueError, match="port is from 1 to 65535"):
            web_url(url)
