"""Tell people of a notice, each as they want it at that moment, once for ever.

    run there? ──no──► people, settings, numbers ──► decisions ──► run, mails and texts in one transaction
        └──yes─────────────────────────────────────────────┬──────────────┘
                                                           └─► inboxes, pushes: safe to repeat

The run is written with the alert, on condition that its kind and key have none. So two workers tell once, and a repeat
only makes up for what was cut off after the transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from tocsin.alerts.domain.internal.inside_alert import InsideAlert, InsideMessage, InsideReceiver
from tocsin.alerts.domain.participants import Participant
from tocsin.content.domain.content import EmailContent, SmsContent
from tocsin.identity.application.account_clocks import AccountClocks
from tocsin.inbox.domain.inbox_notice import InboxNotice
from tocsin.inbox.ports import Inboxes
from tocsin.kernel.domain.errors import StorageUnavailable, Superseded
from tocsin.kernel.domain.ids import TenantId, UserId
from tocsin.kernel.ports import Clock
from tocsin.personal_notices.application.people_of_notice import KnownPerson, NumbersAmong, ReadNoticePeople
from tocsin.personal_notices.application.welcome_texts import WelcomeTexts
from tocsin.personal_notices.domain.notice import Addressee, PersonalNotice
from tocsin.personal_notices.domain.notice_run import NoticeRun, NoticeRunWritten, PersonTold
from tocsin.personal_notices.domain.outcomes import NoticeChannel
from tocsin.personal_notices.domain.person_decision import NoticeFacts, decide_for, quiet_until
from tocsin.personal_notices.domain.push_message import INBOX, PushMessage
from tocsin.personal_notices.domain.words import inbox_text, mail_body, mail_subject, text_of_notice
from tocsin.personal_notices.ports import MailedByTemplate, NoticeRuns, OwedPushes

TRIES = 3
"""How often a notice is decided on for one order while another worker decides on it too."""

Send = Callable[[InsideAlert], object]
"""Accepts an alert of the inside with its participants, or raises Superseded; `SendInside` is one."""

_MAIL = EmailContent("{subject}", "{body}", "text/plain; charset=utf-8")
_TEXT = "{text}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TellPeopleOnce:
    """The `TellPeople`.

    Attributes:
        sender: returns what the texts of an account come from: a number or a name.
        our_numbers: returns the account's own among some numbers.
        opted_out: returns those among some numbers that said STOP.
        mailed: who gets a mail by a template about the same event.
        pushes: of browsers; None = no browser can be pushed to.
        welcomes: what the first text to a number says beside; None = nothing.
        console: where the console is, as `console_link` takes it.
    """

    runs: NoticeRuns
    people: ReadNoticePeople
    inboxes: Inboxes
    clocks: AccountClocks
    send: Send
    sender: Callable[[TenantId], str]
    our_numbers: NumbersAmong
    opted_out: NumbersAmong
    clock: Clock
    mailed: MailedByTemplate = lambda notice: ()
    welcomes: WelcomeTexts | None = None
    pushes: OwedPushes | None = None
    console: str = ""

    def __call__(self, notice: PersonalNotice, addressees: Sequence[Addressee]) -> NoticeRun:
        """Tell them, unless it was done before; return the run that stands.

        Raises:
            StorageUnavailable: they are told or not; repeat it.
        """
        for _ in range(TRIES):
            run = self.runs.get(notice.tenant, notice.kind, notice.key, self.clock())
            run = run or self._decided(notice, addressees)
            if run is not None:
                self._finish(run)
                return run
        raise StorageUnavailable("another worker decided on the notice at every try, and its run is not there")

    def _decided(self, notice: PersonalNotice, addressees: Sequence[Addressee]) -> NoticeRun | None:
        """Write the run and its messages, and return the run that stands. None: another worker was first."""
        tenant, now = notice.tenant, self.clock()
        people = self.people(tenant, addressees)
        facts = self._facts(notice, people)
        told = [decide_for(notice, each.addressee, each.user, each.settings, facts) for each in people]
        messages = self._messages(notice, list(zip(people, told, strict=True)), facts)
        alert = InsideAlert(
            tenant=tenant,
            cause=notice.cause,
            title=mail_subject(notice),
            messages=messages,
            not_after=notice.too_late_at,
            from_a_name=True,
            has_quiet_hours=notice.knows_quiet_hours,
        )
        run = NoticeRun(notice, tuple(told), now, alert.ref if messages else None)
        try:
            self.send(replace(alert, participants=[NoticeRunWritten(run)]))
        except Superseded:
            return None
        if self.welcomes is not None:
            pairs = zip(people, told, strict=True)
            self.welcomes.told(tenant, [who for who, how in pairs if how.is_told_by(NoticeChannel.TEXT)])
        # Another worker may have sent the same alert a moment ago. Then it is their run that stands.
        return self.runs.get(tenant, notice.kind, notice.key, now)

    def _facts(self, notice: PersonalNotice, people: Sequence[KnownPerson]) -> NoticeFacts:
        tenant = notice.tenant
        numbers = sorted({each.number for each in people if each.number is not None})
        pushed = [each.addressee.user for each in people if each.user is not None and each.settings.browser_on]
        return NoticeFacts(
            now=self.clock(),
            clock=self.clocks.get(tenant),
            our_numbers=self.our_numbers(tenant, numbers) if numbers else (),
            opted_out=self.opted_out(tenant, numbers) if numbers else (),
            mailed=self.mailed(notice),
            with_browser=self._owed(notice, pushed).keys(),
        )

    def _messages(
        self, notice: PersonalNotice, told: Sequence[tuple[KnownPerson, PersonTold]], facts: NoticeFacts
    ) -> list[InsideMessage]:
        mails = [
            InsideReceiver(
                who.user.email,
                who.settings.quiet,
                {"subject": mail_subject(notice), "body": mail_body(notice, how, self.console)},
            )
            for who, how in told
            if who.user is not None and how.is_told_by(NoticeChannel.EMAIL)
        ]
        texted = [who for who, how in told if who.number is not None and how.is_told_by(NoticeChannel.TEXT)]
        # A number that several people share gets one text: as soon as one of them may be disturbed.
        texted.sort(key=lambda who: quiet_until(notice, who.settings, facts))
        messages = [InsideMessage("email", mails, _MAIL)] if mails else []
        if texted:
            sender = self.sender(notice.tenant)
            welcomes = {} if self.welcomes is None else self.welcomes.words(notice.tenant, texted, sender)
            texts = [
                InsideReceiver(
                    who.number or "",
                    who.settings.quiet,
                    {"text": text_of_notice(notice, welcomes.get(who.addressee.user, ""))},
                )
                for who in texted
            ]
            messages.append(InsideMessage("text", texts, SmsContent(sender, _TEXT)))
        return messages

    def _finish(self, run: NoticeRun) -> None:
        """Do what is not in the transaction; each part of it is safe to repeat."""
        notice = run.notice
        rows = [
            InboxNotice(
                tenant=notice.tenant,
                user=each.user,
                key=notice.inbox_key,
                at=notice.at,
                kind=notice.kind.value,
                title=mail_subject(notice),
                text=inbox_text(notice, each),
                url=notice.url,
                event=notice.event,
            )
            for each in run.people
            if each.is_told_by(NoticeChannel.INBOX)
        ]
        if rows:
            self.inboxes.put(rows)
        pushed = [each.user for each in run.people if each.is_told_by(NoticeChannel.BROWSER)]
        for owed in self._owed(notice, pushed).values():
            for push in owed:
                self._push(notice, push)

    def _push(self, notice: PersonalNotice, push: Participant) -> None:
        alert = InsideAlert(tenant=notice.tenant, cause=notice.cause, title="", messages=(), participants=[push])
        with suppress(Superseded):  # it was written before
            self.send(alert)

    def _owed(self, notice: PersonalNotice, users: Collection[UserId]) -> Mapping[UserId, Sequence[Participant]]:
        if self.pushes is None or not users:
            return {}
        return self.pushes(
            [
                PushMessage(
                    tenant=notice.tenant,
                    user=user,
                    key=notice.inbox_key,
                    at=notice.at,
                    title=mail_subject(notice),
                    text=text_of_notice(notice),
                    url=notice.url or INBOX,
                )
                for user in users
            ]
        )
