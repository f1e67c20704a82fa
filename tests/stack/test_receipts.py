"""What providers tell, through topics, queue and function of the deployed system, to states, events and suppression."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime

from infra.local.provider_events import notification, ses_event, text_event
from tests.stack.system import System, email, sms


def _tell(system: System, topic: str, content: dict[str, object]) -> None:
    system.aws.client("sns").publish(TopicArn=system.stack.outputs[topic], Message=json.dumps(content))


def test_receipts_and_bounces_come_back_through_topics_queue_and_function(system: System) -> None:
    # given a text and two mails that were sent
    (phone,), (mailbox, gone) = system.phones(1), system.mailboxes(2)
    ref = system.sent("live", sms([phone], "water in rack 4"), email([mailbox, gone]))
    system.settled("live", ref)

    # when their providers tell what became of them, some of it twice, and somebody else tells lies
    now = datetime.now(UTC)
    text, mail, bounced = (f"acme.{ref}.{place}.1" for place in ("0.0.0", "1.0.0", "1.0.1"))
    for _ in range(2):
        _tell(system, "SmsEventsTopicArn", text_event("TEXT_DELIVERED", text, phone, now))
    _tell(system, "EmailEventsTopicArn", ses_event("Delivery", mail, mailbox, now))
    _tell(system, "EmailEventsTopicArn", ses_event("Bounce", bounced, gone, now, type="Permanent"))
    queue = system.stack.outputs["SmsUrgentQueueUrl"].replace("-sms-urgent", "-events")
    forged = notification("arn:aws:sns:eu-west-2:666:tocsin", text_event("TEXT_INVALID", text, phone, now), now)
    system.aws.client("sqs").send_message(QueueUrl=queue, MessageBody=forged)

    # then the states and the events say so
    found = system.awaited(
        lambda: system.recipients("live", ref),
        lambda all: Counter(one["state"] for one in all) == {"delivered": 2, "failed": 1},
        60,
    )
    assert {one["reason"] for one in found if one["state"] == "failed"} == {"bounced"}
    events = Counter((event["type"], event["event"]) for event in system.events("live", ref, 6))
    assert events == {
        ("sms", "sent"): 1,
        ("sms", "delivered"): 1,
        ("email", "sent"): 2,
        ("email", "delivered"): 1,
        ("email", "bounced"): 1,
    }

    # and the mailbox that does not exist gets no more mail
    again = system.sent("live", email([gone, mailbox]))
    states = {one["address"]: (one["state"], one["reason"]) for one in system.settled("live", again)}
    assert states[gone] == ("suppressed", "hard_bounce")
    assert states[mailbox] == ("sent", None)
