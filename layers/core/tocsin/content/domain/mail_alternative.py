"""A mail that is text and HTML at once: its reader shows one of the two."""

from __future__ import annotations

import hashlib

from tocsin.content.domain.content import EmailContent

_PARTS = (
    "--{boundary}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    "--{boundary}\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n--{boundary}--\r\n"
)


def text_and_html(subject: str, text: str, html: str | None) -> EmailContent:
    """Return a mail; `html` None = the text alone. It passes `check_mail` if subject and text are lawful."""
    if html is None:
        return EmailContent(subject, text, "text/plain; charset=utf-8")
    said = "\0".join((text, html)).encode("utf-8", "surrogatepass")
    boundary = f"=_a{hashlib.sha256(said).hexdigest()[:24]}"
    body = _PARTS.format(boundary=boundary, text=text, html=html)
    return EmailContent(subject, body, f'multipart/alternative; boundary="{boundary}"')
