"""A tenant whose table, buckets and queues hold one person in every place that can hold one.

The API and the workers run as Lambda imports them, over moto. What they write is what they write in production.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import boto3
import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends
from moto.sns.models import sns_backends

from infra.local.outside.answers import Envelope, received_mail
from infra.local.provider_events import inbound_text, notification
from tests.canaries import blobs_of, encodings
from tests.contract.cloud import REGION
from tests.contract.webhooks.callback_stores import a_delivery, an_endpoint
from tests.functional.alerts_api.conftest import email, sms
from tests.functional.events import Context, sqs_event
from tests.functional.gateway import Gateway
from tests.functional.test_run_timers import Plant
from tests.functional.test_worker_wiring import TOPICS, Stack
from tocsin.adapters.dynamodb.table.sealing import open_json, place_of
from tocsin.adapters.inbound_mail.stored_mails import StoredMails
from tocsin.alert_rules.domain.actions import EmailAction, HeaderPreset, WebhookAction, WebhookHeader
from tocsin.alert_rules.domain.backtest import BacktestSums
from tocsin.alert_rules.domain.rule import AlertRule, without_secrets
from tocsin.alert_rules.domain.run import RuleRun, RuleRunState
from tocsin.alert_rules.domain.triggers import RuleType
from tocsin.alert_rules.ports.backtests import Backtest
from tocsin.alert_rules.ports.rules import RuleChange
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.alerts.domain.cause import Cause, CauseKind
from tocsin.alerts.domain.internal.inside_alert import InsideAlert, InsideMessage
from tocsin.alerts.ports.alerts import Committed
from tocsin.alerts.ports.together import UnitOfWork
from tocsin.audit.domain.actor import OPERATOR, Actor, ActorKind, Via
from tocsin.audit.domain.entry import AuditEntry, Thing
from tocsin.bootstrap.browsers.pushing import owed_pushes
from tocsin.bootstrap.queues import Queues
from tocsin.bootstrap.sending import send_inside
from tocsin.bootstrap.storage import Storage
from tocsin.browser_push.domain.encryption import point_of, private_key
from tocsin.browser_push.domain.subscription import PushSubscription
from tocsin.calls.ports.calls_in import CallUnderWay
from tocsin.content.domain.content import EmailContent
from tocsin.delivery.domain.message_id import MessageId
from tocsin.directory.domain.natural_keys import kind_of
from tocsin.directory.domain.things import WORD, AnyThing, Group, GroupKind, Line, PhoneNumber
from tocsin.directory.ports import DirectoryChange
from tocsin.drafts.domain.form_draft import FormDraft
from tocsin.entrypoint.process.clock import utc_now
from tocsin.entrypoint.queue.inbound import Notice, Source
from tocsin.identity.application.create_api_key import CreateApiKey
from tocsin.identity.domain.api_key import KeyKind, Right
from tocsin.identity.domain.permissions import SystemRole
from tocsin.identity.domain.personal_token import PersonalToken
from tocsin.identity.domain.session import Session
from tocsin.identity.domain.user import User, UserState
from tocsin.inbound.domain.mail import UnreadableMail, UnreadableReason
from tocsin.inbox.domain.inbox_notice import InboxNotice
from tocsin.integrations.domain.incident import IntegrationIncident
from tocsin.integrations.domain.integration import Integration
from tocsin.integrations.domain.subscription import IntegrationAlert
from tocsin.integrations.ports import IntegrationChange
from tocsin.kernel.domain.ids import AlertRef, ApiKeyId, RoleId, StoreId, TenantId, UserId
from tocsin.notices.domain.account_notice import AccountNotice, Category, Severity
from tocsin.personal_notices.domain.notice import NoticeKind, PersonalNotice
from tocsin.personal_notices.domain.notice_run import NoticeRun, NoticeRunWritten
from tocsin.personal_notices.domain.push_message import PushMessage
from tocsin.preferences.domain.settings import NotificationSettings
from tocsin.privacy.application.erase_contact import EraseContact
from tocsin.privacy.application.waiting_messages import WaitingMessages
from tocsin.reminders.domain.appointment import Appointment
from tocsin.reminders.ports import AppointmentChange
from tocsin.reports.domain.day_sums import DaySums
from tocsin.reports.ports import CountedDay
from tocsin.responses.domain.two_way import TwoWayNumber
from tocsin.stored_content.domain.stored_content import ContentType, StoredContent
from tocsin.telephony.application.pack_events import PackEvents
from tocsin.telephony.domain.call_assembly import CallAssembly
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.event_pack import hour_name
from tocsin.telephony.domain.event_source import EventSource
from tocsin.telephony.domain.stored_event import StoredEvent
from tocsin.telephony.ports.line_states import KeptLine
from tocsin.telephony.ports.source_samples import SourceSample
from tocsin.tenant_mail.domain.connecting import ConnectAttempt, MailConsent, attempt_id
from tocsin.tenant_mail.domain.mail_settings import (
    MailSecrets,
    MailServerState,
    MailServerType,
    MailSettings,
    ServerState,
)
from tocsin.tenant_mail.domain.template_words import MailTemplateRow
from tocsin.tenant_mail.domain.voicemails import MailedVoicemails, Voicemail, VoicemailsWritten
from tocsin.timers.domain.timer import Timer, TimerKey, TimerKind
from tocsin.webhooks.domain.bus_delivery import bus_delivery
from tocsin.webhooks.domain.callback import RuleOrigin, WebhookMethod
from tocsin.webhooks.domain.rule_delivery import DeliveryOwed, rule_delivery

ACME = TenantId("acme")
EVE, EVE_CALL, EVE_MAIL, EVE_ID = "+447700900417", "+447700900418", "Wilhelmina.Canary@nest.example.org", "eve-77"
ANA, ANA_MAIL, OURS = "+447700900001", "ana@example.org", "+447700900050"
SPOKEN, GATE = "07700 900417", f"gate-{EVE[1:]}"
CREW: dict[str, Any] = {
    "name": "crew",
    "contacts": [
        {"id": EVE_ID, "sms": "+44 7700 900417", "email": EVE_MAIL, "call": EVE_CALL, "lookups": {"name": EVE_MAIL}},
        {"id": "ana", "sms": ANA, "email": ANA_MAIL},
    ],
    "sets": [{"name": "night", "ids": ["ana", EVE_ID]}],
}
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Safari/604.1"
DAYS = timedelta(days=30)

EVE_NAME, HER_ACCOUNT = "Wilhelmina Canary", "5f0c-account"  # her name and her id in the directory
NEEDLES = {form for address in (EVE, EVE_CALL, EVE_MAIL, EVE_NAME) for form in encodings(address)} | {EVE_ID.encode()}


def found_in(blob: bytes) -> list[bytes]:
    """Return the forms of the person's addresses and id in a blob; a number also with marks between its digits."""
    joined = re.sub(rb"(?<=\d)[\s()./-]+(?=\d)", b"", blob)
    return sorted(form for form in NEEDLES if form in blob or form in joined)


