"""What an accepted element says, by channel."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.voice.domain.call_content import CallContent


@dataclass(frozen=True, slots=True)
class SmsContent:
    """A text message.

    Attributes:
        sender: E.164 or an alphanumeric id of 1-11 characters.
        transliterate: its text is put into the GSM alphabet when it is sent; only set where lookups are yet to be
            filled in, any other text is final.
    """

    sender: str
    text: str
    transliterate: bool = False


@dataclass(frozen=True, slots=True)
class EmailContent:
    """An email before it is addressed to anybody.

    Attributes:
        subject: final subject line, reference included.
        body: the body exactly as it is sent, before transfer encoding.
        content_type: full Content-Type value; for multipart it carries the boundary and `body` holds the parts.
        sender, reply_to, to: display parts without "@"; the platform's domain is added when the mail is built.
            None leaves the system default (`alerts`), no Reply-To, and the recipient's own address.
    """

    subject: str
    body: str
    content_type: str
    sender: str | None = None
    reply_to: str | None = None
    to: str | None = None


Content = SmsContent | EmailContent | CallContent


@dataclass(frozen=True, slots=True)
class LookupTerms:
    """How the keywords in what an item says are read.

    Attributes:
        reference: what `{reference}` and the shortlink's events say.
        custom: the contacts' own keys that the item uses.
        shortlink: the item has `{shortlink}` somewhere, so every receiver gets a link.
        url: where the links lead; None = a page that says thank you.
        confirm: whether the links show a page with a button first; None = it depends (see `short_links`).
    """

    reference: str
    custom: frozenset[str] = frozenset()
    shortlink: bool = False
    url: str | None = None
    confirm: bool | None = None
