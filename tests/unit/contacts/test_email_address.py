from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.contacts.domain.email_address import EmailFault, InvalidEmail, mailbox_key, parse_email
from tocsin.content.domain.mail_header import single_address

LOCALS = st.from_regex(r"[a-zA-Z0-9+_-]{1,20}(\.[a-zA-Z0-9]{1,10})?", fullmatch=True)
LABEL = st.from_regex(r"[a-zA-Z0-9]([a-zA-Z0-9-]{0,10}[a-zA-Z0-9])?", fullmatch=True)
DOMAINS = st.builds(
    lambda labels, last: ".".join([*labels, last]), st.lists(LABEL, min_size=1, max_size=3), st.just("org")
)


@given(LOCALS, DOMAINS)
def test_a_plain_address_keeps_its_name_and_lowers_its_domain(local: str, domain: str) -> None:
    assert parse_email(f"{local}@{domain}") == f"{local}@{domain.lower()}"


@given(st.text() | st.builds("{}@{}".format, st.text(min_size=1), st.text(min_size=1)))
def test_whatever_comes_out_is_one_plain_address_and_comes_out_again(text: str) -> None:
    try:
        address = parse_email(text)
    except InvalidEmail:
        return
    assert single_address("To", address) == address  # the mail builder's own, independent judgement
    assert address.count("@") == 1
    assert len(address) <= 254
    assert parse_email(address) == address


@given(
    LOCALS,
    DOMAINS,
    st.sampled_from("\u0000\u001f\u007f\u0085\u2028\u2029 \u00a0\u3000\n"),
    st.integers(1, 60),
)
def test_a_control_character_or_a_blank_is_refused_wherever_it_hides(
    local: str, domain: str, hidden: str, at: int
) -> None:
    address = f"{local}@{domain}"
    at = min(at, len(address) - 1)
    with pytest.raises(InvalidEmail):
        parse_email(address[:at] + hidden + address[at:])


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("Ana@X.ORG", "Ana@x.org"),
        ("a@bücher.de", "a@xn--bcher-kva.de"),
        ("a@bu\u0308cher.DE", "a@xn--bcher-kva.de"),  # as a Mac writes it
        ("a@XN--bcher-kva.de", "a@xn--bcher-kva.de"),
        ("a@例え.テスト", "a@xn--r8jz45g.xn--zckzah"),
        ("o'neil+alerts@x.org", "o'neil+alerts@x.org"),
    ],
)
def test_one_address_has_one_form(written: str, address: str) -> None:
    assert parse_email(written) == address


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", EmailFault.EMPTY),
        ("+447777100100", EmailFault.NOT_ONE_ADDRESS),
        ("a@b.c, evil@x.y", EmailFault.NOT_ONE_ADDRESS),
        ("a@b.c;evil@x.y", EmailFault.NOT_ONE_ADDRESS),
        ("Ana <ana@x.org>", EmailFault.NOT_ONE_ADDRESS),
        ('"ana"@x.org', EmailFault.NOT_ONE_ADDRESS),
        ("ana@x.org\n", EmailFault.NOT_ONE_ADDRESS),
        ("ana@x@y.org", EmailFault.NOT_ONE_ADDRESS),
        ("é@x.org", EmailFault.LOCAL_PART),
        ("a..b@x.org", EmailFault.LOCAL_PART),
        (".a@x.org", EmailFault.LOCAL_PART),
        ("=?utf-8?q?a=0D=0ABcc:_e?=@x.org", EmailFault.LOCAL_PART),
        ("=?utf-8?q?x?=@x.org", EmailFault.LOCAL_PART),  # a dot-atom that some readers decode
        ("a@b", EmailFault.DOMAIN),
        ("a@[127.0.0.1]", EmailFault.DOMAIN),
        ("a@127.0.0.1", EmailFault.DOMAIN),
        ("a@-b.c", EmailFault.DOMAIN),
        ("a@x..org", EmailFault.DOMAIN),
        ("a@x.org.", EmailFault.DOMAIN),
        ("a@ⓧ.org", EmailFault.DOMAIN),
        ("a@℀.org", EmailFault.DOMAIN),
        ("a@نامه\u200cای.com", EmailFault.DOMAIN),  # nor about this joiner
        ("a@x。org", EmailFault.DOMAIN),
        ("a@straße.de", EmailFault.DOMAIN),  # IDNA 2003 and 2008 disagree whose mailbox it is
        ("a" * 65 + "@x.org", EmailFault.TOO_LONG),
        ("a@" + "x" * 62 + "." + ".".join(["y" * 62] * 3) + ".org", EmailFault.TOO_LONG),
        ("a@" + "ü" * 100_000 + ".org", EmailFault.TOO_LONG),
    ],
)
def test_what_is_no_address_is_refused_with_a_stable_code(text: str, code: EmailFault) -> None:
    with pytest.raises(InvalidEmail) as caught:
        parse_email(text)
    assert caught.value.code is code


def test_two_spellings_of_a_mailbox_have_one_key() -> None:
    assert mailbox_key(parse_email("Ana@x.org")) == mailbox_key(parse_email("ana@X.org"))
