"""A person who was erased is in no row, no object and no sealed value any more; all around them still reads (S8)."""

from __future__ import annotations

import base64
import json
import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.contract.alert_path import ACME, KEY, NOON, AlertPath, an_acceptance, in_dynamodb
from tests.contract.cloud import Cloud, cloud
from tests.contract.webhooks.callback_stores import HOOK, a_delivery
from tests.fakes.randomness import SeededRandomness
from tests.fakes.sealer import FakeSealer
from tests.fakes.time import VirtualClock
from tests.unit.alert_rules.worlds import a_rule, a_trigger
from tocsin.adapters.dynamodb.alert_rules.rules import DynamoDbAlertRules
from tocsin.adapters.dynamodb.directory.directory import DynamoDbDirectory
from tocsin.adapters.dynamodb.identity.api_keys import DynamoDbApiKeyRepository
from tocsin.adapters.dynamodb.identity.personal_tokens import DynamoDbPersonalTokens
from tocsin.adapters.dynamodb.identity.sessions import DynamoDbSessions
from tocsin.adapters.dynamodb.privacy.directory_rows import DirectoryRows
from tocsin.adapters.dynamodb.privacy.erasure_ledger import DynamoDbErasureLedger
from tocsin.adapters.dynamodb.privacy.personal_data import DynamoDbPersonalData
from tocsin.adapters.dynamodb.privacy.redacted import without_recipient_of_mail_settings
from tocsin.adapters.dynamodb.stored_content.stored_content import DynamoDbStoredContentRepository
from tocsin.adapters.dynamodb.table.sealing import open_json
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.adapters.dynamodb.triggers.triggers import DynamoDbTriggers
from tocsin.adapters.dynamodb.webhooks.webhook_deliveries import DynamoDbWebhookDeliveries
from tocsin.adapters.inbound_mail.stored_mails import StoredMails
from tocsin.alert_rules.domain.actions import EmailAction, HeaderPreset, SmsAction, WebhookAction, WebhookHeader
from tocsin.alert_rules.domain.triggers import FilterName, RuleType
from tocsin.alert_rules.ports.rules import RuleChange
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.alerts.domain.exclusion import Exclusion, ExclusionReason
from tocsin.alerts.domain.features import TriggerKind, TriggerWord
from tocsin.alerts.domain.link import Link, LinkKey
from tocsin.alerts.domain.response_kind import ResponseKind
from tocsin.audit.domain.actor import OPERATOR, Via
from tocsin.audit.domain.entry import AuditEntry, Thing
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.contact_group_json import contact_group_of
from tocsin.contacts.domain.recipient import Recipient
from tocsin.delivery.domain.message import Message, MessageState, Step
from tocsin.delivery.domain.progress import BatchProgress
from tocsin.escalation.domain.escalation import (
    Escalation,
    EscalationBegun,
    EscalationKey,
    EscalationPolicy,
    EscalationState,
)
from tocsin.identity.domain.api_key import ApiKey, KeyKind
from tocsin.kernel.domain.ids import StoreId, time_ordered_uuid
from tocsin.linked_alerts.domain.link_set import LinkBegun, LinkSet
from tocsin.privacy.application.erase_contact import SETTLED_AFTER, EraseContact, Erased
from tocsin.privacy.application.waiting_messages import WaitingMessages
from tocsin.privacy.domain.erasure import Person, without_mention
from tocsin.responses.domain.response import Response
from tocsin.results.domain.event_object import event_object
from tocsin.results.domain.result_event import ResultEvent
from tocsin.stored_content.domain.stored_content import ContentType, StoredContent
from tocsin.triggers.application.send import keyword_event
from tocsin.triggers.domain.trigger import NotFiredReason, TriggerRun, TriggerRunState, trigger_run_id

