"""The alerts API on fakes, with two keys of one tenant and one of another."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from alerts_api.blueprints import blueprints
from tests.adapters.audio_files import tone, wav
from tests.fakes.account_notices import FakeAccountNotices
from tests.fakes.alert_rules import FakeAlertRules
from tests.fakes.alerts import FakeAlertRepository
from tests.fakes.api_keys import FakeApiKeyRepository
from tests.fakes.callbacks import FakeCallbackQueue, FakeWebhookDeliveries, FakeWebhookEndpoints
from tests.fakes.conversations import FakeTwoWayNumbers
from tests.fakes.directory import FakeDirectory, FakePersonalTokens
from tests.fakes.dispatch_queue import FakeDispatchQueue
from tests.fakes.erasures import FakeErasureLedger
from tests.fakes.escalations import FakeEscalations
from tests.fakes.event_publisher import FakeEventPublisher
from tests.fakes.idempotency_store import FakeIdempotencyStore
from tests.fakes.key_owners import FakeKeyOwners
from tests.fakes.link_sets import FakeLinkSets
from tests.fakes.messages import FakeMessageRows
from tests.fakes.preferences import FakePreferencesStore
from tests.fakes.randomness import SeededRandomness
from tests.fakes.reopening import FakeReopenedBatches
from tests.fakes.responses import FakeResponses
from tests.fakes.restore import FakeRestoreLedger
from tests.fakes.results import FakeResultEvents
from tests.fakes.schedules import FakeCommitTogether, FakeSchedules
from tests.fakes.sealer import FakeSealer
from tests.fakes.sending_limits import FakeCounters, FakeLimitSettings, FakeSendingTotals
from tests.fakes.stores import FakeStoredContentRepository
from tests.fakes.suppressions import FakeSuppressions
from tests.fakes.telephony import FakeEventRows
from tests.fakes.tenants import FakeTenantRepository
from tests.fakes.time import VirtualClock
from tests.fakes.timers import FakeTimerQueue, FakeTimers
from tests.fakes.triggers import FakeTriggers
from tests.fakes.work import FakeDispatchProgress
from tests.functional.gateway import Answer, Gateway
from tocsin.adapters.audio.intake import AudioIntake
from tocsin.alerts.domain.alert import Alert, ChunkKey
from tocsin.bootstrap.api import ApiUseCases
from tocsin.bootstrap.queues import Queues
from tocsin.bootstrap.storage import Storage
from tocsin.contacts.domain.channel import Channel
from tocsin.entrypoint.http.app import create_app
from tocsin.entrypoint.process.environment import Environment
from tocsin.identity.application.pepper import pepper_of
from tocsin.identity.domain.api_key import ApiKey, KeyKind, Right
from tocsin.identity.domain.api_key_token import ApiKeyToken, new_secret
from tocsin.identity.domain.principal import Principal
from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.responses.domain.two_way import TwoWayNumber
from tocsin.restore.application.may_send import MaySend
from tocsin.voice.ports import DecodeAudio

NOWHERE: Any = None
"""Clients that nothing may ask for."""


NUMBER = "+442079460018"
OURS = TwoWayNumber(NUMBER, TenantId("acme"), ApiKeyId("k1"))
"""The number that the first key calls from, and is called on."""

WAV = base64.b64encode(wav(tone(8_000, 0.04), 8_000)).decode()
"""A recording of 40 ms, as a request has it."""

_INTAKE = AudioIntake()


@pytest.fixture(scope="session", autouse=True)
def _intake_ends() -> Iterator[None]:
    yield
    _INTAKE.close()


@dataclass
class Door:
    """The API and what lies behind it."""

    clock: VirtualClock = field(default_factory=VirtualClock)
    keys: FakeApiKeyRepository = field(default_factory=FakeApiKeyRepository)
    book: FakeIdempotencyStore = field(default_factory=FakeIdempotencyStore)
    stores: FakeStoredContentRepository = field(default_factory=FakeStoredContentRepository)
    queue: FakeDispatchQueue = field(default_factory=FakeDispatchQueue)
    results: FakeResultEvents = field(default_factory=FakeResultEvents)
    messages: FakeMessageRows = field(default_factory=FakeMessageRows)
    work: FakeDispatchProgress = field(default_factory=FakeDispatchProgress)
    links: FakeLinkSets = field(default_factory=FakeLinkSets)
    sealer: FakeSealer = field(default_factory=FakeSealer)
    told: FakeAccountNotices = field(default_factory=FakeAccountNotices)
    erasures: FakeErasureLedger = field(default_factory=FakeErasureLedger)
    sending_limits: FakeLimitSettings = field(default_factory=FakeLimitSettings)
    counters: FakeCounters = field(default_factory=FakeCounters)
    endpoints: FakeWebhookEndpoints = field(default_factory=FakeWebhookEndpoints)
    deliveries: FakeWebhookDeliveries = field(default_factory=FakeWebhookDeliveries)
    callback_queue: FakeCallbackQueue = field(default_factory=FakeCallbackQueue)
    schedules: FakeSchedules = field(default_factory=FakeSchedules)
    timers: FakeTimers = field(default_factory=FakeTimers)
    timer_queue: FakeTimerQueue = field(default_factory=FakeTimerQueue)
    tenants: FakeTenantRepository = field(default_factory=FakeTenantRepository)
    numbers: FakeTwoWayNumbers = field(default_factory=FakeTwoWayNumbers)
    directory: FakeDirectory = field(default_factory=FakeDirectory)

    callers: dict[str, Principal] = field(default_factory=dict)
    """Who calls with a token of a person."""

    suppressions: FakeSuppressions = field(default_factory=FakeSuppressions)
    sending: bool = True
    decode: DecodeAudio | None = _INTAKE

    def __post_init__(self) -> None:
        self.tokens = FakePersonalTokens(self.directory)
        self.escalations = FakeEscalations(self.timers)
        self.responses = FakeResponses(self.links, self.escalations)
        self.alerts = FakeAlertRepository(self.work, self.keys.capacities)
        self.escalations.written_participants(self.alerts)
        self.links.written_participants(self.alerts)
        self.together = FakeCommitTogether(self.alerts, self.schedules, self.stores, self.timers)
        self.triggers = FakeTriggers(self.alerts, self.stores, self.timers, self.directory.trail)
        use = ApiUseCases(
            self._storage(),
            self._queues(),
            service="alerts_api",
            email_domain="alerts.example",
            may_send=lambda: MaySend(FakeRestoreLedger(), sending=self.sending, restored=False)(),
            decode=self.decode,
        )
        authenticated = use.authenticate
        use.authenticate = lambda token, *more: self.callers.get(token) or authenticated(token, *more)
        self.send_alert = use.send
        app = create_app("alerts_api")
        app.add(blueprints(use))
        self.gateway = Gateway(app)
        self.token = self.new_key("acme", "k1")

    def _storage(self) -> Storage:
        """Return what the API stores into, all of it in memory."""
        storage = Storage(NOWHERE, table_name="", key_id="", clock=self.clock, randomness=SeededRandomness())
        storage.sealer = self.sealer
        storage.tenants = self.tenants
        storage.directory = self.directory  # type: ignore[assignment]
        storage.personal_tokens = self.tokens
        storage.api_keys = self.keys
        storage.key_owners = FakeKeyOwners(self.keys)
        storage.account_notices = self.told
        storage.limit_settings = self.sending_limits
        storage.counters = self.counters
        storage.totals = FakeSendingTotals()
        storage.event_rows, storage.alert_rules = FakeEventRows(), FakeAlertRules()  # a capacity that is used up
        storage.preferences = FakePreferencesStore()
        storage.idempotency_store = self.book
        storage.alerts = self.alerts
        storage.commit_together = self.together
        storage.message_rows = self.messages
        storage.dispatch_progress = self.work
        storage.reopened_batches = FakeReopenedBatches(self.messages, self.work)
        storage.waiting_events = self.results
        storage.event_publisher = FakeEventPublisher(self.results)
        storage.link_sets = self.links
        storage.escalations = self.escalations
        storage.responses = self.responses
        storage.answer_overview = self.responses
        storage.two_way_numbers = self.numbers
        storage.stored_content = self.stores
        storage.schedules = self.schedules
        storage.triggers = self.triggers
        storage.timers = self.timers
        storage.suppressions = self.suppressions
        storage.erasure_ledger = self.erasures
        storage.webhook_endpoints = self.endpoints
        storage.webhook_deliveries = self.deliveries
        return storage

    def _queues(self) -> Queues:
        queues = Queues(NOWHERE, Environment())
        queues.dispatch, queues.callbacks, queues.timers = self.queue, self.callback_queue, self.timer_queue
        return queues

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
        "sender": NUMBER,
        "recipients": ["+447700900001"],
        "content": "hello",
        "voiceFormat": "tts",
    }
    return _without({**good, **more})


def inbound(**more: Any) -> dict[str, Any]:
    """Return a good inboundCall element."""
    good = {"alertType": "inboundCall", "tag": "t", "telephoneNumber": NUMBER, "content": "hello"}
    return _without({**good, "voiceFormat": "tts", **more})


def _without(element: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in element.items() if value is not ...}


@pytest.fixture
def door() -> Door:
    return Door(numbers=FakeTwoWayNumbers(OURS))
