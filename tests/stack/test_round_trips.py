"""Out and back: what people get, what becomes of it, what they answer, and what the client hears of it all."""

from __future__ import annotations

import email.policy
from collections import Counter
from email.parser import BytesParser

from tests.stack.system import System, sms
from tests.stack.system import email as mail


def test_a_text_arrives_is_answered_and_the_client_hears_of_both(lively: System, number: str) -> None:
    # given a text that the carrier has delivered
    (phone,) = lively.phones(1)
    ref = lively.sent("live", sms([phone], "who can come?", sender=number))
    lively.states("live", ref, {phone: "delivered"})

    # when its receiver answers
    lively.text_back(phone, "on my way, Zoë")

    # then the client has the whole story, once
    events = lively.events("live", ref, 3)
    assert [event["event"] for event in events] == ["sent", "delivered", "reply"]
    assert (events[2]["alertees"], events[2]["reply"], events[2]["type"]) == ([phone], "on my way, Zoë", "sms")
    (response,) = lively.callers["live"].get(f"/alerts/{ref}/responses").body["items"]
    assert (response["address"], response["reply"], response["matched"]) == (phone, "on my way, Zoë", True)
    assert lively.callers["live"].get(f"/alerts/{ref}").body["responses"] == 1

    # and after a STOP nothing goes to that phone any more, until a START
    for word, becomes in (("STOP", "suppressed"), ("START", "delivered")):
        lively.text_back(phone, word)
        assert lively.events("live", ref, 1)[0]["keyword"] == word.lower()
        again = lively.sent("live", sms([phone], sender=number))
        lively.states("live", again, {phone: becomes})
    assert len(lively.received([phone])) == 2


def test_a_mail_arrives_whole_is_answered_by_its_reply_to_and_the_quotation_is_left_out(lively: System) -> None:
    # given a mail that has arrived
    (mailbox,) = lively.mailboxes(1)
    ref = lively.sent("live", mail([mailbox], "The north gate is open.\nPlease close it."))
    lively.states("live", ref, {mailbox: "delivered"})
    arrived = lively.outside.mails.newest(mailbox)
    assert arrived is not None
    opened = BytesParser(policy=email.policy.default).parsebytes(arrived)
    assert opened["Reply-To"].addresses[0].username.startswith("r+acme.")
    assert opened["Subject"].startswith("North gate [TX-")
    body = opened.get_body(("plain",))
    assert body is not None
    assert body.get_content().splitlines()[:2] == ["The north gate is open.", "Please close it."]

    # when its receiver answers
    lively.mail_back(mailbox, "Closed it.")

    # then the answer is theirs, without what it quotes
    events = lively.events("live", ref, 3)
    assert [(event["event"], event.get("reply")) for event in events] == [
        ("sent", None),
        ("delivered", None),
        ("reply", "Closed it."),
    ]
    assert (events[2]["spf"], events[2]["dkim"], events[2]["dmarc"]) == ("pass", "pass", "pass")
    assert lively.callers["live"].get(f"/alerts/{ref}").body["responses"] == 1


def test_a_bounce_and_a_complaint_silence_the_mailbox_and_a_holiday_notice_is_no_answer(lively: System) -> None:
    # given mailboxes of SES's own simulator
    gone, cross, away = (f"{fate}+label@simulator.amazonses.com" for fate in ("bounce", "complaint", "ooto"))

    ref = lively.sent("live", mail([gone, cross, away]))

    # then one mail comes back, the others arrive
    reasons = lively.states("live", ref, {gone: "failed", cross: "delivered", away: "delivered"})
    assert reasons[gone] == "bounced"
    told = Counter((event["event"], event["alertees"][0]) for event in lively.events("live", ref, 8))
    assert told == Counter(
        [("sent", one) for one in (gone, cross, away)]
        + [("bounced", gone), ("delivered", cross), ("complaint", cross), ("delivered", away), ("autoReply", away)]
    )
    assert lively.callers["live"].get(f"/alerts/{ref}").body["responses"] == 0

    # and the next mail goes to neither of the two who must be left alone
    again = lively.sent("live", mail([gone, cross, away]))
    reasons = lively.states("live", again, {gone: "suppressed", cross: "suppressed", away: "delivered"})
    assert (reasons[gone], reasons[cross]) == ("hard_bounce", "complaint")


def test_what_the_carrier_says_decides_even_twice_and_in_the_wrong_order(lively: System) -> None:
    off, nobody, blocked, twice, silent = (f"+44770090090{digit}" for digit in range(1, 6))

    ref = lively.sent("live", sms([off, nobody, blocked, twice, silent]))

    reasons = lively.states(
        "live", ref, {off: "failed", nobody: "failed", blocked: "failed", twice: "delivered", silent: "sent"}
    )
    assert (reasons[off], reasons[nobody], reasons[blocked]) == ("handset_off", "invalid_number", "carrier_blocked")
    told = Counter(event["event"] for event in lively.events("live", ref, 9))
    assert told == {"sent": 5, "delivered": 1, "failed": 3}