EVE_SMS, EVE_MAIL, EVE_CALL = "+447700900123", "Eve.Canary@example.org", "+447700900124"
CANARIES = ("7700900123", "7700900124", "eve.canary", "evelyn", "canary reply")
ANA, BOB = "+447700900001", "bob@example.org"
GROUP: dict[str, Any] = {
    "name": "team",
    "contacts": [
        {"id": "eve", "sms": EVE_SMS, "email": EVE_MAIL, "call": EVE_CALL, "lookups": {"firstname": "Evelyn"}},
        {"id": "ana", "sms": ANA, "lookups": {"firstname": "Ana"}},
    ],
    "sets": [{"name": "night", "ids": ["ana", "eve"]}],
}
STORED_ALERT = {
    "contactGroup": {"inlineContactGroup": GROUP},
    "alert": [{"alertType": "sms", "recipients": [ANA, "+44 7700 900123"], "recipientList": f"{EVE_MAIL}, {BOB}"}],
}


class Kept:
    """A tenant that has the person in everything it keeps."""

    def __init__(self, here: Cloud) -> None:
        self.world: AlertPath = in_dynamodb("moto", here, here.table_name)
        self.cloud = here
        self.sealer = FakeSealer()
        self.clock = VirtualClock()
        raw = self.world.dynamodb._client
        directory = DynamoDbDirectory(here.table, self.sealer)
        sessions = DynamoDbSessions(here.table, self.sealer)
        tokens = DynamoDbPersonalTokens(here.table, self.sealer)
        people = DirectoryRows(directory, sessions, tokens, self.sealer, self.clock, SeededRandomness())
        self.data = DynamoDbPersonalData(Table(raw, here.table_name), self.sealer, here.objects, people)
        self.mails = StoredMails(here.s3, here.bucket)
        self.ledger = DynamoDbErasureLedger(Table(self.world.dynamodb, here.table_name))
        self.stores = DynamoDbStoredContentRepository(here.table, self.sealer, here.objects)
        self._fill()

    def erase(self, **whom: Any) -> Erased:
        return self.eraser(self.clock.advance)(ACME, **whom)

    def eraser(self, wait: Callable[[timedelta], None]) -> EraseContact:
        elsewhere = in_dynamodb("moto", self.cloud, self.cloud.table_name)  # the operator's process
        waiting = WaitingMessages(elsewhere.alerts, elsewhere.messages, lambda: NOON)
        return EraseContact(self.data, self.mails, waiting, self.ledger, self.sealer, self.clock, wait)

    def _fill(self) -> None:
        acceptance = an_acceptance(3)
        self.alert = acceptance.alert
        self.chunk = ChunkKey(ACME, self.alert.ref, 0, 0)
        people = (
            Recipient(ANA, "ana", {"firstname": "Ana"}),
            Recipient(EVE_SMS, "eve", {"firstname": "Evelyn"}),
            Recipient("+447700900002"),
        )
        excluded = (
            Exclusion("eve", EVE_MAIL, ExclusionReason.NO_CAPACITY),
            Exclusion("ana", "ana@example.org", ExclusionReason.NO_CAPACITY),
        )
        self.world.alerts.accept(replace(acceptance, chunks={self.chunk: people}, excluded={0: excluded}))
        big = an_acceptance(2)
        self.big = ChunkKey(ACME, big.alert.ref, 0, 0)
        noise = {"map": secrets.token_urlsafe(310_000)}  # more than fits into a row, however it is packed
        self.world.alerts.accept(
            replace(big, chunks={self.big: (Recipient(EVE_SMS), Recipient("+447700900003", None, noise))})
        )
        self.keys = DynamoDbApiKeyRepository(self.cloud.table, self.sealer, self.clock)
        self.keys.add(ApiKey(ACME, KEY, KeyKind.LIVE, "test", "hash", owner_email=EVE_MAIL, callback_url=HOOK), {})
        (batch,) = acceptance.alert.batches()
        events = [self._event("evt_1", ANA, "ana"), self._event("evt_2", EVE_SMS, "eve", reply="canary reply")]
        done = BatchProgress((2,) * 3, {MessageState.SENT: 3})
        self.world.results.publish(batch, KEY, BatchProgress.blank(3), done, events, None)
        self.world.event_publisher.publish(self.alert, self._event("evt_3", "eve.canary@example.org", None, reply="x"))
        deliveries = DynamoDbWebhookDeliveries(Table(self.world.dynamodb, self.cloud.table_name), self.sealer)
        self.called_back = a_delivery(body=json.dumps(event_object(events[1])), url=HOOK)
        deliveries.add(self.called_back)
        deliveries.keep_answer(self.called_back.key, 1, f"what about {EVE_SMS}?".encode(), NOON + timedelta(days=7))
        self.deliveries = deliveries
        for address, contact in ((EVE_SMS, "eve"), (ANA, "ana")):
            self.world.responses.add(
                Response(
                    key=self.chunk,
                    position=1 if contact == "eve" else 0,
                    kind=ResponseKind.SMS,
                    natural_id=f"in-{contact}",
                    address=address,
                    contact_id=contact,
                    at=NOON,
                    text="canary reply" if contact == "eve" else "ok",
                    details={},
                    expires_at=NOON + timedelta(days=30),
                )
            )
        self._fill_link_sets()
        for kind, content in (
            (ContentType.CONTACT_GROUP, json.dumps(GROUP)),
            (ContentType.ALERT, json.dumps(STORED_ALERT)),
            (ContentType.RECIPIENT_LIST, f"{ANA}, {EVE_SMS}, {BOB}"),
            (ContentType.CONTACT_LIST, "ana, eve"),
            (ContentType.SMS, f"Call {EVE_CALL} now"),
        ):
            ends = NOON + timedelta(days=30)
            self.stores.put(
                StoredContent(
                    ACME,
                    KEY,
                    StoreId(f"s-{kind.value}"),
                    kind,
                    "t",
                    kind.value,
                    content,
                    NOON,
                    timedelta(days=30),
                    ends,
                )
            )

    def _fill_link_sets(self) -> None:
        """Begin one set whose group lies in its row and one whose group does not; Ana and Eve have answered in both."""
        many = [{"id": f"big-{n}", "lookups": {"map": secrets.token_hex(500)}} for n in range(40)]
        self.links: list[Link] = []
        for name, more in (("small", []), ("big", many)):
            began = an_acceptance(1)
            group = contact_group_of({**GROUP, "contacts": [*GROUP["contacts"], *more]}, "")
            found = LinkSet(LinkKey.of(ACME, KEY, name), name, began.alert.ref, group, NOON, NOON + timedelta(days=9))
            self.world.alerts.accept(replace(began, participants=(LinkBegun(found),)))
            self.links.append(found.link)
            for contact in ("eve", "ana"):
                self.world.responses.add(
                    Response(
                        key=self.chunk,
                        position=0,
                        kind=ResponseKind.EMAIL,
                        natural_id=f"{name}-{contact}",
                        address=ANA,
                        contact_id=contact,
                        at=NOON,
                        link=found.link,
                    )
                )

    def _event(self, id: str, alertee: str, contact: str | None, **details: Any) -> ResultEvent:
        return ResultEvent(
            event_id=id,
            client_ref="ref-1",
            alert=self.alert.ref,
            channel=Channel.SMS,
            tag="t",
            event="reply" if details else "sent",
            alertee=alertee,
            contact_id=contact,
            whence=NOON,
            details=details,
        )

    def said(self, kind: ContentType) -> str:
        found = self.stores.find(ACME, KEY, StoreId(f"s-{kind.value}"), NOON)
        assert found is not None
        return found.content

    def everything(self) -> str:
        """Return all that lies anywhere, opened, in one text."""
        texts = []
        for row in self.world.dynamodb._client.scan(TableName=self.cloud.table_name)["Items"]:
            texts.append(repr(row))
            for name in ("head", "sealed", "to"):
                place = f"{row['pk']['S']}|{row['sk']['S']}|{name}"
                if "B" in row.get(name, {}):
                    texts.append(
                        json.dumps(open_json(self.sealer, ACME, place, bytes(row[name]["B"])), ensure_ascii=False)
                    )
            if "s3" in row:
                body = self.cloud.s3.get_object(Bucket=self.cloud.bucket, Key=row["s3"]["S"])["Body"].read()
                texts.append(
                    json.dumps(open_json(self.sealer, ACME, f"{row['pk']['S']}|{row['sk']['S']}|sealed", body))
                )
        return "\n".join(texts).lower()