class PersonalWorld:
    """The stack of the functional tests, a key of the API, and a mail bucket; both buckets keep versions."""

    def __init__(self, stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("OPEN_EGRESS", "false")
        self.stack, self.cloud = stack, stack.cloud
        self.s3: Any = stack.cloud.s3
        self.mail_bucket = f"{stack.cloud.bucket}-mails"
        self.s3.create_bucket(Bucket=self.mail_bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        for bucket in (stack.cloud.bucket, self.mail_bucket):
            self.s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        monkeypatch.setenv("MAIL_BUCKET_NAME", self.mail_bucket)
        self.marked = ""  # an alert of which two receivers were marked as having answered
        self.timers = Plant(stack, monkeypatch)
        api = stack.start("alerts_api.app")
        self.links = Gateway(stack.start("links.app").app)
        self.texts, self.mails = stack.start("receive_texts.app"), stack.start("receive_mails.app")
        self.senders = {"SMS": stack.start("dispatch_sms.app"), "EMAIL": stack.start("dispatch_email.app")}
        self.gateway = Gateway(api.app)
        self.storage: Storage = api.storage
        self.queues = Queues(api.clients.sqs, api.settings)
        create = CreateApiKey(self.storage.api_keys, self.storage.sealer, self.storage.randomness)
        self.token = create(ACME, KeyKind.LIVE, "one", rights=frozenset({Right.READ_ALERTS})).token
        self.key_id = ApiKeyId(self.token.split("_")[3])
        self.storage.two_way_numbers.add(TwoWayNumber(OURS, ACME, self.key_id))

    def post(self, verb: str, once: str | None = None, **body: Any) -> dict[str, Any]:
        """Make a call; `once` is its Idempotency-Key."""
        headers = {"Idempotency-Key": once} if once else {}
        answer = self.gateway.post(f"/{verb}", {"version": "latest", "apiKey": self.token, **body}, headers)
        assert answer.status == 200, answer.text
        found: dict[str, Any] = answer.json
        return found

    def send(self, *elements: dict[str, Any], **more: Any) -> dict[str, Any]:
        return self.post("sendalert", clientRef=f"for-{EVE}", alert=list(elements), **more)

    def dispatch(self) -> None:
        """Let the workers send what is queued now."""
        for channel, app in self.senders.items():
            for lane in ("URGENT", "BULK"):
                if bodies := self.stack.bodies(f"{channel}_{lane}"):
                    assert app.handler(sqs_event(bodies), Context(60_000)) == {"batchItemFailures": []}

    def texts_to_eve(self) -> list[str]:
        """Return the texts that were sent to the person, in order."""
        return [body for to, body in sns_backends[DEFAULT_ACCOUNT_ID][REGION].sms_messages.values() if to == EVE]

    def text_of_eve(self, words: str, id: str) -> None:
        body = notification(f"{TOPICS}:sms-inbound", inbound_text(EVE, OURS, words, id), utc_now())
        assert self.texts.handler(sqs_event([body]), Context(5_000)) == {"batchItemFailures": []}

    def mail(self, name: str, to: str) -> None:
        """Let a mail of the person arrive and be processed."""
        body = notification(f"{TOPICS}:mail-received", self._arrived(name, to), utc_now())
        assert self.mails.handler(sqs_event([body]), Context(5_000)) == {"batchItemFailures": []}

    def _arrived(self, name: str, to: str) -> dict[str, Any]:
        """Store a mail of the person, twice, so that its object has an earlier version; return SES's record of it."""
        raw = f"From: Eve <{EVE_MAIL}>\r\nTo: {to}\r\nSubject: Re: anything\r\n\r\ncall me, {SPOKEN}\r\n".encode()
        for _ in range(2):
            self.s3.put_object(Bucket=self.mail_bucket, Key=f"inbound/{name}", Body=raw)
        return received_mail(self.mail_bucket, f"inbound/{name}", utc_now(), Envelope(EVE_MAIL))

    def eraser(self) -> EraseContact:
        """Return the operator's use case, with repositories of its own."""
        fresh = self.stack.storage
        return EraseContact(
            data=fresh.personal_data,
            mails=StoredMails(self.s3, self.mail_bucket),
            waiting=WaitingMessages(fresh.alerts, fresh.message_rows, utc_now),
            ledger=fresh.erasure_ledger,
            sealer=fresh.sealer,
            clock=utc_now,
            wait=lambda span: None,
        )

    def events(self, ref: str) -> list[Any]:
        alert = self.storage.alerts.get(ACME, ref)  # type: ignore[arg-type]
        assert alert is not None
        return list(self.storage.waiting_events.collect(ACME, self.key_id, alert.ref, 100, utc_now()))

    # --- what is stored -----------------------------------------------------------------------------------------

    def rows(self) -> Iterator[tuple[dict[str, Any], str, bytes]]:
        """Yield every row with each of its attributes, opened; "" names what is in the clear."""
        sealer = self.stack.storage.sealer
        for row in self.cloud.rows():
            item: dict[str, Any] = row
            for name in ("head", "sealed", "to", "keys"):
                if "B" in item.get(name, {}):
                    value = open_json(sealer, ACME, place_of(item, name), bytes(item[name]["B"]))
                    yield item, name, json.dumps(value, ensure_ascii=False).encode()
            yield item, "", b"\n".join(blobs_of(item))
            for version in self.versions(self.cloud.bucket, item.get("s3", {}).get("S")):
                body = self.s3.get_object(Bucket=self.cloud.bucket, **version)["Body"].read()
                value = open_json(sealer, ACME, place_of(item, "sealed"), body)
                yield item, "s3", json.dumps(value, ensure_ascii=False).encode()

    def versions(self, bucket: str, key: str | None = "") -> list[dict[str, str]]:
        """Return all versions of the objects of a bucket, or of one object (None: of no object)."""
        if key is None:
            return []
        listed = self.s3.list_object_versions(Bucket=bucket, Prefix=key).get("Versions", ())
        return [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in listed]

    def raw_mails(self) -> list[bytes]:
        return [
            self.s3.get_object(Bucket=self.mail_bucket, **version)["Body"].read()
            for version in self.versions(self.mail_bucket)
        ]

    def queued(self) -> list[str]:
        """Return everything that is in a queue, also what a worker has taken."""
        sqs = boto3.Session("testing", "testing", region_name=REGION).client("sqs")
        bodies = []
        for url in self.stack.queues.values():
            sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "0"})
            got = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
            bodies += [message["Body"] for message in got.get("Messages", [])]
        return bodies

    # --- the person in every place ------------------------------------------------------------------------------

    def plant(self) -> str:
        """Put the person everywhere; return the alert that still waits to be sent to her."""
        self._plant_contents()
        self._plant_alerts()
        self._plant_answers()
        self._plant_settings()
        self._plant_account()
        waiting: str = self.send(sms(recipients=[EVE, ANA], content="the last one"))["alertRef"]
        return waiting

    def _plant_contents(self) -> None:
        def entry(kind: str, content: Any, **more: Any) -> dict[str, Any]:
            named = {"storeDetails": {"storeName": f"{kind} of {EVE_MAIL}"}}
            return {"contentType": kind, "tag": f"tag {EVE}", "content": content, **named, **more}

        alert = {"contactGroup": {"inlineContactGroup": CREW}, "alert": [sms(recipients=[ANA, "+44 7700 900417"])]}
        stored = self.post(
            "storecontent",
            clientRef="stored",
            content=[
                entry("recipientList", f"{ANA}, +44 7700 900417, {EVE_MAIL}"),
                entry("contactList", f"ana, {EVE_ID}"),
                entry("contactGroup", CREW, contentEncoding="json"),
                entry("sms", f"call Eve: {SPOKEN}"),
                entry("email", f"write to {EVE_MAIL}"),
                entry("alert", {"clientRef": "later", **alert}, contentEncoding="json"),
            ],
        )
        (alert_id,) = (each["storeId"] for each in stored["content"] if each["contentType"] == "alert")
        later = {"start": "now", "delay": "2h", "repeat": "1d", "end": "2099-01-01T00:00:00Z"}
        self.post("schedulestoredalert", clientRef=f"for-{EVE}", storeId=alert_id, schedule=later)
        big = {**CREW, "notes": [self.storage.randomness.token(300_000).hex()]}
        for _ in range(2):  # so that the object has an earlier version, of which no row knows
            self.storage.stored_content.put(
                StoredContent(
                    ACME, self.key_id, StoreId("big"), ContentType.CONTACT_GROUP, "t", "big", json.dumps(big),
                    utc_now(), DAYS, utc_now() + DAYS,
                )
            )  # fmt: skip

    def _plant_alerts(self) -> None:
        shortlink = {"shortlink": {"reference": "gate", "url": f"https://x.test/?to={quote(EVE)}", "confirm": True}}
        words = [{"type": "sms", "keyword": "FIRE", "tag": f"tag {EVE}"}]
        words.append({"type": "shortlink", "keyword": GATE, "tag": "t"})
        self.send(sms(recipients=[EVE]), trigger={"triggers": words})
        first = sms(recipients=[EVE, SPOKEN, ANA], content="see {shortlink}", lookups=shortlink)
        sent = self.send(first, once="an answer with a client reference")
        self.marked = sent["alertRef"]
        self.send(email(recipients=[ANA_MAIL], subject=f"about {EVE_MAIL}"))
        everybody = {"recipients": ..., "contactSets": ["all"]}
        gate = {"shortlink": {"reference": GATE, "confirm": True}}
        ours = sms(**everybody, sender=OURS, content=f"ask {EVE_MAIL} at {{shortlink}}", lookups=gate)
        many = [ours, email(**everybody)]
        many = [{name: value for name, value in each.items() if value is not ...} for each in many]
        step = {"after": "1h", "alert": [sms(recipients=[EVE]), sms(recipients=[ANA])]}
        self.send(
            *many,
            contactGroup={"inlineContactGroup": CREW},
            linkedAlerts={"linkRef": f"fire-{EVE}"},
            title=f"ask {EVE_MAIL}",
            escalation={"steps": [step], "stopWhen": {"count": 2, "evidence": "wrote"}},
        )
        self.dispatch()

    def _plant_answers(self) -> None:
        for link in re.findall(r"https://t\.example(/l/\w+)", " ".join(self.texts_to_eve())):
            page = self.links.call("GET", link, None, {"User-Agent": PHONE})
            for _ in range(2):  # a press within a second of its page is asked for once more
                (token,) = re.findall(r'name="token" value="([^"]+)"', page.text)
                form = {"User-Agent": PHONE, "Content-Type": "application/x-www-form-urlencoded"}
                page = self.links.call("POST", link, f"token={token}", form)
        for who, note in ((EVE, f"rang from {EVE_CALL}"), (ANA, f"told by {EVE_MAIL}")):
            path, key = f"/alerts/{self.marked}/acknowledge", {"Authorization": f"Bearer {self.token}"}
            answer = self.gateway.post(path, {"recipient": who, "note": note}, key)
            assert answer.status == 200, answer.text
        self.text_of_eve(f"on my way, {SPOKEN}", "in-1")
        self.text_of_eve("FIRE", "in-2")
        mails = [sent.raw_data for sent in ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages]
        (mine,) = (raw for raw in mails if "Subject: about" in raw)
        (address,) = re.findall(r"\r\nReply-To: (\S+)\r\n", mine)
        self.mail("answer", address)
        unreadable = replace(self.mails.mails, read=lambda raw: UnreadableMail(UnreadableReason.TIME, [address]))
        unreadable.of_record(Notice(Source.EMAIL_RECORDS, "n1", utc_now(), self._arrived("poison", address)))

    def _plant_settings(self) -> None:
        self.post("setinfo", clientRef="owner", ownerEmail=EVE_MAIL)
        fields = (("to", f"{ANA}, {SPOKEN}"), ("text", f"ask {EVE_MAIL}"))
        self.storage.calls_in.keep(ACME, CallUnderWay("call-1", EVE_CALL, "1n0n000nn00"), utc_now() + DAYS)
        self.storage.drafts.keep(ACME, FormDraft("user:u1", "alerts/new", fields, utc_now()))
        self._plant_telephony()
        self._plant_rule()
        self._plant_mail()
        self._plant_integration()
        self._plant_appointments()
        now, url = utc_now(), f"https://hooks.example.org/?to={quote(EVE)}"
        self.storage.webhook_endpoints.add(an_endpoint(url))
        event = {"eventId": "evt_1", "event": "reply", "alertees": [EVE], "reply": f"call {SPOKEN}"}
        delivery = a_delivery(body=json.dumps(event), url=url, at=now)
        self.storage.webhook_deliveries.add(delivery)
        told = {"data": {"from": {"number": EVE, "name": f"Eve, {SPOKEN}"}, "line": f"sip:{EVE_MAIL}"}}
        on_bus = bus_delivery(ACME, "event.call.ended", "event/e1", "", told, at=now, now=now)
        self.storage.webhook_deliveries.add(on_bus)
        of_rule = rule_delivery(
            ACME, RuleOrigin("r1", "n2"), "run1", endpoint_url="https://hooks.example.org/",
            url=f"https://hooks.example.org/?call.from={quote(EVE)}", body="", now=now,
            method=WebhookMethod.GET, headers=(("X-Note", f"call {SPOKEN}"),),
        )  # fmt: skip
        cause = Cause(CauseKind.RULE, "r1", "run1", now)
        mail = EmailContent("She called", f"call {SPOKEN}", "text/plain; charset=utf-8")
        message = InsideMessage("n1", [EVE_MAIL], mail)
        send_inside(self.storage, self.queues, service="test")(
            InsideAlert(
                tenant=ACME, cause=cause, title=f"Calls of {EVE}", messages=[message],
                participants=[DeliveryOwed(of_rule)],
            )
        )  # fmt: skip
        self.storage.webhook_deliveries.keep_answer(delivery.key, 1, f"what of {EVE}?".encode(), now + DAYS)
        self.storage.account_notices.notify(
            AccountNotice(
                ACME, self.key_id, "n1", now, now, Severity.INFO, Category.GENERAL, "test", f"asked for by {EVE_MAIL}"
            )
        )

    def _plant_appointments(self) -> None:
        """Keep an appointment of hers, and one of another person that she made and that is about her."""
        hers, other, now = UserId(HER_ACCOUNT), UserId("bob"), utc_now()
        for id, assignee in (("a1", hers), ("a2", other)):
            appointment = Appointment(
                tenant=ACME, id=id, title=f"Call {EVE_MAIL}", note=f"call {SPOKEN}", starts_at=now + DAYS,
                assignee=assignee, assigned_at=now, assigned_by=hers, created_at=now, changed_at=now, by=hers,
            )  # fmt: skip
            self.storage.appointments.commit(AppointmentChange(None, appointment))

    def _plant_telephony(self) -> None:
        data = {"from": {"number": EVE, "name": f"Eve, {SPOKEN}"}, "line": f"sip:{EVE_MAIL}", "durationSeconds": 18}
        data |= {"direction": "incoming", "status": "missed"}
        event = TelephonyEvent("pbx", f"call:{EVE}", "call.ended", utc_now(), utc_now(), data)
        acts = (["rule", "r1", 1, [f"calls of {EVE}"]],)
        self.storage.event_rows.insert(ACME, [StoredEvent.new(event, acts, {"note": EVE_MAIL})])
        self._pack(event)
        legs, _ = CallAssembly("pbx", f"call of {EVE}").add([event], utc_now())
        self.storage.calls_being_assembled.save(ACME, legs, 0, utc_now())
        seen = replace(event, data={"line": f"line of {EVE_MAIL}", "event": "seen", "contact": f"sip:{EVE}@192.0.2.1"})
        self.storage.line_states.save(ACME, seen.data["line"], KeptLine().after(seen)[0])
        source = EventSource(ACME, "acme-00000001", f"PBX of {EVE_MAIL}", "freeswitch")
        self.storage.event_sources.add(source)
        sample = SourceSample("s1", utc_now(), json.dumps({"from": EVE, "text": f"call {SPOKEN}"}))
        self.storage.source_samples.keep(ACME, source.id, [sample])

    def _pack(self, event: TelephonyEvent) -> None:
        """Pack an hour, twice, so that its object has an earlier version."""
        pack = PackEvents(
            rows=self.storage.event_rows, packs=self.storage.event_packs, kept_days=lambda tenant: 30, clock=utc_now
        )
        timer = Timer(TimerKey(ACME, TimerKind.PACK, hour_name(event.received_at)), 1, utc_now())
        for _ in range(2):
            pack(timer, utc_now())
            self.storage.event_rows.insert(ACME, [StoredEvent.new(replace(event, id="another"), (), {})])

    def _plant_rule(self) -> None:
        """Keep a rule about her, in two versions, and one of its runs."""
        now = utc_now()
        header = WebhookHeader(HeaderPreset.CUSTOM, name="X-Note", secret=f"call {SPOKEN}")
        mail = EmailAction(id="n1", to=EVE_MAIL, subject="She called")
        hook = WebhookAction(id="n2", url="https://hooks.example.org/", headers=(header,))
        rule = AlertRule(
            tenant=ACME, id="r1", type=RuleType.CALL, name=f"Calls of {EVE}", owner=UserId("bob"), created_at=now,
            counts_from=now, actions=(mail, hook),
        )  # fmt: skip
        for before, after in ((None, rule), (rule, replace(rule, description=EVE_MAIL, version=2))):
            entry = AuditEntry(
                ACME,
                f"rule {after.version}",
                now,
                OPERATOR,
                Via.OPERATOR,
                "alert_rule.changed",
                Thing("alert_rule", "r1", ""),
            )
            self.storage.alert_rules.commit(RuleChange(before, after, entry))
        run = RuleRun(
            tenant=ACME, rule="r1", id="run1", at=now, state=RuleRunState.SENT, event="e1", rule_version=1,
            entities=(f"calls of {EVE}",),
        )  # fmt: skip
        self.storage.rule_runs.add(run)
        sums = BacktestSums(lines={f"line of {EVE_MAIL}": 1}, first=[{"event": "e1", "time": "", "triggers": []}])
        backtest = Backtest(
            tenant=ACME, id="b1", by="user:bob", rule=without_secrets(rule), is_saved=True, first=now, before=now, created_at=now,
            next_hour=now, sums=sums,
        )  # fmt: skip
        self.storage.backtests.add(backtest)
        count = CountedDay(
            tenant=ACME, day=now.date(), zone="UTC", begin=now, end=now, received_before=now, next_hour=now,
            sums=DaySums(lines={f"line of {EVE_MAIL}": 1}, numbers_out={EVE: 1}),
        )  # fmt: skip
        assert self.storage.reports.save_count(count)

    def _plant_mail(self) -> None:
        """Make her the sender and a receiver of the account's mails, and let its mail server speak of her."""
        secrets = MailSecrets(password=f"of {EVE_MAIL}", refresh_token=EVE_MAIL)
        settings = MailSettings(
            tenant=ACME, type=MailServerType.SMTP, server="smtp.example.org", username=EVE_MAIL, from_address=EVE_MAIL,
            reply_to=EVE_MAIL, recipients=(EVE_MAIL, "bob@example.org"), secrets=secrets, version=1,
        )  # fmt: skip
        assert self.storage.mail_settings.save(settings, utc_now())
        template = MailTemplateRow("DISK_LOW", f"ask {EVE}", None, f"Call {EVE_MAIL}", utc_now(), "user:bob")
        assert self.storage.mail_templates.save(ACME, template)
        attempt = ConnectAttempt(
            id=attempt_id("a-state"), tenant=ACME, type=MailServerType.GMAIL, begun_by="u1", in_console=False,
            verifier="v", redirect_uri="https://console.example.org/oauth/google/callback", ends_at=utc_now(),
        )  # fmt: skip
        self.storage.connect_attempts.begin(attempt)
        exchanged = attempt.then(code="a-code", consent=MailConsent(EVE_MAIL, "rt-1"))
        assert self.storage.connect_attempts.save(exchanged)
        state = MailServerState(ServerState.FAILING, utc_now(), "refused", f"550 {EVE_MAIL} unknown", version=1)
        assert self.storage.mail_settings.save_state(ACME, state)
        refused = MessageId(ChunkKey(ACME, AlertRef("a1"), 0, 0), 0, 1)
        self.storage.refused_mails.note(refused, f"550 ask {EVE_MAIL}", utc_now(), waits=True)
        of_call = Voicemail(utc_now(), f"call of {EVE_MAIL}", AlertRef("a1"))
        voicemails = VoicemailsWritten(MailedVoicemails(ACME, f"line|{EVE_CALL}").add(of_call))
        notice = PersonalNotice(
            tenant=ACME, kind=NoticeKind.CALL, key=f"call|{EVE_CALL}", at=utc_now(), subject=f"{EVE_MAIL} rang",
            line=f"{EVE_CALL} rang", event="e1",
        )  # fmt: skip
        told = NoticeRunWritten(NoticeRun(notice, (), utc_now()))
        work = UnitOfWork(ACME, self.key_id, utc_now(), participants=[voicemails, told])
        assert self.storage.commit_together(work) == Committed()

    def _plant_integration(self) -> None:
        """Make her the reason why an integration fails, and let her hear of it."""
        now, name = utc_now(), f"CRM of {EVE_MAIL}"
        begun = Integration(tenant=ACME, id="crm", name=name, kind="crm", created_at=now, since=now, reason=SPOKEN)
        hers = IntegrationAlert(tenant=ACME, id="a1", user=UserId(HER_ACCOUNT), created_at=now, activating=name)
        incident = IntegrationIncident(tenant=ACME, id="x1", integration="crm", since=now, failed=True)
        change = IntegrationChange(before=None, after=begun, incident=incident, subscription=hers)
        self.storage.integrations.commit(change)

    def _plant_browser(self, eve: User) -> None:
        """Subscribe her browser, and let a push to it wait."""
        browser = PushSubscription(
            tenant=ACME, user=eve.id, endpoint=f"https://push.example.org/?of={quote(EVE_MAIL)}",
            public_key=point_of(private_key(b"b" * 32)), auth=b"a" * 16, created_at=utc_now(),
            device=f"the phone of {EVE_MAIL}",
        )  # fmt: skip
        self.storage.push_subscriptions.put(browser)
        message = PushMessage(
            tenant=ACME, user=eve.id, key="call|c1", at=utc_now(), title="Missed call", text="", url="me/inbox"
        )
        (owed,) = owed_pushes(self.storage)([message])[eve.id]
        assert isinstance(owed, DeliveryOwed)
        self.storage.webhook_deliveries.add(owed.delivery)

    def _plant_account(self) -> None:
        """Make her a person of the directory with a line, a group, a session and a history, beside an owner."""
        now = utc_now()
        user, owner = RoleId("user"), RoleId(SystemRole.OWNER.value)
        bob = User(ACME, UserId("bob"), "bob@example.org", "Bob", owner, now, UserState.ACTIVE)
        eve = User(
            ACME, UserId(HER_ACCOUNT), EVE_MAIL, EVE_NAME, user, now, UserState.ACTIVE,
            backup_phone=EVE_CALL, sub="sub-eve", external_id=f"hr|{EVE_MAIL}",
        )  # fmt: skip
        line = Line(tenant=ACME, id="line", extension="2001", label=f"{EVE_NAME}, desk", user=eve.id)
        crew = Group(tenant=ACME, id="crew", kind=GroupKind.QUEUE, name=f"ask {EVE_MAIL}", members=(bob.id, eve.id))
        number = PhoneNumber(tenant=ACME, id="number", e164=EVE_CALL, label=f"of {EVE_MAIL}")
        by_bob, by_eve = Actor(ActorKind.USER, bob.id, "Bob"), Actor(ActorKind.USER, eve.id, EVE_NAME)
        history: list[tuple[AnyThing, Actor, str, dict[str, Any]]] = [
            (bob, OPERATOR, "Bob", {}),
            (eve, by_bob, EVE_NAME, {"email": EVE_MAIL, "name": EVE_NAME, "backup_phone": EVE_CALL}),
            (line, by_eve, "2001", {"label": line.label}),
            (crew, by_eve, crew.name, {"members": [bob.id, eve.id]}),
            (number, by_eve, EVE_CALL, {"e164": EVE_CALL}),
        ]
        for n, (thing, who, name, told) in enumerate(history):
            kind = WORD[kind_of(thing)]
            entry = AuditEntry(
                ACME, f"entry-{n}", now, who, Via.CONSOLE, f"{kind}.created", Thing(kind, thing.id, name), {}, told
            )
            self.storage.directory.commit([DirectoryChange(None, thing, entry)])
        for of, chosen in ((eve.id, EVE_CALL), (bob.id, EVE)):  # Bob would be told by her telephone
            settings = NotificationSettings(tenant=ACME, user=of, text_on=True, custom_number=chosen, version=1)
            assert self.storage.preferences.save(settings)
        self.storage.sessions.add(
            Session(ACME, eve.id, "s1", "hash", b"form", now, now, now, device=f"the phone of {EVE_MAIL}")
        )
        about = f"Missed call from {EVE_NAME}, {SPOKEN}"
        notices = [
            InboxNotice(tenant=ACME, user=user, key="call|c1", at=now, kind="call", title="Missed call", text=about)
            for user in (bob.id, eve.id)
        ]
        self.storage.inboxes.put(notices)
        self._plant_browser(eve)
        made = AuditEntry(
            ACME, "entry-token", now, by_eve, Via.CONSOLE, "token.created", Thing("token", "t1", f"of {EVE_MAIL}")
        )
        self.storage.personal_tokens.add(
            PersonalToken(ACME, eve.id, "t1", "hash", f"of {EVE_MAIL}", now, now + timedelta(days=30)), made
        )
