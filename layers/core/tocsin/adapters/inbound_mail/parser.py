"""Parses a MIME message into sender, receivers, text, the person's own part of it, and the domains that signed it.

The input is untrusted, so only simple parts of the standard library are used: the compat32 policy, which keeps headers
as octets and never fails on them. Addresses, encoded words and charsets are parsed beside it, with limits.
"""

from __future__ import annotations

import email.policy
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser

from tocsin.adapters.inbound_mail.addresses import addresses, one_address
from tocsin.adapters.inbound_mail.charsets import decoded
from tocsin.adapters.inbound_mail.flowed import unflowed
from tocsin.adapters.inbound_mail.own_results import signed_by
from tocsin.content.domain.html_text import html_texts
from tocsin.inbound.domain.mail import InboundMail
from tocsin.inbound.domain.own_text import trimmed

_HEAD = 65_536
"""Bytes of a mail in which the addresses of an unreadable one are looked for."""

_MOST_PARTS = 100
_LONGEST_HEADER = 4000
_LONGEST_TEXT = 200_000

_FOR = re.compile(r"\bfor\s+<?([^\s<>;]{1,64}@[^\s<>;]{1,255})>?\s*;")
_ADDRESSEES = ("to", "cc", "delivered-to", "x-original-to", "envelope-to")

Fields = Sequence[tuple[str, str]]
"""Name in lower case and unfolded value of each header, from the top."""


def parse_mail(raw: bytes) -> InboundMail | None:
    """Parse a mail; None if it cannot be parsed. A truncated mail is parsed as far as it goes."""
    try:
        message = BytesParser(policy=email.policy.compat32).parsebytes(raw)
        fields = _fields(message)
        headers: dict[str, str] = {}
        for name, value in fields:
            headers.setdefault(name, value)
        shown = _Shown(_MOST_PARTS)
        text = shown.text(message).strip("\r\n")[:_LONGEST_TEXT]
        own = trimmed(text)
        senders = [value for name, value in fields if name == "from"]
        return InboundMail(
            sender=one_address(senders[0]) if len(senders) == 1 else "",
            addressed_to=tuple(_addressed_to(fields)),
            subject=_decoded(headers.get("subject", "")),
            headers={name: _decoded(value) for name, value in headers.items()},
            return_path=headers.get("return-path"),
            text=text,
            own=replace(own, trimmed=False) if shown.quote_only and own.whole else own,
            signed_by=signed_by(fields),
        )
    except (RecursionError, HeaderParseError, ValueError, LookupError, AttributeError, TypeError):
        # Too many nested parts, or a defect that the parser does not handle.
        return None


def addressed_to(raw: bytes) -> list[str]:
    """Return every address that a mail may have been sent to, from its first bytes; [] if they hold none."""
    try:
        return list(_addressed_to(_fields(BytesHeaderParser(policy=email.policy.compat32).parsebytes(raw[:_HEAD]))))
    except (RecursionError, MemoryError, HeaderParseError, ValueError, LookupError, AttributeError, TypeError):
        return []


def _fields(message: Message) -> Fields:
    return [(name.lower(), _unfolded(value)) for name, value in message.raw_items()]


def _unfolded(value: object) -> str:
    """Return a header value in one line; octets beyond ASCII are UTF-8 (RFC 6532), else Windows-1252."""
    text = decoded(str(value).encode("utf-8", "surrogateescape"), "utf-8")
    return re.sub(r"\r?\n[ \t]*", " ", text)[:_LONGEST_HEADER]


def _decoded(value: str) -> str:
    """Return a header value with its encoded words read (RFC 2047)."""
    if "=?" not in value:
        return value
    try:
        batches = decode_header(value)
    except (HeaderParseError, ValueError):
        return value
    return "".join(batch if isinstance(batch, str) else decoded(batch, charset) for batch, charset in batches)


def _addressed_to(fields: Fields) -> Iterator[str]:
    for name in _ADDRESSEES:
        for value in [value for other, value in fields if other == name][:20]:
            yield from addresses(value)
    # The envelope's receiver, as SES records it: a blind copy is named nowhere else.
    received = next((value for name, value in fields if name == "received"), "")
    if found := _FOR.search(received):
        yield found[1]


@dataclass(slots=True)
class _Shown:
    """Collects what a reader would show.

    Attributes:
        left: parts that may still be looked at.
        quote_only: an HTML part was shown that is all quote.
    """

    left: int
    quote_only: bool = False

    def text(self, part: Message) -> str:
        """Return the text of a part: of alternatives the plainest one, of anything else all texts in order."""
        self.left -= 1
        if self.left < 0 or part.get_content_disposition() == "attachment":
            return ""
        kind = part.get_content_type()
        if part.is_multipart():
            return "" if kind.startswith("message/") else self._of_parts(part, kind)
        if kind == "text/plain":
            text = _payload(part)
            if str(part.get_param("format", "")).lower() == "flowed":
                return unflowed(text, delete_space=str(part.get_param("delsp", "")).lower() == "yes")
            return text
        return self._of_html(_payload(part)) if kind == "text/html" else ""

    def _of_parts(self, part: Message, kind: str) -> str:
        children = [child for child in part.get_payload() if isinstance(child, Message)]
        if kind == "multipart/alternative":
            children.sort(key=lambda child: child.get_content_type() != "text/plain")
            return next((text for child in children if (text := self.text(child)).strip()), "")
        return "\n".join(text for child in children if (text := self.text(child)).strip())

    def _of_html(self, html: str) -> str:
        own, whole = html_texts(html)
        self.quote_only = self.quote_only or (not own and bool(whole))
        return own or whole


def _payload(part: Message) -> str:
    octets = part.get_payload(decode=True)
    if not isinstance(octets, bytes):
        return ""
    return decoded(octets[: 4 * _LONGEST_TEXT], part.get_content_charset())
