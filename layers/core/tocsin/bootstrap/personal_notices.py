"""Composition of how people are told: of events, and of their account.

The imports are inside the functions, so that a Lambda function loads only what it uses.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tocsin.bootstrap.queues import Queues
    from tocsin.bootstrap.storage import Storage
    from tocsin.kernel.domain.ids import TenantId
    from tocsin.personal_notices.application.count_text import CountText
    from tocsin.personal_notices.application.explain_notices import ExplainNotices
    from tocsin.personal_notices.application.hear_event import HearEvent
    from tocsin.personal_notices.application.mail_people_of_account import MailPeopleOfAccount
    from tocsin.personal_notices.application.people_book import PeopleBook
    from tocsin.personal_notices.application.send_samples import SendSamples
    from tocsin.personal_notices.application.stop_texts import StopTexts
    from tocsin.personal_notices.application.tell_administrators import TellAdministratorsOfEvent
    from tocsin.personal_notices.application.tell_of_event import TellOfEvent
    from tocsin.personal_notices.application.tell_people import TellPeopleOnce
    from tocsin.personal_notices.application.text_numbers import NoticeSenders
    from tocsin.personal_notices.ports import MailedByTemplate, TellPeople
    from tocsin.preferences.ports import WhoWants


def tell_people(
    storage: Storage,
    queues: Queues,
    *,
    service: str,
    console: str = "",
    mailed: MailedByTemplate = lambda notice: (),
) -> TellPeopleOnce:
    """Return the `TellPeople`. For one thread.

    Args:
        service: the function's name, as a metric dimension.
        console: where the console is, as `console_link` takes it.
        mailed: who gets a mail by a template of the account about the same event.
    """
    from tocsin.bootstrap.browsers.pushing import owed_pushes
    from tocsin.bootstrap.people.preferences import own_numbers
    from tocsin.bootstrap.sending import send_inside
    from tocsin.identity.application.account_clocks import AccountClocks
    from tocsin.personal_notices.application.people_of_notice import ReadNoticePeople
    from tocsin.personal_notices.application.tell_people import TellPeopleOnce
    from tocsin.personal_notices.application.text_numbers import OptedOut
    from tocsin.personal_notices.application.welcome_texts import WelcomeTexts
    from tocsin.suppressions.application.suppress import Suppress

    return TellPeopleOnce(
        runs=storage.notice_runs,
        people=ReadNoticePeople(storage.directory, storage.preferences),
        inboxes=storage.inboxes,
        clocks=AccountClocks(storage.tenants, storage.clock),
        send=send_inside(storage, queues, service=service),
        sender=notice_senders(storage),
        our_numbers=own_numbers(storage).among,
        opted_out=OptedOut(Suppress(storage.suppressions, storage.sealer)),
        clock=storage.clock,
        welcomes=WelcomeTexts(
            counters=storage.counters,
            directory=storage.directory,
            sealer=storage.sealer,
            account=lambda tenant: _account_name(storage, tenant),
            clock=storage.clock,
            console=console,
        ),
        mailed=mailed,
        pushes=owed_pushes(storage),
        console=console,
    )


def mail_people_of_account(storage: Storage, queues: Queues, *, service: str) -> MailPeopleOfAccount:
    """Return what mails people about their account. For one thread.

    Args:
        service: the function's name, as a metric dimension.
    """
    from tocsin.bootstrap.sending import send_inside
    from tocsin.personal_notices.application.mail_people_of_account import MailPeopleOfAccount

    return MailPeopleOfAccount(storage.directory, send_inside(storage, queues, service=service))


def people_book(storage: Storage) -> PeopleBook:
    """Return what a process knows of the people of accounts. It keeps it, so a process has one."""
    from tocsin.personal_notices.application.people_book import PeopleBook

    return PeopleBook(storage.directory, storage.preferences, storage.clock)


def hear_event(storage: Storage, people: PeopleBook) -> HearEvent:
    """Return what finds who hears of an event."""
    from tocsin.personal_notices.application.hear_event import HearEvent
    from tocsin.preferences.domain.following import may_follow

    return HearEvent(directory=storage.directory, settings=storage.preferences, people=people, may_follow=may_follow)


def who_wants(storage: Storage) -> WhoWants:
    """Return what finds those who administer an account and want to hear of a topic of it."""
    from tocsin.preferences.application.administrators_who_want import AdministratorsWhoWant

    return AdministratorsWhoWant(storage.directory, storage.preferences)


def tell_administrators(
    storage: Storage, queues: Queues, *, service: str, console: str = ""
) -> TellAdministratorsOfEvent:
    """Return what mails events about an account to those who administer it."""
    from tocsin.identity.application.account_clocks import AccountClocks
    from tocsin.personal_notices.application.tell_administrators import TellAdministratorsOfEvent

    clocks = AccountClocks(storage.tenants, storage.clock)
    mail = mail_people_of_account(storage, queues, service=service)
    return TellAdministratorsOfEvent(
        who_wants=who_wants(storage), mail=mail, zone=lambda tenant: clocks.get(tenant).zone_info, console=console
    )


def tell_of_event(
    storage: Storage, queues: Queues, people: PeopleBook, tell: TellPeople, *, service: str, console: str = ""
) -> TellOfEvent:
    """Return what tells people of events.

    Args:
        service: the function's name, as a metric dimension.
    """
    from tocsin.personal_notices.application.rewrite_inbox import RewriteInbox
    from tocsin.personal_notices.application.tell_of_event import TellOfEvent

    return TellOfEvent(
        hear=hear_event(storage, people),
        settings=storage.preferences,
        calls=storage.calls_told,
        runs=storage.notice_runs,
        events=storage.event_rows,
        tell=tell,
        rewrite=RewriteInbox(storage.inboxes),
        administrators=tell_administrators(storage, queues, service=service, console=console),
        clock=storage.clock,
    )


def count_text(storage: Storage, people: PeopleBook, tell: TellPeople) -> CountText:
    """Return what counts texts towards bursts."""
    from tocsin.personal_notices.application.count_text import CountText

    return CountText(
        hear=hear_event(storage, people),
        settings=storage.preferences,
        texts=storage.texts_of_contacts,
        tell=tell,
        clock=storage.clock,
    )


def explain_notices(storage: Storage) -> ExplainNotices:
    """Return what explains who was told of an event."""
    from tocsin.personal_notices.application.explain_notices import ExplainNotices

    return ExplainNotices(
        hear=hear_event(storage, people_book(storage)),
        directory=storage.directory,
        settings=storage.preferences,
        runs=storage.notice_runs,
        calls=storage.calls_told,
        clock=storage.clock,
    )


def notice_senders(storage: Storage) -> NoticeSenders:
    """Return what says from what the notices of accounts come. For one thread."""
    from tocsin.personal_notices.application.text_numbers import NoticeSenders

    def chosen(tenant: TenantId) -> str | None:
        account = storage.tenants.get(tenant)
        return None if account is None else account.notice_sender

    return NoticeSenders(chosen, storage.text_numbers, storage.clock)


def sample_sender(
    storage: Storage,
    queues: Queues,
    *,
    service: str,
    may_send: Callable[[], Callable[[], None]],
) -> Callable[[str], SendSamples]:
    """Return what returns the use case that sends samples, by where the console is, as `console_link` takes it.

    Args:
        may_send: returns what raises Restoring while nothing is sent.
        service: as of `tell_people`.
    """

    @lru_cache(maxsize=8)
    def made(console: str) -> SendSamples:
        from tocsin.personal_notices.application.send_samples import SendSamples

        return SendSamples(
            tell=tell_people(storage, queues, service=service, console=console),
            runs=storage.notice_runs,
            preferences=storage.preferences,
            counters=storage.counters,
            may_send=may_send(),
            clock=storage.clock,
            randomness=storage.randomness,
        )

    return made


def stop_texts(storage: Storage) -> StopTexts:
    """Return what ends the texts of notices to a number, by the link of its first text."""
    from tocsin.personal_notices.application.stop_texts import StopTexts

    return StopTexts(
        people=storage.directory,
        preferences=storage.preferences,
        account=lambda tenant: _account_name(storage, tenant),
        sealer=storage.sealer,
        clock=storage.clock,
        randomness=storage.randomness,
    )


def _account_name(storage: Storage, tenant: TenantId) -> str:
    account = storage.tenants.get(tenant)
    return "" if account is None else account.name
