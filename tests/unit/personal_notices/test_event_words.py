"""The words of every notice: each case once, as it is read."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.architecture.deployment import ROOT
from tests.fakes.time import NOON
from tests.unit.personal_notices.stories import (
    CALLER,
    L10,
    MAIN,
    NOWHERE,
    QUEUE,
    SUPPORT,
    call,
    caller,
    event,
    offered,
    text,
    voicemail,
)
from tocsin.personal_notices.domain.concern import KIND_OF, concern_of
from tocsin.personal_notices.domain.event_words import VALUES, WORDS, NoticeCase, SaidNotice, case_of, said
from tocsin.personal_notices.domain.who_hears import CalledSide
from tocsin.telephony.domain.event import TelephonyEvent

LINE = CalledSide((L10,))
ZOE = f"Zoe ({CALLER})"
FROM = ("From", ZOE)
LATER = "2026-12-01T09:00:00+00:00"


def words(it: TelephonyEvent, side: CalledSide = LINE, case: NoticeCase | None = None) -> SaidNotice:
    concern = concern_of(it)
    assert concern is not None
    case = case or case_of(it, concern, side)
    assert case is NoticeCase.MANY_TEXTS or WORDS[case].kind is KIND_OF[concern]
    return said(it, case, side)


@pytest.mark.parametrize(
    ("it", "subject", "line"),
    [
        (offered(), f"Call from {ZOE}", f"A call from {ZOE} is ringing on line 2010"),
        (call(), f"Missed call from {ZOE}", f"A call from {ZOE} to line 2010 was missed"),
        (call(status="answered"), f"Call from {ZOE} was answered",
         f"A call from {ZOE} to line 2010 was answered by line 2010 Ana's desk"),
        (call(status="abandoned"), f"Missed call from {ZOE}", f"{ZOE} called line 2010 and hung up before anybody answered"),
        (call(status="busy"), f"Missed call from {ZOE}", f"A call from {ZOE} to line 2010 found the line busy"),
        (call(status="failed"), f"Failed call from {ZOE}", f"A call from {ZOE} to line 2010 failed"),
        (call(status="voicemail"), f"Voicemail from {ZOE}", f"{ZOE} left a voicemail for line 2010"),
        (voicemail(), f"Voicemail from {ZOE}", f"{ZOE} left a voicemail for line 2010"),
        (text(), f"Text from {ZOE}", f"{ZOE} to line 2010: Is anybody there?"),
        (text(text=None), f"Text from {ZOE}", f"{ZOE} to line 2010"),
        (event("fax.received", line="2010", pages=3, **caller()), f"Fax from {CALLER}",
         f"A fax from {CALLER} came in on line 2010"),
        (event("mention", userIds=["ana"], text="@ana look\nhere"), "You were mentioned",
         "You were mentioned: @ana look here"),
        (event("contact.assigned", contactId="k1", contactName="Zoe", by="api", userId="ana"), "Contact assigned: Zoe",
         "The contact Zoe was assigned to you"),
        (event("contact.assigned", contactId="k1", by="api", userId="ana"), "Contact assigned: k1",
         "The contact k1 was assigned to you"),
        (event("reminder.assigned", userId="ana", text="Call Zoe", dueAt=LATER), "Reminder assigned to you",
         "A reminder was assigned to you: Call Zoe"),
    ],
)  # fmt: skip
def test_decided_5_11_subject_and_first_line(it: TelephonyEvent, subject: str, line: str) -> None:
    found = words(it)
    assert (found.subject, found.line) == (subject, line)


def test_decided_5_11_fields_and_where_a_notice_leads() -> None:
    to = ("Number", NOWHERE.e164)
    assert words(call(talkSeconds=75, status="answered")).fields == (
        FROM, ("Called", "line 2010"), to, ("Time", NOON), ("Duration", "0:18"), ("Talk time", "1:15"),
    )  # fmt: skip
    found = words(voicemail(transcript="Hi", url="https://pbx.example/v1"))
    assert found.fields == (FROM, ("Called", "line 2010"), ("Time", NOON), ("Length", "0:25"), ("Transcript", "Hi"))
    assert found.url == "https://pbx.example/v1"
    assert dict(words(event("reminder.assigned", userId="a", text="x", dueAt=LATER)).fields)["Due"].isoformat() == LATER  # type: ignore[union-attr]
    assert (
        words(text(), case=NoticeCase.MANY_TEXTS).line
        == f"{ZOE} sent more than 15 texts to line 2010 within 30 seconds"
    )


def test_what_was_called_is_the_group_that_rings_and_a_withheld_number_is_said() -> None:
    withheld: dict[str, Any] = {"from": {"number": "anonymous"}, "phoneNumber": MAIN}
    assert words(call(**withheld), CalledSide((L10,), (SUPPORT,))).line == (
        "A call from a withheld number to ring group Support was missed"
    )
    assert words(call(), CalledSide((), (QUEUE,))).line.endswith("to queue Sales was missed")
    assert "and can be picked up" in words(offered(), CalledSide((L10,), (SUPPORT,), fisher=True)).line


def test_each_value_of_the_table_is_explained_and_used() -> None:
    used = {name for each in WORDS.values() for name in re.findall(r"{(\w+)}", each.subject + each.line)}
    used |= {name for each in WORDS.values() for _, name in each.fields}
    assert used == set(VALUES)
    assert set(WORDS) == set(NoticeCase)


def test_decided_5_11_the_guide_has_the_words_of_every_notice() -> None:
    guide = (ROOT / "docs/guides/notices.md").read_text().splitlines()
    rows = {
        f"| {case.value.replace('_', ' ')} | {words.subject} | {words.line} | {', '.join(each for each, _ in words.fields)} |"
        for case, words in WORDS.items()
    }
    rows |= {f"| `{{{name}}}` | {meaning} |" for name, meaning in VALUES.items()}
    assert rows <= set(guide)
