"""What one receiver reads: an item's words, compiled once, filled in once per receiver at the moment of sending."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.recipient import Recipient
from tocsin.content.domain.content import EmailContent, LookupTerms, SmsContent
from tocsin.content.domain.lookups import Facts, LookupText, compile_lookups, literal
from tocsin.content.domain.mail_header import UnsafeMail, guarded
from tocsin.content.domain.mail_parts import MailText
from tocsin.content.domain.rendered_size import RenderedSize, octets
from tocsin.content.domain.sms_text import transliterate
from tocsin.kernel.domain.ids import AlertRef
from tocsin.voice.domain.call_content import CallContent
from tocsin.voice.domain.recording import Recording
from tocsin.voice.domain.script import PromptName, SpokenSsml, SpokenText
from tocsin.voice.domain.speech import Said
from tocsin.voice.domain.ssml import written

Link = Callable[[], str]
"""Returns the receiver's short URL, the same each time."""


def compiled(text: str, terms: LookupTerms | None) -> LookupText:
    """Return a text of an item, ready to be filled in.

    Raises:
        UnknownZone: acceptance asked the same question.
    """
    return literal(text) if terms is None else compile_lookups(text, terms.custom)


@dataclass(frozen=True, slots=True)
class SmsRendering:
    """The text of an sms item."""

    _text: LookupText
    _shared: Mapping[str, str]
    _transliterate: bool

    @staticmethod
    def of(content: SmsContent, terms: LookupTerms | None, alert: AlertRef) -> SmsRendering:
        """Compile it."""
        shared = _shared(terms, alert, content.sender, Channel.SMS)
        return SmsRendering(compiled(content.text, terms), shared, content.transliterate)

    @property
    def unique(self) -> bool:
        """Whether receivers read different texts."""
        return self._text.unique

    def characters(self, at: datetime) -> RenderedSize:
        """Return how many characters receivers read, before the text is transliterated."""
        return RenderedSize.of([(self._text, len, len)], self._shared, at)

    def to(self, recipient: Recipient, at: datetime, link: Link | None = None) -> str:
        """Return what one receiver reads."""
        text = self._text.render(Facts(self._shared, recipient.address, recipient.lookups, at, link))
        return transliterate(text)[0] if self._transliterate else text


@dataclass(frozen=True, slots=True)
class MailRendering:
    """Subject and body of an email item."""

    _content: EmailContent
    _subject: LookupText
    _body: MailText
    _shared: Mapping[str, str]

    @staticmethod
    def of(content: EmailContent, terms: LookupTerms, alert: AlertRef, sender: str) -> MailRendering:
        """Compile them.

        Args:
            sender: the From address, for `{sender}`.
        """
        body = MailText.compile(content.body, content.content_type, terms.custom)
        shared = _shared(terms, alert, sender, Channel.EMAIL)
        return MailRendering(content, compiled(content.subject, terms), body, shared)

    @property
    def unique(self) -> bool:
        """Whether receivers read different mails."""
        return self._subject.unique or any(text.unique for text, _ in self._body.pieces)

    def octets(self, at: datetime) -> RenderedSize:
        """Return how many bytes of subject and body receivers get, before transfer encoding."""
        body = ((text, octets, written) for text, written in self._body.pieces)
        return RenderedSize.of([(self._subject, octets, octets), *body], self._shared, at)

    def check_values(self, recipient: Recipient) -> None:
        """Look at the values of a receiver, each by itself, without writing the mail.

        Raises:
            UnsafeMail: a value would break the subject, or would end a part of the body.
        """
        for name, value in recipient.lookups.items():
            if name in self._subject.custom:
                guarded("Subject", value)
            if self._body.ends_a_part(value):
                raise UnsafeMail("BOUNDARY_IN_VALUE", "Body")

    def to(self, recipient: Recipient, at: datetime, link: Link | None = None) -> EmailContent:
        """Return what one receiver reads; still to be checked and encoded like any mail.

        Raises:
            UnsafeMail: a value would break the subject, or would end a part of the body.
        """
        facts = Facts(self._shared, recipient.address, recipient.lookups, at, link)
        subject = guarded("Subject", self._subject.render(facts))
        return replace(self._content, subject=subject, body=self._body.render(facts))


@dataclass(frozen=True, slots=True)
class CallRendering:
    """What is said in the calls of an item."""

    _content: CallContent
    _texts: Mapping[PromptName, LookupText]
    _shared: Mapping[str, str]

    @staticmethod
    def of(content: CallContent, terms: LookupTerms | None, alert: AlertRef, channel: Channel) -> CallRendering:
        """Compile it."""
        texts = {
            name: compiled(text, terms)
            for name, said in content.prompts.items()
            if (text := readable(said)) is not None
        }
        return CallRendering(content, texts, _shared(terms, alert, spelled(content.number), channel))

    @property
    def unique(self) -> bool:
        """Whether receivers hear different texts."""
        return any(text.unique for text in self._texts.values())

    def characters(self, at: datetime) -> Sequence[RenderedSize]:
        """Return how many characters receivers hear in each prompt that is read out, numbers as they are written."""
        return [
            RenderedSize.of([(text, len, _written_length)], self._shared, at)
            if isinstance(self._content.prompts[name], SpokenSsml)
            else RenderedSize.of([(text, len, len)], self._shared, at)
            for name, text in self._texts.items()
        ]

    def to(self, recipient: Recipient, at: datetime, link: Link | None = None) -> CallContent:
        """Return what one receiver hears at one attempt. Values in SSML are escaped, so they bring no tags."""
        facts = Facts(self._shared, spelled(recipient.address), recipient.lookups, at, link)
        prompts = dict(self._content.prompts)
        for name, text in self._texts.items():
            match prompts[name]:
                case SpokenText() as plain:
                    prompts[name] = replace(plain, text=text.render(facts))
                case SpokenSsml() as document:
                    prompts[name] = replace(document, ssml=text.render(facts, written))
        return replace(self._content, prompts=prompts)


def _written_length(value: str) -> int:
    return len(written(value))


def readable(said: Said) -> str | None:
    """Return the text of a prompt, in which keywords may stand; None for a recording."""
    match said:
        case SpokenText(text=text):
            return text
        case SpokenSsml(ssml=document):
            return document
        case Recording():
            return None


def spelled(number: str) -> str:
    """Return a telephone number as it is read out: digit by digit."""
    return " ".join(char for char in number if char.isdigit())


def _shared(terms: LookupTerms | None, alert: AlertRef, sender: str, channel: Channel) -> Mapping[str, str]:
    reference = "" if terms is None else terms.reference
    return {"sender": sender, "alertid": alert, "reference": reference, "type": channel.value}
