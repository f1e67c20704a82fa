"""The content of an element at acceptance: lookup values, receivers it cannot be sent to, length of its texts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from tocsin.alerts.domain.exclusion import Exclusion, ExclusionReason
from tocsin.alerts.domain.receivers import Resolved
from tocsin.contacts.domain.recipient import Recipient
from tocsin.content.domain.content import EmailContent, LookupTerms, SmsContent
from tocsin.content.domain.lookup_check import LookupFault, checked
from tocsin.content.domain.mail_header import UnsafeMail
from tocsin.content.domain.options import LookupOptions
from tocsin.content.domain.rendering import MailRendering, SmsRendering
from tocsin.content.domain.sms_text import LONGEST, measure, transliterate
from tocsin.kernel.domain.ids import AlertRef

_TOO_LONG = "text_too_long"
_UNSAFE = "unsafe_value"
_SENDER = "alerts@example.org"
"""Sample of the platform's From address, which is set when the mail is sent."""


class Unreadable(ValueError):
    """Stored content cannot be used with the element's lookups; the message is for the client."""


@dataclass(frozen=True, slots=True)
class RenderedContent:
    """The content of an element, and its receivers.

    Attributes:
        content: the content; final if `terms` is None.
        resolved: the receivers; recipients have only the lookup values that the content uses.
        terms: how keywords in braces are replaced, None = not at all.
        segments, replaced: see ItemResult.
    """

    content: SmsContent | EmailContent
    resolved: Resolved
    terms: LookupTerms | None = None
    segments: int | None = None
    replaced: int = 0


def terms_of(
    content: SmsContent | EmailContent, asked: LookupOptions | None, custom: frozenset[str], client_ref: str
) -> LookupTerms | None:
    """Return how the content's keywords are replaced, None if it has no keywords.

    Raises:
        Unreadable: stored content uses a keyword that is not allowed. Content in the request was checked before.
    """
    texts = [content.text] if isinstance(content, SmsContent) else [content.body, content.subject]
    compiled = []
    for text in texts:
        found = checked(text, asked, custom)
        if isinstance(found, LookupFault):
            raise Unreadable(f"its text {found.message}")
        compiled.append(found)
    if asked is None or all(text.literal for text in compiled):
        return None
    return LookupTerms(
        reference=asked.reference or client_ref,
        custom=frozenset().union(*(text.custom for text in compiled)),
        shortlink=any(text.uses_shortlink for text in compiled),
        url=asked.url,
        confirm=asked.confirm,
    )


def rendered(
    content: SmsContent | EmailContent,
    terms: LookupTerms | None,
    resolved: Resolved,
    alert: AlertRef,
    now: datetime,
    link: str,
    *,
    gsm_only: bool,
) -> RenderedContent:
    """Return the element ready for acceptance.

    Args:
        link: a sample short link, as long as the real ones.
        gsm_only: whether the key asks for the GSM alphabet.
    """
    used = frozenset() if terms is None else terms.custom
    resolved = replace(resolved, recipients=tuple(_with_only(used, r) for r in resolved.recipients))
    if isinstance(content, EmailContent):
        if terms is not None and terms.custom:
            resolved = _mailable(content, terms, resolved, alert, now, link)
        return RenderedContent(content, resolved, terms)
    text, replaced = transliterate(content.text) if gsm_only else (content.text, 0)
    if terms is None:
        return RenderedContent(replace(content, text=text), resolved, None, measure(text).segments, replaced)
    content = replace(content, transliterate=gsm_only)
    resolved, segments = _sendable(content, terms, resolved, alert, now, link)
    return RenderedContent(content, resolved, terms, segments, replaced)


def _with_only(used: frozenset[str], recipient: Recipient) -> Recipient:
    if not recipient.lookups:
        return recipient
    return replace(recipient, lookups={key: value for key, value in recipient.lookups.items() if key in used})


def _sendable(
    content: SmsContent, terms: LookupTerms, resolved: Resolved, alert: AlertRef, now: datetime, link: str
) -> tuple[Resolved, int]:
    """Exclude receivers whose text is too long. Return the others, and the segments of the longest text."""
    rendered = SmsRendering.of(content, terms, alert)
    if not rendered.unique:
        texts = [rendered.to(resolved.recipients[0], now)] * len(resolved.recipients) if resolved.recipients else []
    else:
        texts = [rendered.to(recipient, now, lambda: link) for recipient in resolved.recipients]
    fits = [len(text) <= LONGEST for text in texts]
    segments = max((measure(text).segments for text in set(texts) if len(text) <= LONGEST), default=0)
    return _without(resolved, fits, _TOO_LONG), segments


def _mailable(
    content: EmailContent, terms: LookupTerms, resolved: Resolved, alert: AlertRef, now: datetime, link: str
) -> Resolved:
    """Exclude receivers whose lookup values would break a mail header or a MIME part."""
    rendered = MailRendering.of(content, terms, alert, _SENDER)

    def sound(recipient: Recipient) -> bool:
        try:
            rendered.to(recipient, now, lambda: link)
        except UnsafeMail:
            return False
        return True

    return _without(resolved, [sound(recipient) for recipient in resolved.recipients], _UNSAFE)


def _without(resolved: Resolved, kept: list[bool], detail: str) -> Resolved:
    if all(kept):
        return resolved
    pairs = list(zip(resolved.recipients, kept, strict=True))
    out = [Exclusion.of(who, ExclusionReason.UNSENDABLE, detail) for who, keep in pairs if not keep]
    return Resolved(tuple(who for who, keep in pairs if keep), (*resolved.excluded, *out))
