"""One voicemail, one mail: two events of one mailbox and caller."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.fakes.time import NOON
from tests.unit.tenant_mail.mailed import ACME
from tocsin.kernel.domain.ids import AlertRef
from tocsin.tenant_mail.domain.voicemails import MailedVoicemails, Voicemail


def left(seconds: int = 0, call: str = "", alert: str = "a") -> Voicemail:
    return Voicemail(NOON + timedelta(seconds=seconds), call, AlertRef(alert))


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (left(0), left(120), True),
        (left(120), left(0), True),
        (left(0), left(121), False),
        (left(0, "c1"), left(120), True),
        (left(0), left(121, "c1"), False),
        (left(0, "c1"), left(3_600, "c1"), True),
        (left(0, "c1"), left(1, "c2"), False),
    ],
)
def test_two_events_are_one_voicemail_by_their_call_else_by_their_time(
    first: Voicemail, second: Voicemail, same: bool
) -> None:
    mailed = MailedVoicemails(ACME, "2001|+44", (first,), 1)
    assert mailed.find(second) == (first if same else None)


def test_the_list_finds_each_of_its_voicemails_and_forgets_the_oldest() -> None:
    mailed = MailedVoicemails(ACME, "2001|+44")
    for n in range(21):
        mailed = mailed.add(left(n, f"c{n}", f"a{n}"))
    assert mailed.version == 21
    assert mailed.find(left(0, "c0")) is None
    assert mailed.find(left(0, "c1")) == left(1, "c1", "a1")
    assert mailed.find(left(0, "c20")) == left(20, "c20", "a20")
