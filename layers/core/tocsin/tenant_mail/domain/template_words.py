"""What templates say: the account's own words, and the default where it gives none.

Defaults are files: each has the subject in its first line, and one frame is around all bodies.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path

from tocsin.tenant_mail.domain.mail_variables import TENANT_NAME

_FOLDER = Path(__file__).with_name("default_templates")
_WORDS = "<!-- words -->\n"


@dataclass(frozen=True, slots=True)
class TemplateWords:
    """What a template says.

    Attributes:
        sender: display name of From.
        body: text, or HTML.
    """

    sender: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class MailTemplateRow:
    """A template of an account's own. None: as in the default template.

    Attributes:
        name: one of the 14 names.
        sender: display name of From.
        updated_by: id of a person or an API key.
    """

    name: str
    sender: str | None
    subject: str | None
    body: str | None
    updated_at: datetime
    updated_by: str
    version: int = 1

    def with_words(self, words: Mapping[str, str | None]) -> MailTemplateRow:
        """Return the template with those of `sender`, `subject` and `body` that are given."""
        return replace(
            self,
            sender=words.get("sender", self.sender),
            subject=words.get("subject", self.subject),
            body=words.get("body", self.body),
        )


@cache
def default_template(name: str) -> TemplateWords:
    """Return the default of a template; `name` is one of TEMPLATES."""
    subject, _, words = (_FOLDER / f"{name}.html").read_text("utf-8").partition("\n\n")
    frame = (_FOLDER / "frame.html").read_text("utf-8")
    return TemplateWords(f"%%{TENANT_NAME}%%", subject, frame.replace(_WORDS, words))


def words_of(name: str, own: MailTemplateRow | None) -> TemplateWords:
    """Return what a template says: the account's own, and the default where it gives nothing."""
    words = default_template(name)
    if own is None:
        return words
    return TemplateWords(
        words.sender if own.sender is None else own.sender,
        words.subject if own.subject is None else own.subject,
        words.body if own.body is None else own.body,
    )
