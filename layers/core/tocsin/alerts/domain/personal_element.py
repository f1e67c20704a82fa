"""The content of an element at acceptance: lookup values, receivers it cannot be sent to, length of its texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tocsin.alerts.domain.exclusion import Exclusion, ExclusionReason
from tocsin.alerts.domain.receivers import Resolved
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.recipient import Recipient
from tocsin.content.domain.content import EmailContent, LookupTerms, SmsContent
from tocsin.content.domain.lookup_check import LookupFault, checked
from tocsin.content.domain.mail_header import UnsafeMail
from tocsin.content.domain.options import LookupOptions
from tocsin.content.domain.rendered_size import RenderedSize, octets
from tocsin.content.domain.rendering import CallRendering, MailRendering, SmsRendering
from tocsin.content.domain.sms_text import LONGEST, measure, transliterate
from tocsin.kernel.domain.errors import RequestTooLarge
from tocsin.kernel.domain.ids import AlertRef
from tocsin.voice.domain.call_content import CallContent
from tocsin.voice.domain.recording import Recording
from tocsin.voice.domain.speech import SSML_CHARACTERS, check_spoken
from tocsin.voice.domain.unusable import UnusableSpeech

_TOO_LONG = "text_too_long"
_TOO_LARGE = "mail_too_large"
_UNSAFE = "unsafe_value"
_UNSPEAKABLE = "speech_too_long"
_MAY_SHRINK = 4
"""Characters of which transliteration leaves one at least; accents of their own and invisible ones vanish."""

_WRITTEN_OUT = 64 * 1_024
"""Bytes of a mail that is written to see whether it is sound. Of a larger one only the values are looked at here, and
its sender looks at the whole."""

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
        octets: bytes of all mails: of each receiver, or of one if all get the same.
    """

    content: SmsContent | EmailContent
    resolved: Resolved
    terms: LookupTerms | None = None
    segments: int | None = None
    replaced: int = 0
    octets: int = 0


def terms_of(
    content: SmsContent | EmailContent, asked: LookupOptions | None, custom: frozenset[str], client_ref: str
) -> LookupTerms | None:
    """Return how the content's keywords are replaced, None if it has no keywords.

    Raises:
        Unreadable: stored content uses a keyword that is not allowed. Content in the request was checked before.
    """
    texts = [content.text] if isinstance(content, SmsContent) else [content.body, content.subject]
    return terms_of_texts(texts, asked, custom, client_ref)


def terms_of_texts(
    texts: Sequence[str], asked: LookupOptions | None, custom: frozenset[str], client_ref: str
) -> LookupTerms | None:
    """Return how the keywords of these texts are replaced, None if they have no keywords.

    Raises:
        Unreadable: one of them uses a keyword that is not allowed.
    """
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
    mail_bytes: int,
) -> RenderedContent:
    """Return the element ready for acceptance. What is larger than a limit is never written.

    Args:
        link: a sample short link, as long as the real ones.
        gsm_only: whether the key asks for the GSM alphabet.
        mail_bytes: most bytes of one mail.

    Raises:
        RequestTooLarge: every mail is over `mail_bytes`.
    """
    used = frozenset() if terms is None else terms.custom
    resolved = replace(resolved, recipients=tuple(_with_only(used, r) for r in resolved.recipients))
    if isinstance(content, EmailContent):
        mails = _mails(content, terms, resolved, alert, now, link)
        fitting = _fitting(mails, resolved, mail_bytes)
        if mails.rendering is not None and used:
            fitting = _mailable(mails.rendering, mails, len(content.body), fitting, now)
        return RenderedContent(content, fitting, terms, octets=mails.total(fitting.recipients))
    if len(content.text) > LONGEST * _MAY_SHRINK and terms is None:
        return RenderedContent(content, _without(resolved, [False] * len(resolved.recipients), _TOO_LONG))
    text, replaced = transliterate(content.text) if gsm_only else (content.text, 0)
    if terms is None:
        fits = [len(text) <= LONGEST] * len(resolved.recipients)
        fitting = _without(resolved, fits, _TOO_LONG)
        return RenderedContent(replace(content, text=text), fitting, None, measure(text).segments, replaced)
    content = replace(content, transliterate=gsm_only)
    resolved, segments = _sendable(content, terms, resolved, alert, now, link)
    return RenderedContent(content, resolved, terms, segments, replaced)


def _with_only(used: frozenset[str], recipient: Recipient) -> Recipient:
    """Return the receiver with those lookup values only that the content uses."""
    if not recipient.lookups:
        return recipient
    return replace(recipient, lookups={key: value for key, value in recipient.lookups.items() if key in used})


