"""The repositories of a process over one table, each made at its first use.

This is the only place that makes repositories. A repository's module is imported when the repository is made, so that a
function loads only what it uses: every module adds to a cold start.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, Self, cast

from tocsin.entrypoint.process.clock import now, utc_now
from tocsin.entrypoint.process.randomness import SystemRandomness

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_s3 import S3Client

    from tocsin.adapters.dynamodb.alerts.layouts import Layouts
    from tocsin.adapters.dynamodb.directory.directory import DynamoDbDirectory
    from tocsin.adapters.dynamodb.responses.responses import DynamoDbResponses
    from tocsin.adapters.dynamodb.results.results import DynamoDbResultEvents
    from tocsin.adapters.dynamodb.table.bucket import Bucket
    from tocsin.adapters.dynamodb.table.table import Table
    from tocsin.alert_rules.ports.backtests import Backtests
    from tocsin.alert_rules.ports.rules import AlertRules
    from tocsin.alert_rules.ports.runs import RuleRuns
    from tocsin.alert_rules.ports.standing import StandingRules
    from tocsin.alert_rules.ports.windows import RuleWindows
    from tocsin.alerts.ports.alerts import AlertRepository
    from tocsin.alerts.ports.together import CommitTogether
    from tocsin.audit.ports import AuditTrail
    from tocsin.browser_push.ports import PushSubscriptions
    from tocsin.calls.ports.calls_in import CallsIn
    from tocsin.calls.ports.line_pool import LinePool
    from tocsin.calls.ports.placed_calls import PlacedCalls
    from tocsin.calls.ports.prompt_files import PromptFiles
    from tocsin.delivery.ports.last_looks import LastLooks
    from tocsin.delivery.ports.messages import DispatchProgress, MessageRows, ReopenedBatches
    from tocsin.delivery.ports.results import ResultEvents
    from tocsin.directory.ports import DirectoryWatch
    from tocsin.drafts.ports import Drafts
    from tocsin.entrypoint.process.environment import StoreSettings
    from tocsin.escalation.ports import Escalations
    from tocsin.idempotency.ports import IdempotencyStore
    from tocsin.identity.ports.keys import ApiKeyRepository, TenantRepository
    from tocsin.identity.ports.people import Sessions
    from tocsin.identity.ports.tokens import PersonalTokens
    from tocsin.inbox.ports import Inboxes
    from tocsin.integrations.ports import IntegrationAlerts, Integrations
    from tocsin.kernel.domain.ids import TenantId
    from tocsin.kernel.ports import Clock, Randomness, Sealer
    from tocsin.limits.ports import Counters, LimitSettings, SendingTotals
    from tocsin.linked_alerts.ports import LinkSets
    from tocsin.notices.ports.account_notices import AccountNotices
    from tocsin.notices.ports.key_owners import KeyOwners
    from tocsin.personal_notices.ports import CallsTold, NoticeRuns, TextsOfContacts
    from tocsin.preferences.ports import PreferencesStore
    from tocsin.privacy.ports import ErasureLedger, PersonalData
    from tocsin.reminders.ports import Appointments
    from tocsin.reports.ports import ReportStore
    from tocsin.responses.ports.answer_overview import AnswerOverview
    from tocsin.responses.ports.conversations import Conversations, TwoWayNumbers
    from tocsin.responses.ports.responses import Responses
    from tocsin.responses.ports.subject_references import SubjectReferences
    from tocsin.restore.ports import RestoreLedger
    from tocsin.results.ports import EventPublisher, WaitingEvents
    from tocsin.schedules.ports import Schedules
    from tocsin.short_links.ports import ShortLinks, VisitorPresses
    from tocsin.sign_in.ports.attempts import Attempts
    from tocsin.stored_content.ports import StoredContentRepository
    from tocsin.suppressions.ports import Suppressions
    from tocsin.telephony.ports.calls_being_assembled import CallsBeingAssembled
    from tocsin.telephony.ports.event_packs import EventPacks
    from tocsin.telephony.ports.event_rows import EventRows
    from tocsin.telephony.ports.event_senders import EventSenders
    from tocsin.telephony.ports.event_sources import EventSources
    from tocsin.telephony.ports.line_states import LineStates
    from tocsin.telephony.ports.source_pulses import SourcePulses
    from tocsin.telephony.ports.source_samples import SourceSamples
    from tocsin.tenant_mail.ports import (
        ConnectAttempts,
        MailRuns,
        MailSettingsStore,
        MailTemplates,
        RefusedMails,
        VoicemailLists,
    )
    from tocsin.timers.ports import Timers
    from tocsin.triggers.ports import Triggers
    from tocsin.webhooks.ports.callbacks import CallbackPacks, WebhookDeliveries, WebhookEndpoints


class Clients(Protocol):
    """The AWS clients of the stores. `s3` is used for big contents only."""

    @property
    def dynamodb(self) -> DynamoDBClient: ...  # noqa: D102

    @property
    def kms(self) -> KMSClient: ...  # noqa: D102

    @property
    def s3(self) -> S3Client: ...  # noqa: D102


class StoreClients(NamedTuple):
    """Existing clients, of an operator or a test. `kms` is needed to seal, `s3` for big contents."""

    dynamodb: Any
    kms: Any = None
    s3: Any = None


class MadeLater:
    """Stands for an object that is made when it is first used. Not thread-safe, as `Storage` is not."""

    def __init__(self, make: Callable[[], object]) -> None:
        self._make = make

    @cached_property
    def _made(self) -> object:
        return self._make()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._made, name)


class Storage:
    """The repositories. Making one is not thread-safe: a function names those it needs while it starts.

    A test may assign a repository of its own to any of the attributes.

    Args:
        table_name: the core table.
        key_id: the KMS key that encrypts the tenants' data keys.
        bucket_name: the bucket of contents that are too big for a row; empty for a function that reads none.
        clock: by it things are due; None = the process's. Then sessions and signatures keep to the system's.
        randomness: None = the operating system's, which the real sealer needs.
    """

    def __init__(
        self,
        clients: Clients,
        *,
        table_name: str,
        key_id: str,
        bucket_name: str = "",
        clock: Clock | None = None,
        randomness: Randomness | None = None,
    ) -> None:
        self.clock = clock or now
        self.real_clock = clock or utc_now
        self.randomness = randomness or SystemRandomness()
        self._clients = clients
        self._table_name = table_name
        self._key_id = key_id
        self._bucket_name = bucket_name

    @classmethod
    def of(cls, settings: StoreSettings, clients: Clients) -> Self:
        """The repositories of a function."""
        return cls(clients, table_name=settings.table_name, key_id=settings.key_id, bucket_name=settings.bucket_name)

    @cached_property
    def _table(self) -> Table:
        from tocsin.adapters.dynamodb.table.table import Table

        return Table(self._clients.dynamodb, self._table_name)

    @cached_property
    def _layouts(self) -> Layouts:
        from tocsin.adapters.dynamodb.alerts.layouts import Layouts

        return Layouts(self._table)

    @cached_property
    def _bucket(self) -> Bucket:
        from tocsin.adapters.dynamodb.table.bucket import Bucket

        return Bucket(self._clients.s3, self._bucket_name)

    @cached_property
    def sealer(self) -> Sealer:
        """Encryption of personal data under the data keys of its tenant."""
        from tocsin.adapters.kms.sealer import KmsSealer

        return KmsSealer(
            self._clients.kms,
            self._clients.dynamodb,
            table_name=self._table_name,
            key_id=self._key_id,
            clock=self.clock,
            randomness=self.randomness,
        )

    def reading_once(self) -> AbstractContextManager[None]:
        """Return a block in which one thread reads a row once; see `SeenRows`."""
        return self._table.seen.reading_once()

    # --- tenants and keys ----------------------------------------------------------------------------------

    @cached_property
    def tenants(self) -> TenantRepository:
        """Tenants with their zones and quiet hours."""
        from tocsin.adapters.dynamodb.identity.tenants import DynamoDbTenantRepository

        return DynamoDbTenantRepository(self._table)

    @cached_property
    def api_keys(self) -> ApiKeyRepository:
        """API keys, cached for 30 seconds."""
        from tocsin.adapters.dynamodb.identity.api_keys import DynamoDbApiKeyRepository

        return DynamoDbApiKeyRepository(self._table, self.sealer, self.clock)

    @cached_property
    def key_owners(self) -> KeyOwners:
        """Email addresses of the owners of API keys."""
        from tocsin.adapters.dynamodb.identity.key_owners import DynamoDbKeyOwners

        return DynamoDbKeyOwners(self._table, self.sealer)

    @cached_property
    def directory(self) -> DynamoDbDirectory:
        """Companies, people, lines, numbers, groups and roles; also the people as authentication reads them."""
        from tocsin.adapters.dynamodb.directory.directory import DynamoDbDirectory

        return DynamoDbDirectory(self._table, self.sealer, self._keep_subscriptions)

    def _keep_subscriptions(self) -> DirectoryWatch:
        from tocsin.integrations.application.keep_subscriptions import KeepSubscriptions

        return KeepSubscriptions(
            alerts=self.integration_alerts,
            integrations=self.integrations,
            clock=self.clock,
            randomness=self.randomness,
        )

    @cached_property
    def preferences(self) -> PreferencesStore:
        """The notification settings of people."""
        from tocsin.adapters.dynamodb.preferences import DynamoDbPreferencesStore

        return DynamoDbPreferencesStore(self._table, self.sealer)

    @cached_property
    def sessions(self) -> Sessions:
        """Sessions of the console."""
        from tocsin.adapters.dynamodb.identity.sessions import DynamoDbSessions

        return DynamoDbSessions(self._table, self.sealer)

    @cached_property
    def personal_tokens(self) -> PersonalTokens:
        """Personal tokens."""
        from tocsin.adapters.dynamodb.identity.personal_tokens import DynamoDbPersonalTokens

        return DynamoDbPersonalTokens(self._table, self.sealer)

    @cached_property
    def inboxes(self) -> Inboxes:
        """The inboxes of people."""
        from tocsin.adapters.dynamodb.inbox.inboxes import DynamoDbInboxes

        return DynamoDbInboxes(self._table, self.sealer)

    @cached_property
    def push_subscriptions(self) -> PushSubscriptions:
        """The browsers of people that are pushed to."""
        from tocsin.adapters.dynamodb.browser_push.push_subscriptions import DynamoDbPushSubscriptions

        return DynamoDbPushSubscriptions(self._table, self.sealer)

    @cached_property
    def attempts(self) -> Attempts:
        """Counts of failed sign-ins."""
        from tocsin.adapters.dynamodb.sign_in import DynamoDbAttempts

        return DynamoDbAttempts(self._table)

    @cached_property
    def audit_trail(self) -> AuditTrail:
        """The audit trail."""
        from tocsin.adapters.dynamodb.audit import DynamoDbAuditTrail

        return DynamoDbAuditTrail(self._table, self.sealer)

    @cached_property
    def account_notices(self) -> AccountNotices:
        """Account notices, which `/getinfo` returns."""
        from tocsin.adapters.dynamodb.notices import DynamoDbAccountNotices

        return DynamoDbAccountNotices(self._table, self.sealer)

    @cached_property
    def limit_settings(self) -> LimitSettings:
        """The tenants' sending limits and paused channels."""
        from tocsin.adapters.dynamodb.limits import DynamoDbLimitSettings

        return DynamoDbLimitSettings(self._table)

    @cached_property
    def counters(self) -> Counters:
        """Counters of the sending limits."""
        from tocsin.adapters.dynamodb.limits import DynamoDbCounters

        return DynamoDbCounters(self._table)

    @cached_property
    def totals(self) -> SendingTotals:
        """What accounts have sent and spent."""
        from tocsin.adapters.dynamodb.limits import DynamoDbSendingTotals

        return DynamoDbSendingTotals(self._table)

    @cached_property
    def reports(self) -> ReportStore:
        """Plans and counts of daily reports."""
        from tocsin.adapters.dynamodb.reports.report_store import DynamoDbReportStore

        return DynamoDbReportStore(self._table, self.sealer)

    @cached_property
    def idempotency_store(self) -> IdempotencyStore:
        """Answers by Idempotency-Key."""
        from tocsin.adapters.dynamodb.idempotency import DynamoDbIdempotencyStore

        return DynamoDbIdempotencyStore(self._table, self.sealer)

    @cached_property
    def drafts(self) -> Drafts:
        """Drafts of forms, by owner and form."""
        from tocsin.adapters.dynamodb.drafts import DynamoDbDrafts

        return DynamoDbDrafts(self._table, self.sealer)

    # --- alerts and their delivery ------------------------------------------------------------------------------

    @cached_property
    def alerts(self) -> AlertRepository:
        """Accepted alerts with their receivers and contents."""
        from tocsin.adapters.dynamodb.alerts.alerts import DynamoDbAlertRepository

        return DynamoDbAlertRepository(self._table, self.sealer, self._bucket, layouts=self._layouts)

    @cached_property
    def commit_together(self) -> CommitTogether:
        """Alerts, schedules and stored contents in one transaction."""
        from tocsin.adapters.dynamodb.alerts.unit_of_work import DynamoDbUnitOfWork

        return DynamoDbUnitOfWork(self._table, self.sealer, self._bucket)

    @cached_property
    def message_rows(self) -> MessageRows:
        """The state of each message."""
        from tocsin.adapters.dynamodb.delivery.messages import DynamoDbMessageRows

        return DynamoDbMessageRows(self._table, self._layouts)

    @cached_property
    def last_looks(self) -> LastLooks:
        """What may stop a claimed message: its alert's cancellation, and its receiver's suppression."""
        from tocsin.adapters.dynamodb.delivery.last_looks import DynamoDbLastLooks

        return DynamoDbLastLooks(self._table)

    @cached_property
    def dispatch_progress(self) -> DispatchProgress:
        """Progress counts of an alert's batches, and the time of their next check."""
        from tocsin.adapters.dynamodb.delivery.dispatch_progress import DynamoDbDispatchProgress

        return DynamoDbDispatchProgress(self._table, self._layouts)

    @cached_property
    def reopened_batches(self) -> ReopenedBatches:
        """Batches whose failed messages are sent again."""
        from tocsin.adapters.dynamodb.delivery.reopening import DynamoDbReopenedBatches

        return DynamoDbReopenedBatches(self._table, self._layouts)

    @cached_property
    def _events(self) -> DynamoDbResultEvents:
        from tocsin.adapters.dynamodb.results.results import DynamoDbResultEvents

        return DynamoDbResultEvents(self._table, self.sealer)

    @cached_property
    def result_events(self) -> ResultEvents:
        """Publication of result events."""
        return self._events

    @cached_property
    def waiting_events(self) -> WaitingEvents:
        """Collection of result events, from the rows that `result_events` writes."""
        return self._events

    @cached_property
    def event_publisher(self) -> EventPublisher:
        """Publication of single events: replies, clicks, the end of an escalation."""
        from tocsin.adapters.dynamodb.results.event_publisher import DynamoDbEventPublisher

        return DynamoDbEventPublisher(self._table, self.sealer)

    @cached_property
    def link_sets(self) -> LinkSets:
        """Linked sets: the contact group, and the contacts who have answered."""
        from tocsin.adapters.dynamodb.linked_alerts import DynamoDbLinkSets

        return DynamoDbLinkSets(self._table, self.sealer, self._bucket)

    @cached_property
    def escalations(self) -> Escalations:
        """Escalations, their policies and their state."""
        from tocsin.adapters.dynamodb.escalation import DynamoDbEscalations

        return DynamoDbEscalations(self._table, self.sealer, self._bucket)

    @cached_property
    def placed_calls(self) -> PlacedCalls:
        """The try of each call of a provider."""
        from tocsin.adapters.dynamodb.calls.placed_calls import DynamoDbPlacedCalls

        return DynamoDbPlacedCalls(self._table)

    def line_pool(self, lines: int) -> LinePool:
        """Return the lines of the provider of calls; `lines`: how many there are."""
        from tocsin.adapters.dynamodb.calls.lines import DynamoDbLinePool

        return DynamoDbLinePool(self._table, self.sealer, lines)

    def prompt_files(self, bucket: str) -> PromptFiles:
        """Return the recordings of calls; `bucket`: their own, empty without a provider."""
        from tocsin.adapters.dynamodb.calls.prompt_files import S3PromptFiles

        return S3PromptFiles(self._clients.s3, bucket)

    # --- answers ------------------------------------------------------------------------------------------------

    @cached_property
    def _responses(self) -> DynamoDbResponses:
        from tocsin.adapters.dynamodb.responses.responses import DynamoDbResponses

        return DynamoDbResponses(self._table, self.sealer)

    @cached_property
    def responses(self) -> Responses:
        """Responses by alert."""
        return self._responses

    @cached_property
    def answer_overview(self) -> AnswerOverview:
        """Which receivers have answered, from the rows that `responses` writes."""
        return self._responses

    @cached_property
    def conversations(self) -> Conversations:
        """The last messages between a number or address of ours and a receiver."""
        from tocsin.adapters.dynamodb.responses.conversations import DynamoDbConversations

        return DynamoDbConversations(self._table, self.sealer)

    @cached_property
    def calls_in(self) -> CallsIn:
        """Calls in that go on."""
        from tocsin.adapters.dynamodb.calls.calls_in import DynamoDbCallsIn

        return DynamoDbCallsIn(self._table, self.sealer)

    @cached_property
    def alert_rules(self) -> AlertRules:
        """Alert rules with their earlier versions, and the journal of their changes."""
        from tocsin.adapters.dynamodb.alert_rules.rules import DynamoDbAlertRules

        return DynamoDbAlertRules(self._table, self.sealer)

    @cached_property
    def backtests(self) -> Backtests:
        """Backtests of alert rules."""
        from tocsin.adapters.dynamodb.alert_rules.backtests import DynamoDbBacktests

        return DynamoDbBacktests(self._table, self.sealer)

    @cached_property
    def standing_rules(self) -> StandingRules:
        """Which alert rules are not deleted."""
        from tocsin.adapters.dynamodb.alert_rules.standing import DynamoDbStandingRules

        return DynamoDbStandingRules(self._table)

    @cached_property
    def rule_runs(self) -> RuleRuns:
        """The runs of alert rules."""
        from tocsin.adapters.dynamodb.alert_rules.runs import DynamoDbRuleRuns

        return DynamoDbRuleRuns(self._table, self.sealer)

    @cached_property
    def rule_windows(self) -> RuleWindows:
        """Throttles and digests of alert rules."""
        from tocsin.adapters.dynamodb.alert_rules.windows import DynamoDbRuleWindows

        return DynamoDbRuleWindows(self._table, self.sealer)

    @cached_property
    def integrations(self) -> Integrations:
        """Integrations and their incidents."""
        from tocsin.adapters.dynamodb.integrations.integrations import DynamoDbIntegrations

        return DynamoDbIntegrations(self._table, self.sealer)

    @cached_property
    def integration_alerts(self) -> IntegrationAlerts:
        """Who is told when integrations fail."""
        from tocsin.adapters.dynamodb.integrations.integration_alerts import DynamoDbIntegrationAlerts

        return DynamoDbIntegrationAlerts(self._table, self.sealer)

    @cached_property
    def event_rows(self) -> EventRows:
        """Telephony events, each with its decision."""
        from tocsin.adapters.dynamodb.telephony.event_rows import DynamoDbEventRows

        return DynamoDbEventRows(self._table, self.sealer)

    @cached_property
    def event_packs(self) -> EventPacks:
        """Telephony events of earlier hours."""
        from tocsin.adapters.dynamodb.telephony.event_packs import DynamoDbEventPacks

        return DynamoDbEventPacks(self._table, self.sealer, self._bucket)

    @cached_property
    def event_sources(self) -> EventSources:
        """Sources of telephony events."""
        from tocsin.adapters.dynamodb.telephony.event_sources import DynamoDbEventSources

        return DynamoDbEventSources(self._table, self.sealer)

    @cached_property
    def event_senders(self) -> EventSenders:
        """Senders of telephony events that have no secret of ours."""
        from tocsin.adapters.dynamodb.telephony.event_senders import DynamoDbEventSenders

        return DynamoDbEventSenders(self._table)

    @cached_property
    def source_samples(self) -> SourceSamples:
        """The last payloads of each source."""
        from tocsin.adapters.dynamodb.telephony.source_samples import DynamoDbSourceSamples

        return DynamoDbSourceSamples(self._table, self.sealer)

    @cached_property
    def source_pulses(self) -> SourcePulses:
        """When each source was heard."""
        from tocsin.adapters.dynamodb.telephony.source_pulses import DynamoDbSourcePulses

        return DynamoDbSourcePulses(self._table)

    @cached_property
    def calls_being_assembled(self) -> CallsBeingAssembled:
        """Calls whose legs are gathered."""
        from tocsin.adapters.dynamodb.telephony.calls_being_assembled import DynamoDbCallsBeingAssembled

        return DynamoDbCallsBeingAssembled(self._table, self.sealer)

    @cached_property
    def line_states(self) -> LineStates:
        """States of lines."""
        from tocsin.adapters.dynamodb.telephony.line_states import DynamoDbLineStates

        return DynamoDbLineStates(self._table, self.sealer)

    @cached_property
    def connect_attempts(self) -> ConnectAttempts:
        """Connections of mailboxes that were begun."""
        from tocsin.adapters.dynamodb.tenant_mail.connect_attempts import DynamoDbConnectAttempts

        return DynamoDbConnectAttempts(self._table, self.sealer)

    @cached_property
    def mail_settings(self) -> MailSettingsStore:
        """The mail settings of accounts, and the states of their mail servers."""
        from tocsin.adapters.dynamodb.tenant_mail.mail_settings import DynamoDbMailSettingsStore

        return DynamoDbMailSettingsStore(self._table, self.sealer)

    @cached_property
    def mail_templates(self) -> MailTemplates:
        """The mail templates of accounts."""
        from tocsin.adapters.dynamodb.tenant_mail.mail_templates import DynamoDbMailTemplates

        return DynamoDbMailTemplates(self._table, self.sealer)

    @cached_property
    def mail_runs(self) -> MailRuns:
        """What became of the mails about events."""
        from tocsin.adapters.dynamodb.tenant_mail.mail_runs import DynamoDbMailRuns

        return DynamoDbMailRuns(self._table, self.sealer)

    @cached_property
    def refused_mails(self) -> RefusedMails:
        """Mails that accounts' own servers did not take."""
        from tocsin.adapters.dynamodb.tenant_mail.refused_mails import DynamoDbRefusedMails

        return DynamoDbRefusedMails(self._table, self.sealer)

    @cached_property
    def notice_runs(self) -> NoticeRuns:
        """What became of notices to people."""
        from tocsin.adapters.dynamodb.notice_runs import DynamoDbNoticeRuns

        return DynamoDbNoticeRuns(self._table, self.sealer)

    @cached_property
    def calls_told(self) -> CallsTold:
        """Calls that people were told of."""
        from tocsin.adapters.dynamodb.personal_notices.calls_told import DynamoDbCallsTold

        return DynamoDbCallsTold(self._table, self.sealer)

    @cached_property
    def texts_of_contacts(self) -> TextsOfContacts:
        """Texts that may become a burst."""
        from tocsin.adapters.dynamodb.personal_notices.texts_of_contacts import DynamoDbTextsOfContacts

        return DynamoDbTextsOfContacts(self._table, self.sealer)

    @cached_property
    def voicemail_lists(self) -> VoicemailLists:
        """Voicemails that were mailed."""
        from tocsin.adapters.dynamodb.tenant_mail.mail_runs import DynamoDbVoicemailLists

        return DynamoDbVoicemailLists(self._table, self.sealer)

    @cached_property
    def subject_references(self) -> SubjectReferences:
        """Alerts by subject reference."""
        from tocsin.adapters.dynamodb.responses.subject_references import DynamoDbSubjectReferences

        return DynamoDbSubjectReferences(self._table)

    @cached_property
    def two_way_numbers(self) -> TwoWayNumbers:
        """Two-way numbers and their tenants."""
        from tocsin.adapters.dynamodb.responses.two_way_numbers import DynamoDbTwoWayNumbers

        return DynamoDbTwoWayNumbers(self._table)

    def text_numbers(self, tenant: TenantId) -> list[str]:
        """Return the numbers that an account may text from, in ascending order."""
        return [number.number for number in self.two_way_numbers.of_tenant(tenant)]

    @cached_property
    def short_links(self) -> ShortLinks:
        """Short links by their code."""
        from tocsin.adapters.dynamodb.short_links import DynamoDbShortLinks

        return DynamoDbShortLinks(self._table)

    @cached_property
    def visitor_presses(self) -> VisitorPresses:
        """How many links each visitor pressed the button of."""
        from tocsin.adapters.dynamodb.short_links import DynamoDbVisitorPresses

        return DynamoDbVisitorPresses(self._table)

    # --- what is kept for later ---------------------------------------------------------------------------------

    @cached_property
    def stored_content(self) -> StoredContentRepository:
        """Stored content by id or name. Most calls name none, and start without PynamoDB, which only it needs."""
        return cast("StoredContentRepository", MadeLater(self._stored_content))

    def _stored_content(self) -> StoredContentRepository:
        from tocsin.adapters.dynamodb.stored_content.stored_content import DynamoDbStoredContentRepository

        return DynamoDbStoredContentRepository(self._table, self.sealer, self._bucket)

    @cached_property
    def schedules(self) -> Schedules:
        """Schedules of alerts."""
        from tocsin.adapters.dynamodb.schedules import DynamoDbSchedules

        return DynamoDbSchedules(self._table, self.sealer)

    @cached_property
    def triggers(self) -> Triggers:
        """Triggers: stored alerts that a keyword or a link sends."""
        from tocsin.adapters.dynamodb.triggers.triggers import DynamoDbTriggers

        return DynamoDbTriggers(self._table, self.sealer, self._bucket)

    @cached_property
    def appointments(self) -> Appointments:
        """Appointments, each with its timers."""
        from tocsin.adapters.dynamodb.reminders.appointments import DynamoDbAppointments

        return DynamoDbAppointments(self._table, self.sealer)

    @cached_property
    def timers(self) -> Timers:
        """Timers: what is due at an instant."""
        from tocsin.adapters.dynamodb.timers import DynamoDbTimers

        return DynamoDbTimers(self._table)

    # --- who must not be contacted ------------------------------------------------------------------------------

    @cached_property
    def suppressions(self) -> Suppressions:
        """Suppressed addresses, by fingerprint."""
        from tocsin.adapters.dynamodb.suppressions import DynamoDbSuppressions

        return DynamoDbSuppressions(self._table)

    @cached_property
    def erasure_ledger(self) -> ErasureLedger:
        """Erasures with their time, by fingerprint."""
        from tocsin.adapters.dynamodb.privacy.erasure_ledger import DynamoDbErasureLedger

        return DynamoDbErasureLedger(self._table)

    @cached_property
    def restore_ledger(self) -> RestoreLedger:
        """The record of a settlement after a restore."""
        from tocsin.adapters.dynamodb.restore import DynamoDbRestoreLedger

        return DynamoDbRestoreLedger(self._table)

    @cached_property
    def personal_data(self) -> PersonalData:
        """All rows about one person. It scans the table, which only an operator may do."""
        from tocsin.adapters.dynamodb.privacy.directory_rows import DirectoryRows
        from tocsin.adapters.dynamodb.privacy.personal_data import DynamoDbPersonalData

        people = DirectoryRows(
            directory=self.directory,
            sessions=self.sessions,
            tokens=self.personal_tokens,
            sealer=self.sealer,
            clock=self.clock,
            randomness=self.randomness,
        )
        return DynamoDbPersonalData(table=self._table, sealer=self.sealer, bucket=self._bucket, directory=people)

    # --- webhooks -----------------------------------------------------------------------------------------------

    @cached_property
    def webhook_endpoints(self) -> WebhookEndpoints:
        """Callback URLs with their secrets and health."""
        from tocsin.adapters.dynamodb.webhooks.webhook_endpoints import DynamoDbWebhookEndpoints

        return DynamoDbWebhookEndpoints(self._table, self.sealer)

    @cached_property
    def webhook_deliveries(self) -> WebhookDeliveries:
        """Webhook deliveries: events for a callback URL, with their attempts."""
        from tocsin.adapters.dynamodb.webhooks.webhook_deliveries import DynamoDbWebhookDeliveries

        return DynamoDbWebhookDeliveries(self._table, self.sealer)

    @cached_property
    def callback_packs(self) -> CallbackPacks:
        """Packs of published events for callbacks."""
        from tocsin.adapters.dynamodb.webhooks.callback_packs import DynamoDbCallbackPacks

        return DynamoDbCallbackPacks(self._table, self.sealer)
