"""What arrived on the phones and in the mailboxes, as one shape."""

from __future__ import annotations

import email.policy
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parseaddr
from html.parser import HTMLParser
from pathlib import Path

from infra.local.browser.browsers import Push
from infra.local.captured import Text

SMS = "sms"
EMAIL = "email"
PUSH = "push"

_WHEN = re.compile(r"\d{8}-\d{6}-\d{6}")
_ASKING = re.compile(r"\b(?:reply|answer|text|send|press|write|respond)\b", re.IGNORECASE)
_KEYWORD = re.compile(
    r"(?<![\w:.,/-])(?:([1-9])(?!\w|[:.,/]\d|\s*(?:min|hour|h\b|sec|s\b|day|%))"
    r"|([A-Z]{2,12})(?!\w)|[\"“]([^\W_]{1,12})[\"”])"
)
_NO_KEYWORDS = frozenset({"STOP", "HELP", "SMS", "UTC", "GMT"})
"""Words in capitals that are no answers. STOP has a button of its own."""

KEYWORDS = 6
"""Most buttons for keywords."""


@dataclass(frozen=True, slots=True)
class Message:
    """One text, mail or push, as its receiver has it.

    Attributes:
        id: unique in the engine: SNS's MessageId, or the name of the mail's file.
        channel: SMS, EMAIL or PUSH.
        to: a number or a mail address; of a push that of its person.
        sender: of a mail its From, of a text a number or an alphanumeric sender; of a push "".
        at: None for a text of an earlier run.
        reply_to: where a mail's answer goes; of a text "".
        files: names of a mail's attachments.
        arrived: whether it is on the phone; a mail in a folder is.
        opens: of a push the page that a click opens.
        by_own_server: a mail that the account's own mail server took: it takes no replies.
    """

    id: str
    channel: str
    to: str
    sender: str
    text: str
    at: datetime | None = None
    subject: str = ""
    reply_to: str = ""
    files: tuple[str, ...] = ()
    arrived: bool = True
    by_own_server: bool = False
    opens: str = ""

    @property
    def can_be_answered(self) -> bool:
        """Whether its sender takes replies: an alphanumeric sender does not."""
        return self.arrived and not self.by_own_server and (self.channel == EMAIL or self.sender.startswith("+"))


def text_message(text: Text, *, arrived: bool) -> Message:
    """Return a text as a message."""
    return Message(text.id, SMS, text.to, text.sender, text.text, text.at, arrived=arrived)


def push_message(push: Push) -> Message:
    """Return a push as a message: its title is the subject."""
    return Message(push.id, PUSH, push.to, "", push.text, push.shown_at, subject=push.title, opens=push.url)


def mail_message(path: Path, *, by_own_server: bool = False) -> Message:
    """Return a mail of the mail folder as a message.

    Raises:
        OSError: the file is deleted.
    """
    mail = BytesParser(policy=email.policy.default).parsebytes(path.read_bytes())
    when = _WHEN.match(path.name)
    return Message(
        id=path.name,
        channel=EMAIL,
        to=parseaddr(str(mail.get("To", "")))[1],
        sender=str(mail.get("From", "")),
        text=_words_of(mail),
        at=datetime.strptime(when[0], "%Y%m%d-%H%M%S-%f").replace(tzinfo=UTC) if when else None,
        subject=str(mail.get("Subject", "")),
        reply_to=parseaddr(str(mail.get("Reply-To", "")))[1],
        by_own_server=by_own_server,
        files=tuple(part.get_filename() or part.get_content_type() for part in mail.iter_attachments()),
    )


def keywords_in(text: str) -> list[str]:
    """Return the answers that a text asks for, in its order, at most KEYWORDS: `reply 1 or 2`, `answer YES`.

    They stand after the first word such as `reply`: a digit, a word in capitals, or one word in quotation marks.
    """
    asking = _ASKING.search(text)
    matches = _KEYWORD.finditer(text, asking.end()) if asking else ()
    found = [next(word for word in match.groups() if word) for match in matches]
    return list(dict.fromkeys(word for word in found if word not in _NO_KEYWORDS))[:KEYWORDS]


def _words_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain", "html"))
    if part is None:
        return ""
    content = str(part.get_content())
    if part.get_content_subtype() != "html":
        return content.strip()
    reader = _Words()
    reader.feed(content)
    return reader.text


class _Words(HTMLParser):
    """Collects the text of a page, one line per block."""

    _LINES = frozenset({"p", "br", "div", "tr", "li", "h1", "h2", "h3"})

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ("script", "style", "head")
        if tag in self._LINES:
            self._parts.append("\n")
        self._parts += [f" {value} " for name, value in attrs if tag == "a" and name == "href" and value]

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("script", "style", "head") and self._hidden > 0

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._parts.append(data)

    @property
    def text(self) -> str:
        lines = (" ".join(line.split()) for line in "".join(self._parts).splitlines())
        return "\n".join(line for line in lines if line)
