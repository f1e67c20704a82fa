"""Notifications of alert rules as clients write them: mail, texts, webhooks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field, Tag

from tocsin.alert_rules.domain import limits
from tocsin.alert_rules.domain.actions import REFUSED_HEADERS, SIGNATURE_PREFIX
from tocsin.entrypoint.alert_body.words import NOT_BLANK, PRINTABLE, CallbackUrl, Form
from tocsin.entrypoint.directory_body.shapes import Email, Phone
from tocsin.entrypoint.http.resource_body import ResourceBody
from tocsin.entrypoint.http.wire import by_kind, kind_faults
from tocsin.kernel.domain.errors import Fault

_SecretText = Annotated[
    str,
    Field(min_length=1, max_length=limits.SECRET_CHARACTERS),
    Form(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?|•••", "be printable ASCII, without blanks around it"),
]
Secret = Annotated[_SecretText | None, Field(description="written, never read; absent or null = as it was")]
IsSet = Annotated[bool | None, Field(alias="set", description="read only: whether there is a secret")]
Enabled = Annotated[bool, Field(description="false: nothing is sent by it")]
PRESETS = ("bearer", "x_api_key", "basic", "custom")
TYPES = ("email", "sms", "webhook")


class BearerHeaderBody(ResourceBody):
    """`Authorization: Bearer …`."""

    preset: Literal["bearer"]
    token: Secret = None
    is_set: IsSet = None


class ApiKeyHeaderBody(ResourceBody):
    """`X-API-Key: …`."""

    preset: Literal["x_api_key"]
    value: Secret = None
    is_set: IsSet = None


class BasicHeaderBody(ResourceBody):
    """`Authorization: Basic …`."""

    preset: Literal["basic"]
    username: Annotated[
        str,
        Field(min_length=1, max_length=limits.HEADER_NAME_CHARACTERS),
        Form(r"[\x20-\x39\x3b-\x7e]+", "be printable ASCII without a colon"),
    ]
    password: Secret = None
    is_set: IsSet = None


class CustomHeaderBody(ResourceBody):
    """A header by name."""

    preset: Literal["custom"]
    name: Annotated[
        str,
        Field(min_length=1, max_length=limits.HEADER_NAME_CHARACTERS),
        Form(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", "be a name of a header (RFC 9110, 5.6.2)"),
    ]
    value: Secret = None
    is_set: IsSet = None


HeaderBody = Annotated[
    Annotated[BearerHeaderBody, Tag("<bearer>")]
    | Annotated[ApiKeyHeaderBody, Tag("<x_api_key>")]
    | Annotated[BasicHeaderBody, Tag("<basic>")]
    | Annotated[CustomHeaderBody, Tag("<custom>")],
    by_kind("preset"),
]


class EmailActionBody(ResourceBody):
    """A mail to one address."""

    type: Literal["email"]
    enabled: Enabled = True
    to: Annotated[Email, Field(description="who gets it")]
    subject: Annotated[
        str,
        Field(min_length=1, max_length=limits.SUBJECT_CHARACTERS, description="with `%%NAME%%`"),
        Form(f"{NOT_BLANK}{PRINTABLE}", "be one line of text, and not blank"),
    ]
    body: Annotated[
        str,
        Field(max_length=limits.BODY_CHARACTERS, description="plain text with `%%NAME%%`; empty = the ordinary one"),
    ] = ""


class SmsActionBody(ResourceBody):
    """Texts to 1 to 50 numbers."""

    type: Literal["sms"]
    enabled: Enabled = True
    sender: Annotated[Phone, Field(alias="from", description="a number of the account that can send texts")]
    to: Annotated[list[Phone], Field(min_length=1, max_length=limits.SMS_RECEIVERS, description="who gets them")]
    text: Annotated[
        str, Field(max_length=limits.TEXT_CHARACTERS, description="with `%%NAME%%`; empty = the ordinary one")
    ] = ""


class WebhookActionBody(ResourceBody):
    """A request to a URL: a JSON body with POST and PUT, the same values in the query with GET."""

    type: Literal["webhook"]
    enabled: Enabled = True
    url: CallbackUrl
    method: Literal["POST", "PUT", "GET"]
    headers: Annotated[list[HeaderBody], Field(max_length=limits.HEADERS)] = Field(default_factory=list)

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterable[Fault]:
        """Judge the names of the headers, all together."""
        headers = raw.get("headers")
        taken = set[str]()
        for index, header in enumerate(headers[: limits.HEADERS] if isinstance(headers, list) else ()):
            pointer = f"/headers/{index}"
            yield from kind_faults(header, pointer, "preset", PRESETS)
            name = _name_of(header)
            if name is None:
                continue
            if name in REFUSED_HEADERS or name.startswith(SIGNATURE_PREFIX):
                yield Fault(f"{pointer}/name", "RESERVED", "is set by the system, or for one connection only")
            if name in taken:
                yield Fault(pointer, "DUPLICATE", "is a second header of this name")
            taken.add(name)


ActionBody = Annotated[
    Annotated[EmailActionBody, Tag("<email>")]
    | Annotated[SmsActionBody, Tag("<sms>")]
    | Annotated[WebhookActionBody, Tag("<webhook>")],
    by_kind("type"),
]
ACTIONS: Mapping[str, type[ResourceBody]] = {
    "email": EmailActionBody,
    "sms": SmsActionBody,
    "webhook": WebhookActionBody,
}


def action_kind_faults(actions: Any) -> Iterable[Fault]:
    """Yield the faults of the types of a list of notifications."""
    listed: Sequence[Any] = actions[: limits.ACTIONS] if isinstance(actions, list) else ()
    for index, action in enumerate(listed):
        yield from kind_faults(action, f"/notifications/{index}", "type", TYPES)


def _name_of(header: Any) -> str | None:
    """Return the name of a header in small letters, None if it has none that can be read."""
    if not isinstance(header, dict):
        return None
    match header.get("preset"):
        case "bearer" | "basic":
            return "authorization"
        case "x_api_key":
            return "x-api-key"
        case "custom" if isinstance(header.get("name"), str):
            return str(header["name"]).lower()
    return None
