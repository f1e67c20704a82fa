"""The alerts API on fakes, with two keys of one tenant and one of another."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from alerts_api.routes.cancelling import cancelling_routes
from alerts_api.routes.collecting import collecting_routes
from alerts_api.routes.info import GetInfo, info_readers
from alerts_api.routes.managing import managing_routes
from alerts_api.routes.public import public_routes
from alerts_api.routes.reading import reading_routes
from alerts_api.routes.scheduling import scheduling_routes
from alerts_api.routes.sending import Sending, sending_routes
from alerts_api.routes.storing import storing_routes
from tests.fakes.alerts import FakeAlertRepository
from tests.fakes.answer_book import FakeAnswerBook
from tests.fakes.api_keys import FakeApiKeyRepository
from tests.fakes.brakes import FakeBrakeBook, FakeMeters
from tests.fakes.callbacks import FakeCallbackQueue, FakeWebhookDeliveries, FakeWebhookEndpoints
from tests.fakes.chance import SeededRandomness
from tests.fakes.client_messages import FakeClientMessages
from tests.fakes.conversations import FakeTwoWayNumbers
from tests.fakes.dispatch_queue import FakeDispatchQueue
from tests.fakes.erasures import FakeErasureLedger
from tests.fakes.escalations import FakeEscalations
from tests.fakes.key_owners import FakeKeyOwners
from tests.fakes.link_sets import FakeLinkSets
from tests.fakes.messages import FakeMessageRows
from tests.fakes.responses import FakeResponses
from tests.fakes.results import FakeResultEvents
from tests.fakes.schedules import FakeSchedules, FakeWriteTogether
from tests.fakes.sealer import FakeSealer
from tests.fakes.stores import FakeStoredContentRepository
from tests.fakes.suppressions import FakeSuppressions
from tests.fakes.tenants import FakeTenantRepository
from tests.fakes.time import VirtualClock
from tests.fakes.timers import FakeTimerQueue, FakeTimers
from tests.fakes.triggers import FakeTriggers
from tests.fakes.work import FakeWorkLedger
from tests.functional.gateway import Answer, Gateway
from tocsin.alerts.application.check_later import CheckLater
from tocsin.alerts.application.mail_owners import MailOwners
from tocsin.alerts.application.prepare import PrepareSend
from tocsin.alerts.application.send import SendAlert
from tocsin.alerts.domain.alert import Alert, ChunkKey
from tocsin.client_api.application.cancel_alerts import CancelAlerts
from tocsin.client_api.application.set_info import SetInfo
from tocsin.contacts.domain.channel import Channel
from tocsin.entrypoint.alert_body.alert import read_stored
from tocsin.entrypoint.http.app import create_app
from tocsin.entrypoint.queue.metrics import emit
from tocsin.escalation.application.answers import WakeEscalation
from tocsin.escalation.application.cancel import CancelEscalations
from tocsin.escalation.application.prepare import begun
from tocsin.history.application.explain import ExplainRecipient
from tocsin.history.application.read_alerts import ListAlerts, ReadAlertStatus, ReadRecipients
from tocsin.history.application.read_responses import ReadResponses
from tocsin.idempotency.application.answer_once import AnswerOnce
from tocsin.identity.application.account_clocks import AccountClocks
from tocsin.identity.application.authenticate import Authenticate
from tocsin.identity.application.pepper import pepper_of
from tocsin.identity.application.read_capacities import ReadCapacities
from tocsin.identity.domain.api_key import ApiKey, KeyKind, Right
from tocsin.identity.domain.api_key_token import ApiKeyToken, new_secret
from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.limits.application.brake import RefuseNumbers
from tocsin.limits.application.read_limits import ReadLimits
from tocsin.limits.application.tell_refusals import TellRefusals
from tocsin.linked_alerts.application.join import JoinLinkSet
from tocsin.notices.application.read_messages import ReadMessages
from tocsin.planning.application.plan_send import PlanSend
from tocsin.privacy.application.drop_erased import DropErased
from tocsin.responses.application.two_way_senders import CheckSender
from tocsin.results.application.collect import CollectEvents
from tocsin.schedules.application.begin import BeginSchedule
from tocsin.schedules.application.change import ChangeSchedule
from tocsin.schedules.application.defer import DeferAlert
from tocsin.schedules.application.list_schedules import ListSchedules
from tocsin.schedules.application.schedule_alert import ScheduleAlert
from tocsin.schedules.application.send_together import SendTogether
from tocsin.stored_content.application.delete import DeleteContent
from tocsin.stored_content.application.list_stores import ListStores
from tocsin.stored_content.application.load_alert import LoadStoredAlert
from tocsin.stored_content.application.store import StoreContent
from tocsin.suppressions.application.suppress import Suppress
from tocsin.triggers.application.arm import ArmTrigger
from tocsin.triggers.application.end import EndTrigger
from tocsin.triggers.application.list_triggers import ListTriggers
from tocsin.triggers.application.places import TriggerMailboxes, TriggerPlaces
from tocsin.webhooks.application.endpoints import ListCallbackDeliveries, ListCallbackEndpoints
from tocsin.webhooks.application.manage import ManageCallbacks
from tocsin.webhooks.application.read_callbacks import ReadCallbacks


@dataclass
class Door:
    """The API and what lies behind it."""

    clock: VirtualClock = field(default_factory=VirtualClock)
    keys: FakeApiKeyRepository = field(default_factory=FakeApiKeyRepository)
    book: FakeAnswerBook = field(default_factory=FakeAnswerBook)
    stores: FakeStoredContentRepository = field(default_factory=FakeStoredContentRepository)
    queue: FakeDispatchQueue = field(default_factory=FakeDispatchQueue)
    results: FakeResultEvents = field(default_factory=FakeResultEvents)
    messages: FakeMessageRows = field(default_factory=FakeMessageRows)
    work: FakeWorkLedger = field(default_factory=FakeWorkLedger)
    links: FakeLinkSets = field(default_factory=FakeLinkSets)
    sealer: FakeSealer = field(default_factory=FakeSealer)
    told: FakeClientMessages = field(default_factory=FakeClientMessages)
    erasures: FakeErasureLedger = field(default_factory=FakeErasureLedger)
    brakes: FakeBrakeBook = field(default_factory=FakeBrakeBook)
    meters: FakeMeters = field(default_factory=FakeMeters)
    endpoints: FakeWebhookEndpoints = field(default_factory=FakeWebhookEndpoints)
    deliveries: FakeWebhookDeliveries = field(default_factory=FakeWebhookDeliveries)
    callback_queue: FakeCallbackQueue = field(default_factory=FakeCallbackQueue)
    schedules: FakeSchedules = field(default_factory=FakeSchedules)
    timers: FakeTimers = field(default_factory=FakeTimers)
    timer_queue: FakeTimerQueue = field(default_factory=FakeTimerQueue)
    tenants: FakeTenantRepository = field(default_factory=FakeTenantRepository)
    numbers: FakeTwoWayNumbers = field(default_factory=FakeTwoWayNumbers)

    suppressions: FakeSuppressions = field(default_factory=FakeSuppressions)

    def __post_init__(self) -> None:
        self.escalations = FakeEscalations(self.timers)
        self.responses = FakeResponses(self.links, self.escalations)
        self.alerts = FakeAlertRepository(self.work, self.keys.capacities)
        self.escalations.written_beside(self.alerts)
        self.links.written_beside(self.alerts)
        self.authenticate = Authenticate(self.keys, self.sealer)
        chance = SeededRandomness()
        answer_once = AnswerOnce(self.book, self.clock)
        clocks = AccountClocks(self.tenants, self.clock)
        prepare = PrepareSend(
            self.stores,
            chance,
            clocks=clocks,
            begin_escalation=begun,
            join=JoinLinkSet(self.links),
            filters=[
                DropErased(self.erasures, self.sealer),
                CheckSender(self.numbers, self.clock),
                RefuseNumbers(self.brakes, self.clock),
            ],
        )
        app = create_app("alerts_api")
        self.together = FakeWriteTogether(self.alerts, self.schedules, self.stores, self.timers)
        load, check = LoadStoredAlert(self.stores, self.clock), CheckLater(prepare)
        store = StoreContent(self.stores, self.clock, chance)
        begin = BeginSchedule(check, clocks, chance)
        schedule = ScheduleAlert(begin, self.together, self.stores, self.timer_queue, self.clock)
        change = ChangeSchedule(self.schedules, self.together, self.stores, self.timer_queue, self.clock)
        tell = TellRefusals(self.told, lambda brake, n: emit("alerts_api", {"BrakesBit": n}, reason=brake.value))
        send = self.send_alert = SendAlert(
            prepare, self.alerts, self.keys, self.queue, self.clock, self.told, self.timer_queue, tell
        )
        self.triggers = FakeTriggers(self.alerts, self.stores, self.timers)
        places = TriggerPlaces(self.numbers, TriggerMailboxes("alerts.example", self.sealer))
        end_trigger = EndTrigger(self.triggers, self.stores, self.clock)
        cancel = CancelAlerts(
            self.alerts,
            self.work,
            self.clock,
            self.links,
            change,
            CancelEscalations(self.escalations, WakeEscalation(self.timers, self.timer_queue, self.clock)),
            end_trigger,
        )
        collect_events = CollectEvents(self.results, self.alerts, self.clock)
        app.register_blueprint(
            sending_routes(
                self.authenticate,
                Sending(
                    send,
                    load,
                    schedule,
                    DeferAlert(check, store, self.together, self.clock),
                    SendTogether(
                        prepare,
                        begin,
                        self.together,
                        self.keys,
                        self.queue,
                        self.timer_queue,
                        self.clock,
                        self.told,
                        tell,
                    ),
                    PlanSend(
                        prepare, self.keys, Suppress(self.suppressions, self.sealer), clocks, read_stored, self.clock
                    ),
                    ArmTrigger(
                        check, send, self.alerts, self.stores, self.triggers, places, read_stored, self.clock, chance
                    ),
                ),
            )
        )
        app.register_blueprint(scheduling_routes(self.authenticate, load, schedule, change))
        app.register_blueprint(
            storing_routes(
                self.authenticate,
                store,
                DeleteContent(self.stores, self.clock, end_trigger),
                answer_once,
            )
        )
        app.register_blueprint(cancelling_routes(self.authenticate, cancel, answer_once))
        app.register_blueprint(collecting_routes(self.authenticate, collect_events, answer_once))
        app.register_blueprint(
            reading_routes(
                self.authenticate,
                ListAlerts(self.alerts, self.clock),
                ReadAlertStatus(self.alerts, self.work, self.responses, self.clock, self.escalations),
                ReadRecipients(self.alerts, self.messages, self.responses, self.sealer, self.clock),
                ReadResponses(self.alerts, self.responses, self.sealer, self.clock),
                ExplainRecipient(self.alerts, self.messages, self.responses, self.clock),
            )
        )
        app.register_blueprint(
            managing_routes(
                self.authenticate,
                GetInfo(
                    clocks,
                    info_readers(
                        capacities=ReadCapacities(self.keys),
                        stores=ListStores(self.stores),
                        schedules=ListSchedules(self.schedules),
                        triggers=ListTriggers(self.triggers, places),
                        limits=ReadLimits(self.brakes, self.meters),
                        events=collect_events,
                        callbacks=ReadCallbacks(
                            ListCallbackEndpoints(self.endpoints), ListCallbackDeliveries(self.deliveries, self.clock)
                        ),
                        messages=ReadMessages(self.told),
                    ),
                    self.clock,
                ),
                SetInfo(
                    self.keys,
                    clock=self.clock,
                    mail_owners=MailOwners(FakeKeyOwners(self.keys), self.alerts, self.queue, self.clock),
                ),
                ManageCallbacks(
                    self.endpoints, self.deliveries, self.callback_queue, self.clock, chance, sealer=self.sealer
                ),
                answer_once,
            )
        )
        app.register_blueprint(public_routes())
        self.gateway = Gateway(app)
        self.token = self.new_key("acme", "k1")

    def alert_of(self, chunk: ChunkKey) -> Alert:
        """Return the alert of a chunk of receivers."""
        return self.alerts.alerts[chunk.tenant, chunk.alert]

    def new_key(self, tenant: str, key_id: str, *rights: Right, **more: Any) -> str:
        """Add a key and return what its owner sends."""
        more = {"kind": KeyKind.LIVE, "rights": frozenset(rights or Right), "capacities": {}, **more}
        capacities: dict[Channel, int] = more.pop("capacities")
        token = ApiKeyToken(
            more["kind"], TenantId(tenant), ApiKeyId(key_id), new_secret(key_id.encode().ljust(32, b"."))
        )
        key = ApiKey(
            tenant=TenantId(tenant),
            id=ApiKeyId(key_id),
            name=key_id,
            secret_hash=token.digest(pepper_of(self.sealer, TenantId(tenant))),
            limited=frozenset(capacities),
            **more,
        )
        self.keys.add(key, capacities)
        return str(token)

    def post(self, path: str, body: dict[str, Any], **headers: str) -> Answer:
        """Call a verb with the first key, unless the body names another (or None: no key)."""
        sent = {"version": "latest", "apiKey": self.token, **body}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.gateway.post(path, {name: value for name, value in sent.items() if value is not ...}, named)

    def send(self, *elements: dict[str, Any], **more: Any) -> Answer:
        """Send an alert."""
        headers = {name: more.pop(name) for name in ("Idempotency_Key", "Authorization", "X_API_Key") if name in more}
        return self.post("/sendalert", {"clientRef": "ref-1", "alert": list(elements) or [sms()], **more}, **headers)

    def get(self, path: str, **query: str) -> Answer:
        """Read a resource with the first key."""
        return self.gateway.get(path, {"Authorization": f"Bearer {self.token}"}, **query)


def sms(**more: Any) -> dict[str, Any]:
    """Return a good sms element; `...` takes a field away."""
    return _without(
        {
            "alertType": "sms",
            "tag": "t",
            "sender": "Tocsin",
            "recipients": ["+447700900001"],
            "content": "hello",
            **more,
        }
    )


def email(**more: Any) -> dict[str, Any]:
    """Return a good email element."""
    return _without({"alertType": "email", "tag": "t", "recipients": ["a@example.org"], "content": "hello", **more})


def call(**more: Any) -> dict[str, Any]:
    """Return a good call element."""
    good = {
        "alertType": "call",
        "tag": "t",
        "sender": "+447700900000",
        "recipients": ["+447700900001"],
        "content": "hello",
        "voiceFormat": "tts",
    }
    return _without({**good, **more})


def inbound(**more: Any) -> dict[str, Any]:
    """Return a good inboundCall element."""
    good = {"alertType": "inboundCall", "tag": "t", "telephoneNumber": "+447700900000", "content": "hello"}
    return _without({**good, "voiceFormat": "tts", **more})


def _without(element: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in element.items() if value is not ...}


@pytest.fixture
def door() -> Door:
    return Door()
