"""AH-91, E3, S14: what people wrote, and what only machines write."""

import pytest

from tocsin.inbound.domain.mail_reply import above_quote, automatic
from tocsin.suppressions.domain.carrier_keywords import SmsKeyword, sms_keyword


@pytest.mark.parametrize(
    ("text", "keyword"),
    [
        ("STOP", SmsKeyword.STOP), (" stop. ", SmsKeyword.STOP), ("StopAll!", SmsKeyword.STOP), ("Unsubscribe", SmsKeyword.STOP),
        ("START", SmsKeyword.START), ("unstop", SmsKeyword.START), ("help?", SmsKeyword.HELP), ("Info", SmsKeyword.HELP),
        ("stop the pump at gate 4", None), ("Yes", None), ("I will help", None), ("", None), ("ok", None),
    ],
)  # fmt: skip
def test_carrier_keywords_are_whole_messages(text: str, keyword: SmsKeyword | None) -> None:
    assert sms_keyword(text) is keyword


@pytest.mark.parametrize(
    ("headers", "return_path", "why"),
    [
        ({"subject": "Re: Hello [TX-1]", "from": "Ana <ana@example.org>"}, "ana@example.org", None),
        ({"auto-submitted": "no"}, None, None),
        ({"auto-submitted": "auto-replied (vacation)"}, "a@b.org", "auto_submitted"),
        ({}, "<>", "empty_return_path"),
        ({}, "", "empty_return_path"),
        ({"precedence": "Bulk"}, "a@b.org", "precedence"),
        ({"x-autoreply": "yes"}, "a@b.org", "x_autoreply"),
        ({"x-auto-response-suppress": "All"}, "a@b.org", "x_auto_response_suppress"),
        ({"list-id": "<x.y>"}, "a@b.org", "list_id"),
        ({"content-type": "multipart/report; report-type=delivery-status"}, "a@b.org", "report"),
        ({"from": "Mail Delivery <MAILER-DAEMON@mx.org>"}, "a@b.org", "machine_sender"),
        ({"subject": "Automatic reply: Hello"}, "a@b.org", "automatic_subject"),
        ({"subject": "Out of Office Re: x"}, "a@b.org", "automatic_subject"),
    ],
)
def test_e3_machines_do_not_answer(headers: dict[str, str], return_path: str | None, why: str | None) -> None:
    assert automatic(headers, return_path) == why


@pytest.mark.parametrize(
    ("mail", "answer"),
    [
        ("On my way.", "On my way."),
        ("Yes\r\n\r\nOn Sat, 21 Nov 2026 at 09:00, Alerts <a@t.example> wrote:\r\n> Come\r\n", "Yes"),
        ("Yes\n\nOn Sat, 21 Nov 2026 at 09:00, A very long name of alerts\n<a@t.example> wrote:\n> Come", "Yes"),
        ("Ja, komme\n\nAm 21.11.2026 um 09:00 schrieb Alerts:\n> Komm", "Ja, komme"),
        ("Oui\n\nLe sam. 21 nov. 2026 à 09:00, Alerts a écrit :\n> Viens", "Oui"),
        ("Ok\n-----Original Message-----\nFrom: Alerts\nCome", "Ok"),
        ("Ok\n________________________________\nFrom: Alerts\nSent: today", "Ok"),
        ("Ok\n\nFrom: Alerts <a@t.example>\nSent: Saturday\nSubject: x", "Ok"),
        ("Coming\n-- \nAna Example\nHead of nights", "Coming"),
        ("> Come\n> now\n\nYes, below the quote", "Yes, below the quote"),
        ("On 21 Nov 2026, Alerts wrote:\n> Come\n\nYes, below it\n-- \nAna", "Yes, below it"),
        ("On Sat, 21 Nov 2026 at 09:00, Alerts\n<a@t.example> wrote:\n> Come\nYes\n> now\nat once", "Yes\nat once"),
        ("-----Original Message-----\nFrom: Alerts\nCome", ""),
        ("On time, promise.\nAna", "On time, promise.\nAna"),
        ("On 21 Nov 2026, Alerts wrote:\n> Come", ""),
        ("", ""),
    ],
)
def test_ah_91_the_body_above_the_quote_is_kept(mail: str, answer: str) -> None:
    assert above_quote(mail) == answer
