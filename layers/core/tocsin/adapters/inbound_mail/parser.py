"""Parses a MIME message into sender, receivers, text and authentication results.

The input is untrusted, so only simple parts of the standard library are used: the compat32 policy, which keeps headers
as text and never fails on them. Addresses, encoded words and charsets are parsed here, with limits.
"""

from __future__ import annotations

import email.policy
import re
from collections.abc import Iterator
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser

from tocsin.inbound.domain.html_text import html_text
from tocsin.inbound.domain.mail import InboundMail

OUR_MAIL_SERVER = "amazonses.com"
"""Name of SES in Authentication-Results. Further headers of this name may be forged by the sender."""

_HEAD = 65_536
"""Bytes of a mail in which the addresses of an unreadable one are looked for."""

_MOST_PARTS = 100
_LONGEST_HEADER = 4000
_LONGEST_TEXT = 200_000

_CHARSETS = re.compile(
    r"utf-?(8|16|16le|16be|32)|us-ascii|ascii|iso-?8859-?\d{1,2}|latin-?\d|windows-?12\d\d|cp12\d\d|cp(437|850|852|932)"
    r"|koi8-[ru]|macintosh|mac-roman|gb2312|gbk|gb18030|big5(-hkscs)?|shift[_-]?jis|sjis|euc-(jp|kr|tw)|iso-2022-(jp|kr)"
    r"|ks_c_5601-1987|tis-620|hz-gb-2312"
)
"""Charsets that are decoded. Of the others in Python, `idna` and `punycode` take quadratic time."""

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"@]{1,64}@[^\s<>()\[\],;:\"@]{1,255}")
_FOR = re.compile(r"\bfor\s+<?([^\s<>;]{1,64}@[^\s<>;]{1,255})>?\s*;")
_FOUND = re.compile(r"\b(spf|dkim|dmarc)=([a-z]{1,12})\b")


def parse_mail(raw: bytes) -> InboundMail | None:
    """Parse a mail; None if it cannot be parsed. A truncated mail is parsed as far as it goes."""
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
            verdicts=_authentication_results(message),
        )
    except (RecursionError, HeaderParseError, ValueError, LookupError, AttributeError, TypeError):
        # Too many nested parts, or a defect that the parser does not handle.
        return None


def addressed_to(raw: bytes) -> list[str]:
    """Return every address that a mail may have been sent to, from its first bytes; [] if they hold none."""
    try:
        return list(_addressed_to(BytesHeaderParser(policy=email.policy.compat32).parsebytes(raw[:_HEAD])))
    except (RecursionError, MemoryError, HeaderParseError, ValueError, LookupError, AttributeError, TypeError):
        return []


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
    """Return the addresses in a header value, except those inside quoted display names."""
    return [found[0] for found in _ADDRESS.finditer(_QUOTED.sub("", value))]


def _addressed_to(message: Message) -> Iterator[str]:
    for name in ("to", "cc", "delivered-to", "x-original-to", "envelope-to"):
        for value in message.get_all(name, [])[:20]:
            yield from _addresses(_unfolded(value))
    # The envelope's receiver, as SES records it: a blind copy is named nowhere else.
    if found := _FOR.search(_unfolded(message.get("received", ""))):
        yield found[1]


def _authentication_results(message: Message) -> dict[str, str]:
    for value in message.get_all("authentication-results", []):
        text = _unfolded(value).strip().lower()
        if text.split(";")[0].strip() != OUR_MAIL_SERVER:
            continue
        results: dict[str, str] = {}
        for method, result in _FOUND.findall(re.sub(r"\([^()]*\)", "", text)):
            # A mail may have several signatures; one valid signature is enough.
            if results.get(method) != "pass":
                results[method] = result
        return results
    return {}


def _text(message: Message) -> str:
    budget = [_MOST_PARTS]
    return _shown(message, budget).strip("\r\n")


def _shown(part: Message, budget: list[int]) -> str:
    """Return the text of a part: of alternatives the plainest one, of anything else all texts in order."""
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