def _sendable(
    content: SmsContent, terms: LookupTerms, resolved: Resolved, alert: AlertRef, now: datetime, link: str
) -> tuple[Resolved, int]:
    """Exclude receivers whose text is too long. Return the others, and the segments of the longest text."""
    rendered = SmsRendering.of(content, terms, alert)
    size = rendered.characters(now)
    most = LONGEST * (_MAY_SHRINK if content.transliterate else 1)
    segments = 0
    common: str | None = None

    def fits(recipient: Recipient) -> bool:
        nonlocal segments, common
        if size.to(recipient, link) > most:
            return False
        text = common or rendered.to(recipient, now, lambda: link)
        if len(text) > LONGEST:
            return False
        if not rendered.unique and common is None:
            common = text
        segments = max(segments, measure(text).segments)
        return True

    return _without(resolved, [fits(recipient) for recipient in resolved.recipients], _TOO_LONG), segments


@dataclass(frozen=True, slots=True)
class _Mails:
    """The sizes of an element's mails, in bytes of subject and body; `rendering` is None without lookups."""

    rendering: MailRendering | None
    size: RenderedSize
    unique: bool
    link: str

    def of(self, recipient: Recipient) -> int:
        return self.size.to(recipient, self.link) if self.unique else self.size.shared

    def total(self, recipients: tuple[Recipient, ...]) -> int:
        return sum(map(self.of, recipients if self.unique else recipients[:1]))


def _mails(
    content: EmailContent, terms: LookupTerms | None, resolved: Resolved, alert: AlertRef, now: datetime, link: str
) -> _Mails:
    if terms is None:
        return _Mails(None, RenderedSize(octets(content.subject) + octets(content.body), {}), unique=False, link=link)
    rendered = MailRendering.of(content, terms, alert, _SENDER)
    return _Mails(rendered, rendered.octets(now), rendered.unique, link)


def _fitting(mails: _Mails, resolved: Resolved, most: int) -> Resolved:
    """Exclude receivers whose mail is too large.

    Raises:
        RequestTooLarge: all are.
    """
    sizes = [mails.of(recipient) for recipient in resolved.recipients]
    if sizes and min(sizes) > most:
        raise RequestTooLarge(most, "bytes of subject and body of one email", max(sizes))
    return _without(resolved, [size <= most for size in sizes], _TOO_LARGE)


def _mailable(rendered: MailRendering, mails: _Mails, body: int, resolved: Resolved, now: datetime) -> Resolved:
    """Exclude receivers whose lookup values would break a mail header or a MIME part; `body` is its characters."""

    def sound(recipient: Recipient) -> bool:
        try:
            rendered.check_values(recipient)
            if body + mails.of(recipient) <= _WRITTEN_OUT:
                rendered.to(recipient, now, lambda: mails.link)
        except UnsafeMail:
            return False
        return True

    return _without(resolved, [sound(recipient) for recipient in resolved.recipients], _UNSAFE)


@dataclass(frozen=True, slots=True)
class _Saying:
    """What an element says to its receivers."""

    rendering: CallRendering
    at: datetime
    link: str

    def fits(self, recipient: Recipient) -> bool:
        """Whether all prompts can be said. What is larger than a limit is never written."""
        sizes = self.rendering.characters(self.at)
        if any(size.to(recipient, self.link) > SSML_CHARACTERS for size in sizes):
            return False
        try:
            for said in self.rendering.to(recipient, self.at, lambda: self.link).prompts.values():
                if not isinstance(said, Recording):
                    check_spoken(said)
        except UnusableSpeech:
            return False
        return True


def callable_to(
    content: CallContent,
    terms: LookupTerms | None,
    resolved: Resolved,
    channel: Channel,
    alert: AlertRef,
    now: datetime,
    link: str,
) -> Resolved:
    """Return the receivers, each with the lookup values that the calls use, without those to whom too much is said.

    Args:
        link: a sample short link, as long as the real ones.
    """
    used = frozenset() if terms is None else terms.custom
    resolved = replace(resolved, recipients=tuple(_with_only(used, r) for r in resolved.recipients))
    if terms is None:
        return resolved
    rendering = CallRendering.of(content, terms, alert, channel)
    saying = _Saying(rendering, now, link)
    if rendering.unique:
        fits = [saying.fits(recipient) for recipient in resolved.recipients]
    else:
        fits = [saying.fits(resolved.recipients[0])] * len(resolved.recipients) if resolved.recipients else []
    return _without(resolved, fits, _UNSPEAKABLE)


def _without(resolved: Resolved, kept: list[bool], detail: str) -> Resolved:
    """Exclude the receivers that are not kept."""
    if all(kept):
        return resolved
    pairs = list(zip(resolved.recipients, kept, strict=True))
    out = [Exclusion.of(who, ExclusionReason.UNSENDABLE, detail) for who, keep in pairs if not keep]
    return Resolved(tuple(who for who, keep in pairs if keep), (*resolved.excluded, *out))
