"""E3, S14: what only machines write, and what carriers listen to."""

import pytest

from tocsin.inbound.domain.mail_reply import automatic
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