@pytest.fixture
def kept() -> Iterator[Kept]:
    with cloud() as here:
        yield Kept(here)


@pytest.mark.parametrize(
    "whom",
    [
        {"contact_id": "eve"},
        {"address": EVE_SMS},
        pytest.param({"address": "eve.canary@EXAMPLE.org"}, marks=pytest.mark.deep),
        pytest.param({"address": EVE_CALL}, marks=pytest.mark.deep),
    ],
    ids=["contact", "phone", "mail", "other phone"],
)
def test_s8_after_an_erasure_nothing_of_the_person_is_found(kept: Kept, whom: dict[str, str]) -> None:
    before = kept.everything()
    assert all(canary in before for canary in CANARIES)
    assert "'s3'" in before  # something lies in the bucket

    erased = kept.erase(**whom)

    assert erased.clean
    assert erased.addresses >= 3  # the mailbox counts again where it is spelled in another case
    after = kept.everything()
    assert [canary for canary in CANARIES if canary in after] == []
    assert '"eve"' not in after
    # and saying it again finds nothing more to do
    assert kept.erase(**whom).rows == 0


def test_s8_what_a_call_that_was_under_way_writes_after_the_first_walk_is_found(kept: Kept) -> None:
    late = an_acceptance(1)
    chunk = ChunkKey(ACME, late.alert.ref, 0, 0)

    def commit(span: timedelta) -> None:
        kept.clock.advance(span)
        kept.world.alerts.accept(replace(late, chunks={chunk: (Recipient(EVE_SMS, "eve"),)}))

    erased = kept.eraser(commit)(ACME, contact_id="eve")

    assert erased.clean
    assert [r.address for r in kept.world.alerts.recipients(chunk)] == [""]
    assert kept.clock() == VirtualClock()() + SETTLED_AFTER


