"""Mail templates as calls and answers have them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, ConfigDict, Field, with_config
from typing_extensions import TypedDict

from tocsin.content.domain.mail_header import UnsafeMail, guarded
from tocsin.entrypoint.directory_body.shapes import Email
from tocsin.entrypoint.http.resource_body import ResourceBody
from tocsin.entrypoint.http.wire import mistake, read
from tocsin.kernel.domain.errors import Fault, InvalidRequest
from tocsin.kernel.domain.wire_time import wire_time
from tocsin.tenant_mail.application.manage_templates import told
from tocsin.tenant_mail.domain.mail_variables import TEMPLATES, TENANT_NAME, TemplateKind
from tocsin.tenant_mail.domain.rendered_mail import RenderedMail
from tocsin.tenant_mail.domain.template_text import QR_CODE_ID, warnings_of
from tocsin.tenant_mail.domain.template_words import MailTemplateRow, default_template

_EXACT = with_config(ConfigDict(extra="forbid"))

TemplateName = Literal[
    "USER_CREATION", "QUEUE_CALL_LOST", "QUEUE_SLA", "QUEUE_CALLBACK", "QUEUE_CALLBACK_FAILED", "VOICEMAIL_RECEIVED",
    "CALL_REPORT_COMPLETED", "DISK_LOW", "EMERGENCY_CALL", "LICENSE_LIMITED", "RECHARGE", "CONFERENCE_INVITATION",
    "TRUNK_CONNECTED", "TRUNK_DISCONNECTED",
]  # fmt: skip
assert set(get_args(TemplateName)) == set(TEMPLATES)

BODY_BYTES = 65_536
READ_ONLY = frozenset({"id", "name", "warnings", "updated_at", "updated_by", "version"})
"""Fields of an answer that a call may send back; they do nothing."""

_SENTENCES = {
    "CONTROL_CHARACTER": "must be one line without control characters",
    "ENCODED_WORD": "must be plain text, not encoded as =?…?=",
}


def _header(text: str) -> str:
    try:
        return guarded("header", text)
    except UnsafeMail as error:
        mistake(error.code, _SENTENCES[error.code])


def _sender(text: str) -> str:
    if "@" in unicodedata.normalize("NFKC", text):
        mistake("ADDRESS_IN_NAME", "must be a name, not an address; mails come from `from_address` of the settings")
    return _header(text)


def _body(text: str) -> str:
    if len(text.encode()) > BODY_BYTES:
        mistake("TOO_LONG", f"must have at most {BODY_BYTES} bytes")
    return text


_Sender = Annotated[str, Field(max_length=128), AfterValidator(_sender)] | None
_Subject = Annotated[str, Field(max_length=255), AfterValidator(_header)] | None
_Body = Annotated[str, Field(max_length=BODY_BYTES), AfterValidator(_body)] | None


class TemplateWordsBody(ResourceBody):
    """Words of a template. What is omitted stays; null goes back to the default."""

    sender: Annotated[_Sender, Field(alias="from", description="display name of the sender")] = None
    subject: _Subject = None
    body: Annotated[_Body, Field(description="text, or HTML; HTML if it holds a tag of HTML")] = None


class NewTemplateBody(TemplateWordsBody):
    """A template of the account's own. What is not given is the default's."""

    name: TemplateName


class PreviewBody(TemplateWordsBody):
    """Words to look at. What is not given is as the account has it."""

    values: Annotated[
        dict[str, Annotated[str, Field(max_length=10_000)]],
        Field(description="values of variables, in place of the samples"),
    ] = Field(default_factory=dict)


class TemplateTestBody(ResourceBody):
    """Whom a sample is mailed to."""

    recipient: Email


def given_words(body: Mapping[str, Any]) -> dict[str, str | None]:
    """Return the words that a call gives. Raises InvalidRequest with every fault."""
    return _words(read(TemplateWordsBody, {name: value for name, value in body.items() if name not in READ_ONLY}))


def new_template(body: Mapping[str, Any]) -> tuple[str, dict[str, str | None]]:
    """Return name and words of a new template. Raises InvalidRequest with every fault."""
    found = read(NewTemplateBody, body)
    return found.name, _words(found)


def words_to_preview(kind: TemplateKind, body: Mapping[str, Any]) -> tuple[dict[str, str | None], dict[str, str]]:
    """Return words and values to look at. Raises InvalidRequest with every fault."""
    found = read(PreviewBody, body)
    if unknown := [name for name in found.values if name not in kind.variables]:
        raise InvalidRequest(list(_unknown(kind, unknown)))
    return _words(found), found.values


def _unknown(kind: TemplateKind, names: Iterable[str]) -> Iterable[Fault]:
    known = ", ".join(kind.variables)
    return (Fault("/values", "UNKNOWN_FIELD", f"has an unknown variable; known here: {known}") for _ in list(names)[:1])


def _words(found: TemplateWordsBody) -> dict[str, str | None]:
    return {name: getattr(found, name) for name in ("sender", "subject", "body") if name in found.model_fields_set}


def default_shown(kind: TemplateKind) -> dict[str, Any]:
    """Return a default template as answers show it."""
    words = default_template(kind.name)
    return {"name": kind.name, "from": words.sender, "subject": words.subject, "body": words.body}


def default_with_variables(kind: TemplateKind) -> dict[str, Any]:
    """Return a default template with the variables that it may use."""
    variables = [{"name": each.name, "about": each.about, "sample": each.sample} for each in kind.variables.values()]
    tenant = {"name": TENANT_NAME, "about": "the account's name", "sample": "Example Ltd"}
    return {**default_shown(kind), "event_type": kind.event, "variables": [tenant, *variables]}


def template_shown(template: MailTemplateRow) -> dict[str, Any]:
    """Return a template of an account as answers show it."""
    words, known = told(template), TEMPLATES[template.name].known
    warnings = [each for field, text in words.items() if text for each in warnings_of(field, text, known)]
    return {
        "name": template.name,
        **words,
        "warnings": [
            {"field": each.field, "line": each.line, "variable": each.variable, "suggestion": each.suggestion}
            for each in warnings[:100]
        ],
        "updated_at": wire_time(template.updated_at),
        "updated_by": template.updated_by,
        "version": template.version,
    }


def preview_shown(mail: RenderedMail) -> dict[str, Any]:
    """Return a mail to look at. Its pictures stand in the HTML itself."""
    page = mail.html
    for image in mail.inline_images:
        page = None if page is None else page.replace(f"cid:{QR_CODE_ID}", image.data_url)
    return {
        "from": mail.sender_name,
        "subject": mail.subject,
        "text": mail.text,
        "html": page,
        "unknown": list(mail.unknown),
    }


@_EXACT
class VariableResource(TypedDict):
    """A variable of a template."""

    name: str
    about: Annotated[str, Field(description="where its value comes from; names in backquotes are of the event's data")]
    sample: str


_Default = TypedDict("_Default", {"from": str, "name": TemplateName, "subject": str, "body": str})


@_EXACT
class DefaultTemplateEntry(_Default):
    """A default template."""


@_EXACT
class DefaultTemplateResource(_Default):
    """A default template with what its variables mean."""

    event_type: Annotated[str, Field(description="of the event that the mail is about")]
    variables: list[VariableResource]


@_EXACT
class DefaultTemplateList(TypedDict):
    """All default templates."""

    items: list[DefaultTemplateEntry]


@_EXACT
class TemplateWarningResource(TypedDict):
    """A variable that the template does not have; it is sent as it is written."""

    field: Literal["from", "subject", "body"]
    line: int
    variable: str
    suggestion: Annotated[str | None, Field(description="the variable that may be meant")]


_Words = TypedDict("_Words", {"from": str | None, "subject": str | None, "body": str | None})


@_EXACT
class TemplateResource(_Words):
    """A template of the account's own; null: as in the default."""

    name: TemplateName
    warnings: list[TemplateWarningResource]
    updated_at: str
    updated_by: Annotated[str, Field(description="id of a person or an API key")]
    version: Annotated[int, Field(description="grows with each change; `ETag` holds it")]


@_EXACT
class NewTemplateResource(TemplateResource):
    """A template that was created."""

    id: Annotated[TemplateName, Field(description="its name")]


@_EXACT
class TemplateList(TypedDict):
    """The account's own templates, by name."""

    items: list[TemplateResource]


_Rendered = TypedDict("_Rendered", {"from": str, "subject": str, "text": str, "html": str | None})


@_EXACT
class PreviewResource(_Rendered):
    """A mail with sample values."""

    unknown: Annotated[list[str], Field(description="variables that the template does not have")]


@_EXACT
class TemplateChangedResource(TypedDict):
    """Nothing: it is done."""
