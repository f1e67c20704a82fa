"""What a request says about the content of an element, by channel."""

from __future__ import annotations

from dataclasses import dataclass, field

from tocsin.voice.domain.script import Script, Simple
from tocsin.voice.domain.speech import SpeechOptions


@dataclass(frozen=True, slots=True)
class SmsOptions:
    """Fields only an sms element has."""

    sender: str


@dataclass(frozen=True, slots=True)
class EmailOptions:
    """Fields only an email element has.

    Attributes:
        to, sender, reply_to: display parts without "@".
        content_type: used when `boundary` is None; None = `text/plain; charset=us-ascii`.
        boundary: set for a multipart body.
    """

    to: str | None = None
    sender: str | None = None
    reply_to: str | None = None
    subject: str | None = None
    content_type: str | None = None
    boundary: str | None = None


@dataclass(frozen=True, slots=True)
class VoiceOptions:
    """Fields only call and inboundCall elements have.

    Attributes:
        number: E.164: the number that calls; of an inboundCall the number that is called.
        speech: how the inline content is said; None = the content is stored.
        script: the dialogue; an inboundCall asks for nothing.
        attempts: calls to one receiver until one succeeds, 1..10.
    """

    number: str
    speech: SpeechOptions | None = None
    script: Script = field(default_factory=Simple)
    attempts: int = 1


@dataclass(frozen=True, slots=True)
class LookupOptions:
    """That keywords are to be replaced, and which.

    Attributes:
        unique: keywords that differ between recipients may be used; true with a shortlink.
        shortlink: a short link is described.
        reference: what `{reference}` says; None = the call's clientRef.
        url: where short links lead; None = a page that says thank you.
        confirm: whether short links show a page with a button first; None = it depends (see `short_links`).
    """

    unique: bool = False
    shortlink: bool = False
    reference: str | None = None
    url: str | None = None
    confirm: bool | None = None