def test_a_dry_run_counts_and_changes_nothing(kept: Kept) -> None:
    before = kept.everything()

    planned = kept.eraser(kept.clock.advance).dry_run(ACME, contact_id="eve")

    assert kept.everything() == before
    assert (planned.mails, planned.ended, planned.clean) == (0, 2, False)  # a message of each alert was not sent yet
    erased = kept.erase(contact_id="eve")
    assert (erased.addresses, erased.ended) == (planned.addresses, planned.ended)
    assert 0 < planned.rows <= erased.rows
    assert kept.eraser(kept.clock.advance).dry_run(ACME, contact_id="eve").clean


def test_only_messages_that_may_still_go_out_are_counted_as_ended(kept: Kept) -> None:
    sent = Message(1, MessageState.SENT, 1, 1, (Step(NOON, MessageState.SENT),))
    assert list(kept.world.messages.save(kept.chunk, [sent])) == [True]

    assert kept.eraser(kept.clock.advance).dry_run(ACME, contact_id="eve").ended == 1


def test_s8_everything_around_the_person_still_reads(kept: Kept) -> None:
    kept.erase(contact_id="eve")

    assert [r.address for r in kept.world.alerts.recipients(kept.chunk)] == [ANA, "", "+447700900002"]
    assert [r.address for r in kept.world.alerts.recipients(kept.big)].count("") == 1
    assert kept.world.alerts.get(ACME, kept.alert.ref) == kept.alert
    collected = kept.world.results.collect(ACME, KEY, None, 9, NOON)
    assert [(e.event_id, e.alertee, e.contact_id) for e in collected] == [
        ("evt_1", ANA, "ana"),
        ("evt_2", "", None),
        ("evt_3", "", None),
    ]
    called_back = kept.deliveries.get(kept.called_back.key)
    assert called_back is not None
    event = json.loads(called_back.body)
    assert (event["eventId"], event["alertees"], "reply" in event) == ("evt_2", [""], False)
    assert json.loads(kept.said(ContentType.CONTACT_GROUP)) == {
        "name": "team",
        "contacts": GROUP["contacts"][1:],
        "sets": [{"name": "night", "ids": ["ana"]}],
    }
    assert json.loads(kept.said(ContentType.ALERT))["alert"] == [
        {"alertType": "sms", "recipients": [ANA], "recipientList": BOB}
    ]
    for link in kept.links:
        standing = kept.world.links.standing(link.key, NOON)
        assert isinstance(standing, LinkSet)
        assert "ana" in standing.group.contacts
        assert "eve" not in standing.group.contacts
        assert standing.group.sets == {"night": ("ana",)}
        assert kept.world.links.answered(link) == {"ana": {ResponseKind.EMAIL}}
    assert kept.said(ContentType.RECIPIENT_LIST) == f"{ANA}, {BOB}"
    assert kept.said(ContentType.CONTACT_LIST) == "ana"
    assert kept.said(ContentType.SMS) == "Call  now"
    key = kept.keys.get(ACME, KEY)
    assert key is not None
    assert (key.owner_email, key.callback_url) == (None, HOOK)


