"""MIME to what is needed of it.

Anybody can send us anything, so the standard library is used as far as it is simple: the old policy, which takes
headers for text and never fails over them. Addresses, encoded words and charsets are read here, with limits.
"""

from __future__ import annotations

import email.policy
import re
from collections.abc import Iterator
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser

from tocsin.inbound.domain.html_text import html_text
from tocsin.inbound.domain.mail import InboundMail

OUR_MAIL_SERVER = "amazonses.com"
"""Its name in Authentication-Results. Headers of this name further down are the sender's own invention."""

_MOST_PARTS = 100
_LONGEST_HEADER = 4000
_LONGEST_TEXT = 200_000

_CHARSETS = re.compile(
    r"utf-?(8|16|16le|16be|32)|us-ascii|ascii|iso-?8859-?\d{1,2}|latin-?\d|windows-?12\d\d|cp12\d\d|cp(437|850|852|932)"
    r"|koi8-[ru]|macintosh|mac-roman|gb2312|gbk|gb18030|big5(-hkscs)?|shift[_-]?jis|sjis|euc-(jp|kr|tw)|iso-2022-(jp|kr)"
    r"|ks_c_5601-1987|tis-620|hz-gb-2312"
)
"""Charsets that mails come in. Python knows more: `idna` and `punycode` take quadratic time, others are no charsets."""

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"@]{1,64}@[^\s<>()\[\],;:\"@]{1,255}")
_FOR = re.compile(r"\bfor\s+<?([^\s<>;]{1,64}@[^\s<>;]{1,255})>?\s*;")
_FOUND = re.compile(r"\b(spf|dkim|dmarc)=([a-z]{1,12})\b")


def parse_mail(raw: bytes) -> InboundMail | None:
    """Take a mail apart; None if it cannot be read. A mail that ends too soon is read as far as it goes."""
    try:
        message = BytesParser(policy=email.policy.compat32).parsebytes(raw)
        headers: dict[str, str] = {}
        for name, value in message.items():
            headers.setdefault(name.lower(), _unfolded(value))
        senders = _addresses(headers.get("from", ""))
        return InboundMail(
            sender=senders[0] if len(senders) == 1 else "",
            addressed_to=tuple(_addressed_to(message)),
            subject=_decoded(headers.get("subject", "")),
            headers={name: _decoded(value) for name, value in headers.items()},
            return_path=headers.get("return-path"),
            text=_text(message)[:_LONGEST_TEXT],
            verdicts=_verdicts(message),
        )
    except (RecursionError, HeaderParseError, ValueError, LookupError, AttributeError, TypeError):
        # Nested a thousand deep, or one of the odder faults the parser has known over the years.
        return None


def _unfolded(value: object) -> str:
    return re.sub(r"\r?\n[ \t]*", " ", str(value))[:_LONGEST_HEADER]


def _decoded(value: str) -> str:
    """Return a header value with its encoded words read (RFC 2047)."""
    if "=?" not in value:
        return value
    try:
        batches = decode_header(value)
    except (HeaderParseError, ValueError):
        return value
    return "".join(batch if isinstance(batch, str) else _in_charset(batch, charset) for batch, charset in batches)


def _addresses(value: str) -> list[str]:
    """Return the addresses in a header value, leaving out whatever stands in quoted display names."""
    return [found[0] for found in _ADDRESS.finditer(_QUOTED.sub("", value))]


def _addressed_to(message: Message) -> Iterator[str]:
    for name in ("to", "cc", "delivered-to", "x-original-to", "envelope-to"):
        for value in message.get_all(name, [])[:20]:
            yield from _addresses(_unfolded(value))
    # The envelope's receiver, as our mail server notes it; blind copies show nowhere else.
    if found := _FOR.search(_unfolded(message.get("received", ""))):
        yield found[1]


def _verdicts(message: Message) -> dict[str, str]:
    for value in message.get_all("authentication-results", []):
        said = _unfolded(value).strip().lower()
        if said.split(";")[0].strip() != OUR_MAIL_SERVER:
            continue
        verdicts: dict[str, str] = {}
        for method, attribution in _FOUND.findall(re.sub(r"\([^()]*\)", "", said)):
            # A mail may bear several signatures; one that holds is enough.
            if verdicts.get(method) != "pass":
                verdicts[method] = attribution
        return verdicts
    return {}


def _text(message: Message) -> str:
    budget = [_MOST_PARTS]
    return _shown(message, budget).strip("\r\n")


def _shown(part: Message, budget: list[int]) -> str:
    """Return what a reader shows of a part: of alternatives the plainest, of anything else all texts in order."""
    budget[0] -= 1
    if budget[0] < 0 or part.get_content_disposition() == "attachment":
        return ""
    kind = part.get_content_type()
    if part.is_multipart():
        if kind.startswith("message/"):
            return ""
        children = [child for child in part.get_payload() if isinstance(child, Message)]
        if kind == "multipart/alternative":
            plain_first = sorted(children, key=lambda child: child.get_content_type() != "text/plain")
            return next((text for child in plain_first if (text := _shown(child, budget)).strip()), "")
        return "\n".join(text for child in children if (text := _shown(child, budget)).strip())
    if kind == "text/plain":
        return _payload(part)
    return html_text(_payload(part)) if kind == "text/html" else ""


def _payload(part: Message) -> str:
    octets = part.get_payload(decode=True)
    if not isinstance(octets, bytes):
        return ""
    return _in_charset(octets[: 4 * _LONGEST_TEXT], part.get_content_charset())


def _in_charset(octets: bytes, charset: str | None) -> str:
    """Decode as declared; a charset that is missing, unknown or wrong is taken for UTF-8, then for Windows-1252."""
    name = (charset or "utf-8").strip().lower()
    tries = [name] if _CHARSETS.fullmatch(name) else []
    if name in {"us-ascii", "ascii", "iso-8859-1", "latin-1", "latin1"}:
        tries = ["utf-8", "cp1252"] if name.endswith("ascii") else ["cp1252", "iso-8859-1"]
    for name in (*tries, "utf-8", "cp1252"):
        try:
            return octets.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    return octets.decode("utf-8", "replace")
