"""The computed size of a text or mail is that of the written one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.time import NOON
from tocsin.contacts.domain.recipient import Recipient
from tocsin.content.domain.content import EmailContent, LookupTerms, SmsContent
from tocsin.content.domain.mail_header import UnsafeMail
from tocsin.content.domain.rendered_size import octets
from tocsin.content.domain.rendering import MailRendering, SmsRendering
from tocsin.content.domain.sms_text import measure, transliterate
from tocsin.kernel.domain.ids import AlertRef

ALERT = AlertRef("019aa3c4-5d00-7c8f-9b3a-2f6d1e4c7a90")
LINK = "https://t.example/l/0123456789ab"
TERMS = LookupTerms("ref-1", frozenset({"a", "b"}), shortlink=True)
PIECE = st.sampled_from(
    [
        *("{a}", "{b}", "{recipient}", "{shortlink}", "{sender}", "{reference}", "{unknown}"),
        *("{datetime--HH:mm}", "{datetime-UTC-HH:mm}", "x", "é", "😀", " & <"),
    ]
)
TEXT = st.lists(PIECE, max_size=30).map("".join)
VALUE = st.text(st.sampled_from("ab=&<>\"'é😀\n\r\u2028 "), max_size=60)
PARTS = (
    "--x\r\nContent-Type: text/html\r\n\r\n{}\r\n"
    "--x\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{}\r\n"
    "--x\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{}\r\n"
    "--x\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n"
    "--x\r\nX-Own: {}\r\n\r\nplain {}\r\n--x--\r\n"
)


@given(text=TEXT, a=VALUE, b=VALUE)
def test_the_characters_of_a_text_are_those_that_are_written(text: str, a: str, b: str) -> None:
    rendered = SmsRendering.of(SmsContent("Tocsin", text), TERMS, ALERT)
    who = Recipient("+447700900001", "c1", {"a": a, "b": b})

    assert rendered.characters(NOON).to(who, LINK) == len(rendered.to(who, NOON, lambda: LINK))


@given(text=TEXT, a=VALUE, b=VALUE, kind=st.sampled_from(["text/plain", "text/html", 'multipart/mixed; boundary="x"']))
def test_the_bytes_of_a_mail_are_those_that_are_written(text: str, a: str, b: str, kind: str) -> None:
    body = PARTS.replace("{}", text) if kind.startswith("multipart") else text
    rendered = MailRendering.of(EmailContent("For {a}", body, kind), TERMS, ALERT, "alerts@t.example")
    who = Recipient("p@x.test", "c1", {"a": a, "b": b})
    try:
        mail = rendered.to(who, NOON, lambda: LINK)
    except UnsafeMail:
        return

    assert rendered.octets(NOON).to(who, LINK) == octets(mail.subject) + octets(mail.body)


@given(st.text(st.sampled_from("a€^é😀\n[]"), max_size=400))
def test_segments_are_those_of_packing_character_by_character(text: str) -> None:
    gsm = all(char in "a€^é\n[]" for char in text)
    costs = [2 if char in "€^[]" else 1 for char in text] if gsm else [2 if char == "😀" else 1 for char in text]
    single, part = (160, 153) if gsm else (70, 67)
    segments, room = 1, part
    for cost in costs:
        if cost > room:
            segments, room = segments + 1, part
        room -= cost

    found = measure(text)
    assert found.units == sum(costs)
    assert found.segments == (min(1, len(text)) if sum(costs) <= single else segments)


@given(st.text(st.sampled_from("aé\n€{}|Ω@ 09"), max_size=50))
def test_a_text_in_the_gsm_alphabet_is_left_as_it_is(text: str) -> None:
    assert transliterate(text) == (text, 0)