def test_a_person_of_another_tenant_stays(kept: Kept) -> None:
    other = an_acceptance(1, tenant="other")  # type: ignore[arg-type]
    key = ChunkKey(other.alert.tenant, other.alert.ref, 0, 0)
    kept.world.alerts.accept(replace(other, chunks={key: (Recipient(EVE_SMS, "eve"),)}))

    kept.erase(contact_id="eve")

    assert kept.world.alerts.recipients(key)[0].address == EVE_SMS


def test_somebody_nobody_knows_is_entered_all_the_same(kept: Kept) -> None:
    before = kept.everything()

    erased = kept.erase(address="+447700900999")

    assert (erased.rows, erased.clean) == (0, True)
    assert len(kept.ledger.since(ACME, NOON)) == 1
    assert len(kept.everything().splitlines()) == len(before.splitlines()) + 2, "the entry and its time"


@pytest.mark.parametrize(
    "text",
    [
        EVE_SMS,
        f"to {EVE_SMS}.",
        "alertees=%2B447700900123&x=1",
        "tel:447700900123",
        "EVE.CANARY@example.ORG",
        "or 07700 900 123, thanks",
        "0044-7700-900123",
        "+44 (0)7700 900.123",
        "call\\n07700900123",  # JSON inside JSON
        base64.b64encode(f"hello {EVE_SMS}".encode()).decode(),
    ],
)
def test_an_address_is_found_in_every_disguise_we_write(text: str) -> None:
    person = Person(addresses=frozenset({EVE_SMS, EVE_MAIL}))
    found = without_mention({"a": [text, {text: 1}]}, person)
    dump = re.sub(r"(?<=\d)[ ().-]+(?=\d)", "", json.dumps(found).lower())
    for form in ("7700900123", "eve.canary", base64.b64encode(EVE_SMS.encode()).decode()[:8].lower()):
        assert form not in dump


@pytest.mark.parametrize("text", ["+91 7700 900123", "+917700900123", "17700900123", "7700900123456", "900123"])
def test_the_number_of_another_person_stays(text: str) -> None:
    assert without_mention(f"call {text}.", Person(addresses=frozenset({EVE_SMS}))) == f"call {text}."


