"""Mail an event by its template, to those whom the settings of now name.

    event ──► settings ──► directory ──► decision ──► mail, run and voicemail in one transaction
                │ switched off: nothing      └─► a run that says why nothing is sent

The mail has the id of its template and event, so a repeat finds it. Its secrets leave the event once it is accepted,
or once it is known that it is not sent.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from tocsin.alerts.domain.cause import Cause, CauseKind
from tocsin.alerts.domain.internal.inside_alert import INSIDE_KEPT_FOR, InsideAlert
from tocsin.alerts.domain.participants import Participant
from tocsin.kernel.domain.errors import RequestTooLarge, StorageUnavailable, Superseded
from tocsin.kernel.domain.ids import TenantId, UserId
from tocsin.kernel.ports import Clock
from tocsin.preferences.domain.settings import Communication
from tocsin.preferences.ports import PreferencesStore
from tocsin.telephony.domain.acts import Act
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.stored_event import StoredEvent
from tocsin.telephony.ports.event_rows import EventRows
from tocsin.tenant_mail.application.compose_mail import ComposeMail
from tocsin.tenant_mail.application.find_things import FindThings
from tocsin.tenant_mail.domain.mail_run import MailRun, MailRunWritten
from tocsin.tenant_mail.domain.mail_settings import MailSettings
from tocsin.tenant_mail.domain.mailed_events import (
    Audience,
    MailedType,
    MailOutcome,
    ThingsOfEvent,
    decide_mail,
    is_wanted,
    mailed_type,
)
from tocsin.tenant_mail.domain.voicemails import Voicemail, VoicemailsWritten, list_name
from tocsin.tenant_mail.ports import MailRuns, MailSettingsStore, VoicemailLists

SENT_WITHIN = timedelta(hours=24)
"""How long a mail server may be down before its mails expire."""

SECRETS_KEPT_FOR = timedelta(hours=48)
"""How long a mail with passwords and PINs is kept, sealed. Its run says afterwards that it was sent."""

TRIES = 3
"""How often a mail is decided on for one order while another worker mails the same voicemail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailEvent:
    """Performs the act `mail`, once for ever.

    Attributes:
        send: accepts an alert of the inside with its participants, or raises Superseded; `SendInside` is one.
        new_person: makes the person whom an event tells, before it is mailed.
        preferences: whether the owners of a mailbox want mails about voicemails.
        may_use_system: returns whether an account without an own mail server may use the system's.
    """

    events: EventRows
    settings: MailSettingsStore
    runs: MailRuns
    voicemails: VoicemailLists
    things: FindThings
    preferences: PreferencesStore
    compose: ComposeMail
    new_person: Callable[[TenantId, TelephonyEvent], None]
    send: Callable[[InsideAlert], object]
    may_use_system: Callable[[TenantId], bool]
    clock: Clock

    def __call__(self, tenant: TenantId, stored: StoredEvent, act: Act) -> None:
        """Mail it, or note why it is not mailed.

        Raises:
            StorageUnavailable: it is mailed or not; to be repeated.
        """
        mailed = mailed_type(stored.event)
        if mailed is not None:
            self.new_person(tenant, stored.event)
            self._mail(tenant, stored, mailed)
        if stored.without_secrets() is not stored:
            self.events.forget_secrets(tenant, stored.name)

    def _mail(self, tenant: TenantId, stored: StoredEvent, mailed: MailedType) -> None:
        for _ in range(TRIES):
            if self.runs.get(tenant, stored.place, self.clock()) is not None:
                return
            settings = self.settings.get(tenant)
            if not is_wanted(mailed, settings):
                return
            try:
                self._decided(stored, mailed, settings)
            except Superseded:
                continue
            return
        raise StorageUnavailable("another worker mailed a voicemail of this mailbox at every try")

    def _decided(self, stored: StoredEvent, mailed: MailedType, settings: MailSettings) -> None:
        tenant, event = settings.tenant, stored.event
        things = self.things(tenant, event)
        decision = decide_mail(
            event,
            mailed,
            settings,
            things,
            may_use_system=self.may_use_system(tenant),
            unwilling=self._unwilling(tenant, mailed, things),
        )
        run = MailRun(
            tenant=tenant,
            id=stored.place,
            event=stored.name,
            at=event.received_at,
            template=mailed.template,
            outcome=decision.outcome,
            people=decision.people,
        )
        if decision.outcome is not MailOutcome.SENT:
            self.runs.add(run)
            return
        cause = Cause(CauseKind.TENANT_MAIL, mailed.template, stored.name, event.received_at)
        run = replace(run, alert=cause.alert_ref(tenant))
        voicemail = self._voicemail(run, event, things)
        if isinstance(voicemail, Voicemail):
            self.runs.add(replace(run, outcome=MailOutcome.ALREADY_SENT, alert=voicemail.alert))
            return
        try:
            mail = self.compose(tenant, event, mailed.template, things, decision)
            self.send(
                InsideAlert(
                    tenant=tenant,
                    cause=cause,
                    title=mail.subject,
                    messages=[mail.mail] if mail.copy is None else [mail.mail, mail.copy],
                    participants=[MailRunWritten(replace(run, custom=mail.custom)), *voicemail],
                    urgent=mailed.urgent,
                    stored_at=event.received_at,
                    sent_within=SENT_WITHIN,
                    has_quiet_hours=False,
                    kept_for=INSIDE_KEPT_FOR if stored.without_secrets() is stored else SECRETS_KEPT_FOR,
                )
            )
        except RequestTooLarge:
            self.runs.add(replace(run, outcome=MailOutcome.TOO_LONG, alert=None))

    def _unwilling(self, tenant: TenantId, mailed: MailedType, things: ThingsOfEvent) -> Collection[UserId]:
        """Return the owners of the mailbox who want no mail about it: their switch of voicemails or of mails is off."""
        if mailed.audience is not Audience.MAILBOX_OWNERS or not things.owners:
            return ()
        settings = self.preferences.get_many(tenant, [who.id for who in things.owners])
        return {
            user
            for user, wants in settings.items()
            if not wants.email_on or Communication.VOICEMAIL not in wants.communication
        }

    def _voicemail(
        self, run: MailRun, event: TelephonyEvent, things: ThingsOfEvent
    ) -> Voicemail | Sequence[Participant]:
        """Return the same voicemail if it was mailed, else what is written so that it is mailed once."""
        if things.mailbox is None or run.alert is None:
            return ()
        known = self.voicemails.get(run.tenant, list_name(things.mailbox.id, event))
        voicemail = Voicemail(event.at, event.data.get("callId", ""), run.alert)
        return known.find(voicemail) or [VoicemailsWritten(known.add(voicemail))]
