"""The console's cookies."""

from __future__ import annotations

import pytest

from tocsin.entrypoint.http.cookies import Cookie, Cookies

AWS, LOCAL = Cookies(), Cookies(local=True)


def test_a_cookie_is_of_this_host_only_and_out_of_reach_of_scripts() -> None:
    assert AWS.set(Cookie.SESSION, "acme.u1.s1.secret") == (
        "__Host-tocsin=acme.u1.s1.secret; Path=/; Max-Age=43200; HttpOnly; SameSite=Lax; Secure"
    )
    assert AWS.clear(Cookie.SIGN_IN) == ("__Host-tocsin-sign-in=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure")


def test_on_the_local_engine_it_has_no_prefix_and_is_not_secure() -> None:
    assert LOCAL.set(Cookie.KNOWN, "a.b") == "tocsin-known=a.b; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax"


def test_what_the_browser_sends_is_read_by_whole_name() -> None:
    header = "a=1; __Host-tocsin=acme.u1.s1.x; __Host-tocsin-known=k.m; tocsin=forged"
    assert AWS.read(header, Cookie.SESSION) == "acme.u1.s1.x"
    assert AWS.read(header, Cookie.KNOWN) == "k.m"
    assert AWS.read(header, Cookie.SIGN_IN) == ""
    assert AWS.read("", Cookie.SESSION) == ""


@pytest.mark.parametrize("header", ["__Host-tocsin=a; __Host-tocsin=b", "__Host-tocsin=", '__Host-tocsin="a b"'])
def test_a_doubtful_header_is_none(header: str) -> None:
    assert AWS.read(header, Cookie.SESSION) == ""


@pytest.mark.parametrize("value", ["", "a;b", "a\r\nSet-Cookie: x=y", "a b", "x" * 4001])
def test_no_value_breaks_the_line(value: str) -> None:
    with pytest.raises(ValueError, match="not a value"):
        AWS.set(Cookie.SESSION, value)
