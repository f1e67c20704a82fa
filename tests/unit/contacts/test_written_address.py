"""An address is what its reader sees: what nobody sees, and what only looks different, changes nothing."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Callable

import pytest

from tocsin.alerts.domain.elements import Receivers
from tocsin.alerts.domain.receivers import RequestedReceivers, Resolved, resolve
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.contact import Contact, ContactGroup
from tocsin.contacts.domain.contact_group_json import contact_group_of
from tocsin.contacts.domain.email_address import InvalidEmail, parse_email
from tocsin.contacts.domain.phone_number import InvalidPhone, parse_phone
from tocsin.contacts.domain.written_address import plain_address
from tocsin.entrypoint.alert_body.receivers import ReceiverFields
from tocsin.entrypoint.http.wire import read
from tocsin.kernel.domain.csv_list import parse_list
from tocsin.privacy.domain.erasure import Person, canonical
from tocsin.stored_content.domain.stored_content import ContentType
from tocsin.stored_content.domain.validation import why_unstorable

EVERY = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF]
UNSEEN = [c for c in EVERY if unicodedata.category(c) == "Cf"] + list("\u034f\u115f\u3164\ufe0f\uffa0")
BLANKS = [c for c in EVERY if unicodedata.category(c) == "Zs"]
DASHES = [c for c in EVERY if unicodedata.category(c) == "Pd"] + ["\u2212"]
PHONE, MAIL = "+447400123456", "ana@x.org"
WIDE = str.maketrans({c: chr(ord(c) + 0xFEE0) for c in map(chr, range(0x21, 0x7F))})


def test_what_nobody_sees_changes_no_address() -> None:
    for hidden in UNSEEN:
        for at in (0, 1, 5, len(PHONE)):
            assert parse_phone(PHONE[:at] + hidden + PHONE[at:]) == PHONE, f"U+{ord(hidden):04X} at {at}"
        for at in (0, 2, 4, 6, len(MAIL)):
            assert parse_email(MAIL[:at] + hidden + MAIL[at:]) == MAIL, f"U+{ord(hidden):04X} at {at}"


def test_any_blank_may_stand_around_an_address_and_between_the_digits_of_a_number() -> None:
    for blank in BLANKS:
        assert parse_phone(f"{blank}+44{blank}7400{blank}123456{blank}") == PHONE, f"U+{ord(blank):04X}"
        assert parse_email(f"{blank}{MAIL}{blank}") == MAIL, f"U+{ord(blank):04X}"


def test_any_dash_is_a_hyphen() -> None:
    for dash in DASHES:
        assert parse_phone(f"+44{dash}7400{dash}123456") == PHONE, f"U+{ord(dash):04X}"
        assert parse_email(f"ana{dash}lu@x{dash}y.org") == "ana-lu@x-y.org", f"U+{ord(dash):04X}"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (PHONE.translate(WIDE), PHONE),
        (MAIL.translate(WIDE), MAIL),
        ("\u202a+44 7400 123456\u202c", PHONE),
        ("(+44) 7400 123456", PHONE),
        ("tel:+44-7400-123456", PHONE),
        ("TEL://+447400123456", PHONE),
        ("tel: +44 7400 123456", PHONE),
        ("sms:+447400123456", PHONE),
        ("mailto:ana@x.org", MAIL),
        ("MailTo:ana@x.org?subject=Hello", MAIL),
        ("\ufeffmailto:ana@x.org", MAIL),
    ],
)
def test_other_shapes_and_schemes_mean_the_plain_one(written: str, meant: str) -> None:
    assert canonical(written) == meant


@pytest.mark.parametrize("step", [31, pytest.param(1, marks=pytest.mark.deep)])
def test_no_character_becomes_a_digit_or_a_letter_that_its_reader_does_not_see_as_one(step: int) -> None:
    """A footnote's mark, a fraction or a number in a ring behind an address would make it somebody else's."""
    for char in EVERY[::step]:
        if char.isascii():
            continue
        plain = plain_address(f"a{char}b")
        if plain not in (f"a{char}b", "ab", "a b", "a-b"):
            assert plain in {unicodedata.normalize(form, f"a{char}b") for form in ("NFC", "NFKC")}, f"U+{ord(char):04X}"
        if any(c in "0123456789" for c in plain):
            assert unicodedata.category(char) == "Nd", f"U+{ord(char):04X}"


def resolved(channel: Channel, asked: RequestedReceivers, group: ContactGroup | None = None) -> set[str]:
    found = resolve(channel, asked, group)
    assert isinstance(found, Resolved)
    assert not found.excluded
    return {who.address for who in found.recipients}


def as_recipient(written: str) -> str:
    return resolved(Channel.SMS, RequestedReceivers(recipients=(written, PHONE))).pop()


def as_entry_of_a_list(written: str) -> str:
    return resolved(Channel.SMS, RequestedReceivers(recipients=parse_list(f"{written}, {PHONE}"))).pop()


def as_contact(written: str) -> str:
    group = ContactGroup("crew", {"c1": Contact("c1", sms=written)})
    return resolved(Channel.SMS, RequestedReceivers(recipients=(PHONE,), contacts=("c1",)), group).pop()


def as_contact_of_a_stored_group(written: str) -> str:
    text = json.dumps({"contacts": [{"id": "c1", "sms": written}]})
    assert why_unstorable(ContentType.CONTACT_GROUP, text, {}) is None
    return resolved(Channel.SMS, RequestedReceivers(contacts=("c1",)), contact_group_of(json.loads(text), "")).pop()


def as_stored_list(written: str) -> str:
    assert why_unstorable(ContentType.RECIPIENT_LIST, f"{written}\n{PHONE}", {}) is None
    return as_entry_of_a_list(written)


def as_somebody_to_be_forgotten(written: str) -> str:
    assert Person(addresses=frozenset({PHONE})).means(written)
    return canonical(written)


@pytest.mark.parametrize(
    "door",
    [
        as_recipient,
        as_entry_of_a_list,
        as_contact,
        as_contact_of_a_stored_group,
        as_stored_list,
        as_somebody_to_be_forgotten,
    ],
)
@pytest.mark.parametrize(
    "written",
    [
        "\ufeff+447400123456",
        "\u202a+447400123456\u202c",
        "+44\u20147400\u2014123456",
        "tel:+447400123456",
        "\uff0b447400123456",
    ],
)
def test_every_api_boundary_takes_it_the_same(door: Callable[[str], str], written: str) -> None:
    assert door(written) == PHONE


@pytest.mark.parametrize("text", ["+44740012345①", "+44740012345½", "+44740012345\u0663", "+4474001234\u00b2"])
def test_other_digits_are_refused(text: str) -> None:
    with pytest.raises(InvalidPhone):
        parse_phone(text)


@pytest.mark.parametrize("text", ["a\x00@x.org", "a@x.org\n", "a b@x.org", "a@\u0001x.org"])
def test_control_characters_and_blanks_inside_are_refused(text: str) -> None:
    with pytest.raises(InvalidEmail):
        parse_email(text)


@pytest.mark.parametrize("around", ["\ufeff{}", "\u202a{}\u202c", "{}\u200b", " {} ", "\u2066{}\u2069"])
def test_what_nobody_sees_is_no_part_of_an_id_or_a_sets_name(around: str) -> None:
    c1, night = around.format("c1"), around.format("night")
    group = contact_group_of({"contacts": [{"id": c1, "sms": PHONE}], "sets": [{"name": night, "ids": [c1]}]}, "")
    assert resolved(Channel.SMS, RequestedReceivers(contacts=parse_list(f"{c1}, c1")), group) == {PHONE}
    assert resolved(Channel.SMS, RequestedReceivers(sets=parse_list(night)), group) == {PHONE}
    fields = read(ReceiverFields, {"contacts": [c1], "contactSets": [night], "recipients": ["\ufeff", "\u200b"]})
    assert fields.receivers() == Receivers(contacts=("c1",), sets=("night",))
