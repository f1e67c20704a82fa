"""Composition of how people are told: of events, and of their account.

The imports are inside the functions, so that a Lambda function loads only what it uses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tocsin.bootstrap.queues import Queues
    from tocsin.bootstrap.storage import Storage
    from tocsin.kernel.domain.ids import TenantId
    from tocsin.personal_notices.application.mail_people_of_account import MailPeopleOfAccount
    from tocsin.personal_notices.application.tell_people import TellPeopleOnce
    from tocsin.personal_notices.application.text_numbers import NoticeSenders
    from tocsin.personal_notices.ports import MailedByTemplate


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
        console: address of the console; "" = it is not known, and notices name no page.
        mailed: who gets a mail by a template of the account about the same event.
    """
    from tocsin.bootstrap.browsers.pushing import owed_pushes
    from tocsin.bootstrap.sending import send_inside
    from tocsin.identity.application.account_clocks import AccountClocks
    from tocsin.personal_notices.application.people_of_notice import ReadNoticePeople
    from tocsin.personal_notices.application.tell_people import TellPeopleOnce
    from tocsin.personal_notices.application.text_numbers import OptedOut, OurNumbers
    from tocsin.suppressions.application.suppress import Suppress

    return TellPeopleOnce(
        runs=storage.notice_runs,
        people=ReadNoticePeople(storage.directory, storage.preferences),
        inboxes=storage.inboxes,
        clocks=AccountClocks(storage.tenants, storage.clock),
        send=send_inside(storage, queues, service=service),
        sender=notice_senders(storage),
        our_numbers=OurNumbers(storage.directory, storage.text_numbers),
        opted_out=OptedOut(Suppress(storage.suppressions, storage.sealer)),
        clock=storage.clock,
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


def notice_senders(storage: Storage) -> NoticeSenders:
    """Return what says from what the notices of accounts come. For one thread."""
    from tocsin.personal_notices.application.text_numbers import NoticeSenders

    def chosen(tenant: TenantId) -> str | None:
        account = storage.tenants.get(tenant)
        return None if account is None else account.notice_sender

    return NoticeSenders(chosen, storage.text_numbers, storage.clock)
