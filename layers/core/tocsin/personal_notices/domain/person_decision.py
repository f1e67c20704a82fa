"""How one person is told of a notice, and why not: the decision, from what is known of the person at that moment.

    switch of the kind off, or the person is disabled     nothing
    else                                                  the inbox, and each channel that the person has on

A mail or text that would be held by quiet hours until it is too late is skipped. A push is not held at all: hours
later it tells nothing. The inbox has the notice in any case.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from tocsin.calendar.domain.account_clock import AccountClock
from tocsin.calendar.domain.quiet_hours import in_effect, release
from tocsin.identity.domain.user import User, UserState
from tocsin.kernel.domain.ids import UserId
from tocsin.personal_notices.domain.notice import Addressee, PersonalNotice
from tocsin.personal_notices.domain.notice_run import PersonTold
from tocsin.personal_notices.domain.outcomes import NoticeChannel, NoticeOutcome
from tocsin.preferences.domain.settings import NotificationSettings
from tocsin.preferences.domain.text_number import texts_go_to


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeFacts:
    """What is known of all people of a notice.

    Attributes:
        clock: time zone and quiet hours of the account.
        our_numbers: numbers of the account, among those that texts would go to. E.164.
        opted_out: numbers that said STOP, among them.
        mailed: who gets a mail by a template of the account about the same.
        with_browser: who has a browser that can be pushed to.
    """

    now: datetime
    clock: AccountClock
    our_numbers: Collection[str] = field(default=())
    opted_out: Collection[str] = field(default=())
    mailed: Collection[UserId] = field(default=())
    with_browser: Collection[UserId] = field(default=())


def is_told_at_all(person: User | None) -> bool:
    """Whether a person gets notices: an invited one too, but not a disabled one, nor one who said "not me"."""
    return person is not None and person.state is not UserState.DISABLED and person.not_me_at is None


def decide_for(
    notice: PersonalNotice,
    addressee: Addressee,
    person: User | None,
    settings: NotificationSettings,
    facts: NoticeFacts,
) -> PersonTold:
    """Return how the person is told. A channel that they have not chosen is missing."""
    if addressee.refused is not None:
        return _only(addressee, addressee.refused)
    if person is None or not is_told_at_all(person):
        return _only(addressee, NoticeOutcome.DISABLED)
    if not notice.is_wanted(settings):
        return _only(addressee, NoticeOutcome.OFF)
    channels = [(NoticeChannel.INBOX, NoticeOutcome.SENT)]
    if settings.email_on:
        mailed = person.id in facts.mailed
        outcome = NoticeOutcome.ALREADY_MAILED if mailed else _in_time(notice, settings, facts)
        channels.append((NoticeChannel.EMAIL, outcome))
    if settings.text_on:
        channels.append((NoticeChannel.TEXT, _text(notice, person, settings, facts)))
    if settings.browser_on:
        has_browser = person.id in facts.with_browser
        outcome = _at_once(notice, settings, facts) if has_browser else NoticeOutcome.NO_DEVICE
        channels.append((NoticeChannel.BROWSER, outcome))
    return PersonTold(addressee.user, addressee.because, tuple(channels), person.zone or facts.clock.zone)


def _text(notice: PersonalNotice, person: User, settings: NotificationSettings, facts: NoticeFacts) -> NoticeOutcome:
    number = texts_go_to(settings, person)
    if number is None:
        return NoticeOutcome.NO_NUMBER
    if number in facts.our_numbers:
        return NoticeOutcome.OWN_NUMBER
    if number in facts.opted_out:
        return NoticeOutcome.OPTED_OUT
    return _in_time(notice, settings, facts)


def _in_time(notice: PersonalNotice, settings: NotificationSettings, facts: NoticeFacts) -> NoticeOutcome:
    """Return SENT if a message can be submitted before it is too late, also if it is held until then."""
    if notice.too_late_at is None:
        return NoticeOutcome.SENT
    if facts.now >= notice.too_late_at:
        return NoticeOutcome.TOO_LATE
    return (
        NoticeOutcome.SENT if quiet_until(notice, settings, facts) < notice.too_late_at else NoticeOutcome.QUIET_HOURS
    )


def _at_once(notice: PersonalNotice, settings: NotificationSettings, facts: NoticeFacts) -> NoticeOutcome:
    """Return SENT if a message can be submitted now."""
    if notice.too_late_at is not None and facts.now >= notice.too_late_at:
        return NoticeOutcome.TOO_LATE
    return NoticeOutcome.QUIET_HOURS if quiet_until(notice, settings, facts) > facts.now else NoticeOutcome.SENT


def quiet_until(notice: PersonalNotice, settings: NotificationSettings, facts: NoticeFacts) -> datetime:
    """Return when the person's quiet hours end; now = they are over, or there are none."""
    quiet = in_effect(settings.quiet, facts.clock.quiet) if notice.knows_quiet_hours else None
    return facts.now if quiet is None else release(quiet, facts.now, facts.clock.zone_info)


def _only(addressee: Addressee, outcome: NoticeOutcome) -> PersonTold:
    return PersonTold(addressee.user, addressee.because, ((NoticeChannel.INBOX, outcome),))