def test_s8_what_an_escalation_sends_later_goes_on_without_the_person(kept: Kept) -> None:
    def step(*elements: dict[str, Any]) -> str:
        return json.dumps({"alert": [{"alertType": "sms", "content": "hello", **element} for element in elements]})

    first = an_acceptance(1)
    link = LinkKey.of(ACME, KEY, "fire-7")
    escalation = Escalation(
        EscalationKey(link, first.alert.ref), EscalationState.ACTIVE, 3, 0, 1, 0, False, NOON, NOON, (first.alert.ref,), NOON
    )  # fmt: skip
    steps = (
        step({"contacts": ["eve", "ana"]}, {"recipients": [EVE_SMS]}),
        step({"recipients": [EVE_SMS]}),
        step({"recipients": [ANA]}),
    )
    policy = EscalationPolicy("ref-1", "fire-7", (timedelta(minutes=1),) * 4, steps, step({"recipients": ["whoever"]}))
    kept.world.alerts.accept(replace(first, participants=(EscalationBegun(escalation, policy),)))
    by_eve = Response(
        ChunkKey(ACME, first.alert.ref, 0, 0), 0, ResponseKind.SMS, "in-9", EVE_SMS, "eve", NOON,
        link=Link(link, first.alert.ref), escalation=first.alert.ref,
    )  # fmt: skip
    kept.world.responses.add(by_eve)

    kept.erase(contact_id="eve")

    left = kept.world.escalations.policy(escalation.key)
    assert left is not None
    said = [json.loads(text)["alert"] for text in left.steps]
    assert [[element.get("contacts") for element in elements] for elements in said] == [[["ana"]], [], [None]]
    assert left.steps[2] == steps[2]
    assert left.on_stopped == policy.on_stopped
    stands = kept.world.escalations.get(escalation.key)
    assert stands is not None
    assert stands.by is not None
    assert (stands.answered, stands.by.contact_id) == (1, None)


def test_s8_who_was_left_out_becomes_nobody_and_still_counts(kept: Kept) -> None:
    kept.erase(contact_id="eve")
    left = kept.world.alerts.excluded(ACME, kept.alert.ref)[0]
    assert [(who.contact_id, who.address) for who in left] == [(None, ""), ("ana", "ana@example.org")]
    assert {who.category for who in left} == {ExclusionReason.NO_CAPACITY}


@pytest.mark.parametrize(
    "written",
    [
        "07700 900123",
        "7700-900-123",
        "call +44 7700 900123 ext. 5",
        "Eve <Eve.CANARY@example.org>",
        "eve.canary@example.org;x",
    ],
)
def test_s8_an_address_that_was_refused_as_written_is_erased_in_any_form(kept: Kept, written: str) -> None:
    # given the person and others, refused because nobody could read the address
    bad, place = (ExclusionReason.BAD_ADDRESS, "phone:PHONE_MALFORMED"), "recipients[1]"
    others = [Exclusion(None, "07700 900125", *bad, place), Exclusion(None, "+917700900123", *bad, place)]
    acceptance = an_acceptance(1)
    mine = Exclusion(None, written, *bad, place)
    kept.world.alerts.accept(replace(acceptance, excluded={0: [mine, *others]}))

    kept.erase(address=EVE_MAIL if "@" in written else EVE_SMS)

    left = kept.world.alerts.excluded(ACME, acceptance.alert.ref)[0]
    assert list(left) == [replace(mine, address=""), *others]
    assert left[0].place == place


def test_s8_the_address_of_an_excluded_contact_is_found_and_erased_elsewhere(kept: Kept) -> None:
    # given a contact whose address stands with the refusal only, and once more without the contact
    gone = "+447700900129"
    first, second = an_acceptance(1), an_acceptance(1)
    refusal = Exclusion("eve", gone, ExclusionReason.NO_CAPACITY)
    kept.world.alerts.accept(replace(first, excluded={0: [refusal]}))
    kept.world.alerts.accept(replace(second, excluded={0: [replace(refusal, contact_id=None)]}))

    kept.erase(contact_id="eve")

    assert kept.world.alerts.excluded(ACME, second.alert.ref)[0][0].address == ""


