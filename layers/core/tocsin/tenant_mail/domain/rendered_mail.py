"""A mail of a template, with the values of one event."""

from __future__ import annotations

import base64
import hashlib
import io
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from tocsin.content.domain.content import EmailContent
from tocsin.content.domain.html_text import text_part
from tocsin.kernel.domain.errors import RequestTooLarge
from tocsin.tenant_mail.domain.mail_variables import TEMPLATES, TENANT_NAME
from tocsin.tenant_mail.domain.template_text import QR_CODE, QR_CODE_ID, compiled, is_html
from tocsin.tenant_mail.domain.template_words import MailTemplateRow, TemplateWords, words_of

MOST_RENDERED_BYTES = 524_288
"""Of text, HTML and pictures together."""


@dataclass(frozen=True, slots=True)
class InlineImage:
    """A picture that the HTML shows by its Content-ID."""

    id: str
    media_type: str
    data: bytes

    @property
    def data_url(self) -> str:
        """The picture as an address, for a page that is no mail."""
        return f"data:{self.media_type};base64,{base64.b64encode(self.data).decode()}"


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """A mail before it is addressed.

    Attributes:
        sender_name: display name of From, without "@"; "" = none.
        subject: one line.
        html: None = the body is text only.
        unknown: variables that the template does not have; they stand in the mail as they were written.
    """

    sender_name: str
    subject: str
    text: str
    html: str | None = None
    inline_images: tuple[InlineImage, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def content(self) -> EmailContent:
        """The mail as alerts carry it. It passes `check_mail`."""
        sender = self.sender_name or None
        if self.html is None:
            return EmailContent(self.subject, self.text, "text/plain; charset=utf-8", sender)
        seen = hashlib.sha256("\0".join((self.text, self.html)).encode()).hexdigest()[:24]
        shown = _part("text/html; charset=utf-8", self.html)
        if self.inline_images:
            pictures = [_picture(each) for each in self.inline_images]
            shown = _multipart("related", f"=_r{seen}", [shown, *pictures])
        body = _multipart("alternative", f"=_a{seen}", [_part("text/plain; charset=utf-8", self.text), shown])
        head, _, parts = body.partition("\r\n\r\n")
        return EmailContent(self.subject, parts, head.removeprefix("Content-Type: "), sender)


def rendered(name: str, own: MailTemplateRow | None, values: Mapping[str, str], tenant_name: str) -> RenderedMail:
    """Return the mail of a template.

    Args:
        name: one of TEMPLATES.
        own: the account's own template of this name; None = the default.
        values: as `values_of` returns them, or samples. What is missing is "".

    Raises:
        RequestTooLarge: it has more than MOST_RENDERED_BYTES.
    """
    return rendered_words(name, words_of(name, own), values, tenant_name)


def rendered_words(name: str, words: TemplateWords, values: Mapping[str, str], tenant_name: str) -> RenderedMail:
    """Return the mail of a template with these words; otherwise as `rendered`."""
    known = TEMPLATES[name].known
    filled = dict.fromkeys(known, "") | {each: values[each] for each in known if each in values}
    filled[TENANT_NAME] = tenant_name
    sender, subject, body = compiled(words.sender), compiled(words.subject), compiled(words.body)
    unknown = [each for text in (sender, subject, body) for each in text.unknown(known)]
    html = body.as_html(filled) if is_html(words.body) else None
    text = body.as_text(filled) if html is None else text_part(html)
    images = (_qr_code(filled[QR_CODE]),) if html and f"cid:{QR_CODE_ID}" in html and filled.get(QR_CODE) else ()
    size = len(text.encode()) + len((html or "").encode()) + sum(len(each.data) for each in images)
    if size > MOST_RENDERED_BYTES:
        raise RequestTooLarge(MOST_RENDERED_BYTES, "bytes of a mail", size)
    return RenderedMail(
        _without_address(sender.as_header(filled)),
        subject.as_header(filled),
        text,
        html,
        images,
        tuple(dict.fromkeys(unknown)),
    )


def _without_address(name: str) -> str:
    """Return a display name that cannot pass for an address; `mailbox` refuses one that can."""
    return "".join(" at " if "@" in unicodedata.normalize("NFKC", each) else each for each in name)


def _qr_code(text: str) -> InlineImage:
    import segno  # most mails have none

    picture = io.BytesIO()
    segno.make(text, error="m", micro=False).save(picture, kind="png", scale=4)
    return InlineImage(QR_CODE_ID, "image/png", picture.getvalue())


def _part(content_type: str, content: str, *fields: str) -> str:
    return "\r\n".join((f"Content-Type: {content_type}", *fields, "", content))


def _picture(image: InlineImage) -> str:
    return _part(
        image.media_type,
        base64.encodebytes(image.data).decode().strip(),
        "Content-Transfer-Encoding: base64",
        f"Content-ID: <{image.id}>",
        "Content-Disposition: inline",
    )


def _multipart(kind: str, boundary: str, parts: list[str]) -> str:
    written = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts)
    return _part(f'multipart/{kind}; boundary="{boundary}"', f"{written}--{boundary}--\r\n")
