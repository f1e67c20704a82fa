"""A word written to the deployed system sends what waits for it: by text, by mail and by a link."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

from infra.local.commands.keys import NewKey
from infra.local.outside.answers import Envelope, received_mail
from infra.local.provider_events import inbound_text
from tests.stack.system import System, sms
from tests.stack.test_links import press, visit

OURS = "+447700900057"
NAME = "triggers"


def _text(system: System, by: str, text: str, id: str) -> None:
    content = json.dumps(inbound_text(by, OURS, text, id))
    system.aws.client("sns").publish(TopicArn=system.stack.outputs["SmsInboundTopicArn"], Message=content)


def _mail(system: System, by: str, to: str, subject: str, id: str) -> None:
    raw = f"From: {by}\r\nTo: {to}\r\nSubject: {subject}\r\nContent-Type: text/plain\r\n\r\nplease\r\n"
    bucket, key = system.stack.outputs["MailBucketName"], f"inbound/{id}"
    system.aws.client("s3").put_object(Bucket=bucket, Key=key, Body=raw.encode())
    system.publish("MailReceivedTopicArn", received_mail(bucket, key, datetime.now(UTC), Envelope(by)))


def _keyword_events(system: System, number: int) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []

    def collect() -> list[dict[str, object]]:
        body = {"version": "latest", "all": True, "options": {"maximumItemsToReturn": 100}}
        answer = system.callers[NAME].post("/collectevents", body)
        assert answer.status == 200, answer.body
        found.extend(event for event in answer.body["events"] if event["event"] == "keyword")
        return found

    system.awaited(collect, lambda found: len(found) >= number, 60)
    return collect()


def _a_second_after(system: System, event: dict[str, object]) -> None:
    """Wait until the trigger may fire again: warm functions are done with a keyword in less than a second."""
    again = datetime.fromisoformat(str(event["whence"])) + timedelta(seconds=1)
    system.awaited(lambda: datetime.now(UTC), lambda now: now > again, 5)


def test_a_keyword_by_text_mail_or_link_sends_what_waits_for_it(system: System) -> None:
    # given a key with a number, and an alert that waits for a word
    system.add_key(NAME, NewKey("acme", "live", NAME, ("canReadAlerts",)))
    (key,) = {json.loads(line)["key"] for line in system.operator.run("key", "list", "--tenant", "acme").splitlines()
              if json.loads(line)["name"] == NAME}  # fmt: skip
    system.operator.run("number", "add", "--tenant", "acme", "--key", key, "--number", OURS)
    guard, ana, bob = system.phones(3)
    triggers = [{"type": kind, "keyword": "FIRE-7", "tag": kind} for kind in ("sms", "email", "shortlink")]
    waits = {"triggers": triggers, "minimumRepeatInterval": "1s"}
    answer = system.send(NAME, sms([guard], content="Leave the building"), trigger=waits)
    assert answer.status == 200, answer.body
    store = answer.body["storeId"]
    where = {word["type"]: word["where"] for word in answer.body["triggers"]}
    assert where["sms"] == [OURS]
    assert system.received([guard]) == []

    # when somebody texts it, twice delivered, and a stranger's word, a machine's mail and a reply come by
    for _ in range(2):
        _text(system, ana, "fire-7! gate 4", f"in-{store}")
    _text(system, ana, "firefly", f"other-{store}")
    _mail(system, "mailer-daemon@example.net", where["email"][0], "FIRE-7", f"machine-{store}")

    # then it is sent, once, and its client knows by whom
    (event,) = _keyword_events(system, 1)
    assert (event["alerter"], event["keyword"], event["tag"], event["storeId"]) == (ana, "FIRE-7", "sms", store)
    system.settled(NAME, str(event["alertId"]))
    assert [message.text for message in system.received([guard])] == ["Leave the building"]

    # and again by mail
    _a_second_after(system, event)
    _mail(system, "bob@example.org", where["email"][0], "Re: please: fire-7", f"mail-{store}")
    (event,) = _keyword_events(system, 1)
    assert (event["alerter"], event["tag"]) == ("bob@example.org", "email")

    # and again by a link that another alert hands out
    ref = system.sent(
        NAME,
        sms([bob], content="tap to start: {shortlink}", lookups={"shortlink": {"reference": "fire-7"}}),
    )
    system.settled(NAME, ref)
    (link,) = {re.findall(r"https?://\S+", message.text)[-1] for message in system.received([bob])}
    _, _, page = visit(link)
    _a_second_after(system, event)
    assert press(link, page)[0] == 200
    system.awaited(lambda: _keyword_events(system, 0), bool, 30)

    # and /getinfo counts them
    body = {"version": "latest", "getKeywordInfo": True}
    (first, *_) = system.callers[NAME].post("/getinfo", body).body["info"]["keywords"]
    assert (first["firedCount"], first["storeId"]) == (3, store)

    # until it is cancelled
    cancelled = system.callers[NAME].post(
        "/cancelalerts", {"version": "latest", "cancel": [{"triggered": {"storeId": store}}]}
    )
    assert cancelled.body["cancel"][0]["success"], cancelled.body
    assert system.callers[NAME].post("/getinfo", body).body["info"]["keywords"] == []