def test_s8_who_wrote_a_keyword_becomes_nobody_and_what_came_of_it_stays(kept: Kept) -> None:
    # given a firing of the person's, and the event that told of it
    triggers = DynamoDbTriggers(Table(kept.world.dynamodb, kept.cloud.table_name), kept.sealer, kept.cloud.objects)
    word = TriggerWord(TriggerKind.SMS, "FIRE", "drill")
    name = trigger_run_id(ACME, TriggerKind.SMS, "in-9")
    trigger_run = TriggerRun(
        name, ACME, KEY, StoreId("s"), word, EVE_SMS, "eve", Channel.SMS, NOON, TriggerRunState.REFUSED,
        reason=NotFiredReason.TOO_SOON,
    )  # fmt: skip
    triggers.refuse(trigger_run)
    kept.world.event_publisher.publish(kept.alert, keyword_event(kept.alert, trigger_run))

    kept.erase(address=EVE_SMS)

    assert triggers.trigger_run(ACME, name) == replace(trigger_run, alerter="", contact_id=None)
    told = kept.world.results.collect(ACME, KEY, kept.alert.ref, 100, NOON)
    (event,) = (event for event in told if event.event == "keyword")
    assert (event.alertee, event.contact_id, event.details) == ("", None, {})


def test_s8_k7_who_answered_in_the_place_of_a_receiver_is_taken_out_of_the_event(kept: Kept) -> None:
    event = replace(
        kept._event("evt_9", "ana@example.org", "ana", reply="I go"), details={"reply": "I go", "from": EVE_MAIL}
    )
    kept.world.event_publisher.publish(kept.alert, event)

    kept.erase(address=EVE_MAIL)

    told = kept.world.results.collect(ACME, KEY, kept.alert.ref, 100, NOON)
    (left,) = (event for event in told if event.event_id == "evt_9")
    assert (left.alertee, left.details["reply"]) == ("ana@example.org", "I go")
    assert EVE_MAIL not in str(left.details)


def test_s8_an_alert_rule_tells_the_person_nothing_and_goes_on_for_others(kept: Kept) -> None:
    # given a rule that tells the person and others, with an earlier version, a secret and a run
    rules = DynamoDbAlertRules(kept.cloud.table, kept.sealer)
    hook = WebhookAction(id="n4", url="https://x.example/", headers=(WebhookHeader(HeaderPreset.BEARER, secret="s"),))
    rule = a_rule(
        RuleType.CALL,
        a_trigger(numbers=[EVE_SMS]),
        description="Evelyn: eve.canary@example.org",
        actions=(
            EmailAction(id="n1", to=EVE_MAIL, subject="Missed"),
            SmsAction(id="n2", sender=ANA, to=(EVE_SMS,)),
            SmsAction(id="n3", sender=ANA, to=(EVE_SMS, "+447700900125")),
            hook,
        ),
    )
    for before, after in ((None, rule), (rule, replace(rule, name="Second", version=2))):
        id = time_ordered_uuid(NOON, bytes([after.version]) * 10)
        thing = Thing("alert_rule", rule.id)
        rules.commit(RuleChange(before, after, AuditEntry(ACME, id, NOON, OPERATOR, Via.OPERATOR, "x.y", thing)))

    assert kept.erase(contact_id="eve").clean

    for version in (1, 2):
        earlier = rules.version(ACME, rule.id, version, NOON)
        assert earlier is not None
        assert [action.id for action in earlier.actions] == ["n3", "n4"]
        assert earlier.actions[0] == SmsAction(id="n3", sender=ANA, to=("+447700900125",))
    left = rules.get(ACME, rule.id)
    assert left is not None
    assert left.actions[1] == hook
    # the trigger does not match the calls of everybody now
    assert left.triggers[0].filters.values == {FilterName.NUMBERS: frozenset({""})}
    assert "eve.canary" not in kept.everything()


def test_an_erased_person_gets_no_mail_of_the_account_and_the_others_still_do() -> None:
    written = {"recipients": ["eve@x.org", "bob@x.org"], "from_address": "Eve@x.org", "reply_to": None, "username": "u"}
    kept = without_recipient_of_mail_settings(written, Person(addresses=frozenset(["eve@x.org"])))
    assert kept == {"recipients": ["bob@x.org"], "from_address": None, "reply_to": None, "username": "u"}
