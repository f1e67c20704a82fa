"""W8, S16: no outgoing connection reaches an address that is not public."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.egress.domain.url_policy import EgressPolicy, EgressRefused, check_address, check_host, check_url

HONEST = [
    "https://example.com/hook",
    "https://api.example.co.uk:8443/a/b?c=d&e=%20",
    "https://xn--bcher-kva.example/hook",
    "https://abc123.execute-api.eu-west-1.amazonaws.com/prod/hook",
    "https://abc.lambda-url.us-east-1.on.aws/",
    "https://8.8.8.8/hook",
    "https://[2606:4700:4700::1111]/hook",
]

SCHEMES = [
    "http://example.com/",
    "file:///etc/passwd",
    "gopher://example.com/",
    "dict://example.com:443/",
    "ftp://example.com/",
    "ldap://example.com/",
    "jar:https://example.com!/",
    "data:text/html,x",
    "javascript:alert(1)",
    "//example.com/",
    "https:/example.com/",
    "https:example.com",
    "https://",
    "https:///path",
    "HTTPS//example.com",
    "",
    "example.com",
    "hTTps://example.com/",
    "https ://example.com/",
]
IPV4_SPELLINGS = [
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "0177.0.0.1",
    "0x7f.0.0.1",
    "0x7f000001",
    "2130706433",
    "017700000001",
    "127.0.0.1.",
    "127.0.0.1.5",
    "256.0.0.1",
    "127.0.0.0x1",
    "1.1.1.1.1",
    "0",
    "0.0.0.0",
    "00.0.0.0",
    "10.0.0.1",
    "10.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "0xa9fea9fe",
    "2852039166",
    "169.254.43518",
    "0251.0376.0251.0376",
    "169.254.170.2",
    "169.254.100.1",
    "100.64.0.1",
    "100.127.255.255",
    "192.0.0.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.19.255.255",
    "192.0.2.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
]
IPV6 = [
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::ffff:8.8.8.8",
    "::ffff:0:127.0.0.1",
    "::127.0.0.1",
    "::8.8.8.8",
    "64:ff9b::7f00:1",
    "64:ff9b:1::7f00:1",
    "2002:7f00:1::",
    "2001::1",
    "2001:0:53aa:64c::1",
    "fe80::1",
    "fc00::1",
    "fd00:ec2::254",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "3fff::1",
    "100::1",
    "5f00::1",
    "2001:10::1",
    "2001:20::1",
]
NAMES = [
    "localhost",
    "LOCALHOST",
    "a.localhost",
    "metadata.google.internal",
    "printer.local",
    "router.home.arpa",
    "intranet",
    "sqs.us-east-1.amazonaws.com",
    "s3.amazonaws.com",
    "dynamodb.eu-west-1.amazonaws.com",
    "x.onion",
    "example..com",
    ".example.com",
    "-a.example.com",
    "example.com.",
    "a" * 64 + ".com",
    "exa%6dple.com",
    "example.com%00.evil.org",
    "example.com%2f@evil.org",
    "ex ample.com",
    "example.com\t",
    "①②⑦.⓪.⓪.①",
    "１２７.0.0.1",
    "exаmple.com",
    "127。0。0。1",
]
TRICKS = [
    "https://user:pass@example.com/", "https://example.com@127.0.0.1/", "https://127.0.0.1#@example.com/",
    "https://example.com\\@127.0.0.1/", "https://example.com#fragment", "https://[::1", "https://::1]/", "https://[::1]x/",
    "https://[fe80::1%25eth0]/", "https://[example.com]/", "https://example.com:22/", "https://example.com:25/",
    "https://example.com:6379/", "https://example.com:0/", "https://example.com:99999/", "https://example.com:/",
    "https://example.com:443:443/", "https://example.com:+443/", "https://example.com:80/", "https://127.0.0.1:9001/",
    "https://example.com/a b", "https://example.com/\r\nHost: x", "https://example.com/" + "a" * 2100,
]  # fmt: skip


@pytest.mark.parametrize("url", HONEST)
def test_w8_honest_receivers_pass(url: str) -> None:
    check_url(url)


@pytest.mark.parametrize(
    "url",
    [
        *SCHEMES,
        *(f"https://{host}/" for host in (*IPV4_SPELLINGS, *NAMES)),
        *(f"https://[{host}]/" for host in IPV6),
        *TRICKS,
    ],
)
def test_w8_hostile_urls_are_refused(url: str) -> None:
    with pytest.raises(EgressRefused):
        check_url(url)


@pytest.mark.parametrize(
    ("first_inside", "just_outside"),
    [
        ("10.0.0.0", "9.255.255.255"), ("10.255.255.255", "11.0.0.0"), ("100.64.0.0", "100.63.255.255"),
        ("100.127.255.255", "100.128.0.0"), ("127.255.255.255", "128.0.0.0"), ("169.254.0.0", "169.253.255.255"),
        ("169.254.255.255", "169.255.0.0"), ("172.16.0.0", "172.15.255.255"), ("172.31.255.255", "172.32.0.0"),
        ("192.168.0.0", "192.167.255.255"), ("192.168.255.255", "192.169.0.0"), ("198.19.255.255", "198.20.0.0"),
        ("224.0.0.0", "223.255.255.255"), ("0.255.255.255", "1.0.0.0"),
        ("1fff:ffff::1", "2001:200::"), ("2001:db8:ffff::", "2001:db9::"), ("2002::", "2003::"), ("4000::", "3ffe::1"),
    ],
)  # fmt: skip
def test_w8_each_range_ends_where_it_should(first_inside: str, just_outside: str) -> None:
    with pytest.raises(EgressRefused):
        check_address(ipaddress.ip_address(first_inside))
    check_address(ipaddress.ip_address(just_outside))


@given(st.ip_addresses())
def test_w8_nothing_passes_that_python_itself_calls_special(address: ipaddress.IPv4Address) -> None:
    try:
        check_address(address)
    except EgressRefused:
        return
    assert address.is_global
    special = address.is_multicast or address.is_private or address.is_reserved or address.is_link_local
    assert not special


def test_w8_the_open_form_opens_loopback_and_nothing_else() -> None:
    local = EgressPolicy(loopback=True)
    assert check_url("http://127.0.0.1:8080/hook", local).port == 8080
    assert check_url("http://localhost:8080/hook", local).host == "localhost"
    for url in ("http://example.com/", "http://10.0.0.1/", "https://169.254.169.254/", "https://example.com:22/"):
        with pytest.raises(EgressRefused):
            check_url(url, local)


@pytest.mark.parametrize(
    ("host", "literal"),
    [
        ("smtp.example.org", None),
        ("email-smtp.eu-west-1.amazonaws.com", None),
        ("email-smtp-fips.us-east-1.amazonaws.com", None),
        ("8.8.8.8", ipaddress.ip_address("8.8.8.8")),
        ("2606:4700:4700::1111", ipaddress.ip_address("2606:4700:4700::1111")),
    ],
)
def test_a_public_mail_server_is_accepted(host: str, literal: object) -> None:
    assert check_host(host) == literal


@pytest.mark.parametrize(
    "host",
    [
        "localhost", "db.internal", "printer", "127.0.0.1", "::1", "fd00::1", "10.0.0.5", "0x7f000001", "127.1",
        "dynamodb.eu-west-1.amazonaws.com", "x.email-smtp.eu-west-1.amazonaws.com", "smtp.example.org:25",
        "u@smtp.example.org", "smtp.example.org/x", "smtp.example.org?x", "a b", "", "SMTP.example.org",
    ],
)  # fmt: skip
def test_no_other_mail_server_is(host: str) -> None:
    with pytest.raises(EgressRefused):
        check_host(host)
