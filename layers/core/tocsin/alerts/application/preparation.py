"""What the preparation of elements begins with, and what it returns."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from tocsin.alerts.application.call_totals import CallTotals
from tocsin.alerts.domain.capacity import PreparedElement
from tocsin.alerts.domain.elements import Element
from tocsin.alerts.domain.exclusion import ExclusionReason
from tocsin.alerts.domain.receivers import Resolved
from tocsin.alerts.domain.response_kind import Answered
from tocsin.calendar.domain.account_clock import PLAIN
from tocsin.identity.domain.api_key import MAIL_BYTES, PERSONAL_CAP
from tocsin.kernel.domain.ids import AlertRef
from tocsin.stored_content.domain.stored_content import ContentType, StoreRef
from tocsin.voice.ports import DecodeAudio


@dataclass(frozen=True, slots=True)
class Prepared:
    """An element, and the stored content that it uses."""

    element: PreparedElement
    uses: tuple[tuple[StoreRef, ContentType], ...]


@dataclass(frozen=True, slots=True)
class Preparation:
    """What all elements of a call share, apart from the request and its stored content.

    Attributes:
        alert: the reference that the alert will have.
        reference: the reference in the subjects of the alert's emails.
        link: a sample short link, as long as the real ones.
        gsm_only: whether texts are transliterated to the GSM alphabet.
        zone: the account's time zone, for time windows.
        answered: how contacts of the linked set have answered.
        click_counts: whether visits to short links count as answers.
        short_lived: whether messages may expire on their way to the provider.
        personal_cap: most receivers of the call if an element has unique lookups or a short link.
        mail_bytes: most bytes of subject and body of one mail.
        decode: decodes the recordings of calls; None = the voice channel is not served.
        totals: what the call and its steps amount to so far.
    """

    alert: AlertRef
    now: datetime
    reference: str
    link: str
    gsm_only: bool = False
    zone: ZoneInfo = PLAIN.zone_info
    answered: Answered = field(default_factory=dict)
    click_counts: bool = False
    short_lived: bool = False
    personal_cap: int = PERSONAL_CAP
    mail_bytes: int = MAIL_BYTES
    decode: DecodeAudio | None = None
    totals: CallTotals = field(default_factory=CallTotals)


def failed(element: Element, reason: str, those: Resolved, category: ExclusionReason, detail: str = "") -> Prepared:
    """Return an element that fails as a whole: all its receivers are excluded."""
    none = those.none_taken(category, detail).excluded
    code = detail or category.value
    failed = PreparedElement(
        element.channel, element.tag, (), len(none), None, reason, excluded=none, failure_code=code
    )
    return Prepared(failed, ())
