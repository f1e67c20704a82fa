"""Notification actions of a rule: a mail, texts or a webhook. Secrets of a webhook are written and never read."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import urlsplit, urlunsplit

from tocsin.telephony.domain.event import DEPTH_HEADER
from tocsin.webhooks.domain.callback import WebhookMethod

MASK = "•••"
"""What is read in the place of a secret. Written back, it keeps the secret."""

REFUSED_HEADERS = frozenset({
    "connection", "content-length", "content-type", "cookie", "host", "keep-alive", "proxy-authenticate",
    "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", DEPTH_HEADER.lower(),
})  # fmt: skip
"""Names of headers that a rule cannot set: hop-by-hop (RFC 9110, 7.6.1), those of the body, cookies, and our own."""

SIGNATURE_PREFIX = "webhook-"
"""How names of the signature's own headers begin (Standard Webhooks)."""


class HeaderPreset(StrEnum):
    """Kinds of headers; the values are words of the API."""

    BEARER = "bearer"
    X_API_KEY = "x_api_key"
    BASIC = "basic"
    CUSTOM = "custom"


@dataclass(frozen=True, slots=True)
class WebhookHeader:
    """One header of a webhook.

    Attributes:
        name: of a custom header; "" for the others, whose preset says it.
        username: of `basic`; no secret.
        secret: token, value or password; None = it was cleared, or never copied.
    """

    preset: HeaderPreset
    name: str = ""
    username: str = ""
    secret: str | None = None

    @property
    def header_name(self) -> str:
        """The name in the request."""
        match self.preset:
            case HeaderPreset.X_API_KEY:
                return "X-API-Key"
            case HeaderPreset.CUSTOM:
                return self.name
        return "Authorization"

    def header_value(self) -> str:
        """Return the value in the request. Raises ValueError if there is no secret."""
        if self.secret is None:
            raise ValueError("the header has no value")
        match self.preset:
            case HeaderPreset.BEARER:
                return f"Bearer {self.secret}"
            case HeaderPreset.BASIC:
                return "Basic " + base64.b64encode(f"{self.username}:{self.secret}".encode()).decode("ascii")
        return self.secret


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailAction:
    """A mail to one address.

    Attributes:
        body: with `%%NAME%%`; "" = the ordinary text.
    """

    id: str
    to: str
    subject: str
    body: str = ""
    enabled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsAction:
    """Texts from a number of the account to 1..50 numbers.

    Attributes:
        text: with `%%NAME%%`; "" = the ordinary text.
    """

    id: str
    sender: str
    to: tuple[str, ...]
    text: str = ""
    enabled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookAction:
    """A request to a URL. POST and PUT have a JSON body, GET has the same values in its query."""

    id: str
    url: str
    method: WebhookMethod = WebhookMethod.POST
    headers: tuple[WebhookHeader, ...] = ()
    enabled: bool = True

    @property
    def secret_missing(self) -> list[str]:
        """Names of headers without a value; the webhook stays off until they are set or removed."""
        return [header.header_name for header in self.headers if header.secret is None]


RuleAction = EmailAction | SmsAction | WebhookAction

ACTION_TYPE: Mapping[type[RuleAction], str] = {EmailAction: "email", SmsAction: "sms", WebhookAction: "webhook"}
"""The word of the API for each type of action. It never changes (AL-14)."""


@dataclass(frozen=True, slots=True)
class SavedWebhook:
    """A webhook after a change, and the names of headers whose value was `cleared`."""

    action: WebhookAction
    cleared: tuple[str, ...] = ()


class NoSecret(ValueError):
    """A mask was written where there is no secret to keep. `index`: of the header."""

    def __init__(self, index: int) -> None:
        self.index = index
        super().__init__("there is no value to keep")


def with_kept_secrets(before: WebhookAction | None, after: WebhookAction) -> SavedWebhook:
    """Return a webhook with the secrets that a change does not write.

    Args:
        before: the webhook as it stands; None = it is new.
        after: as the change has it. A secret of None or MASK keeps that of the same header.

    Raises:
        NoSecret: a mask with nothing behind it.
    """
    moved = before is not None and origin(before.url) != origin(after.url)
    headers, cleared = [], []
    for index, header in enumerate(after.headers):
        if header.secret not in (None, MASK):
            headers.append(header)
            continue
        kept = _kept(before, header)
        if header.secret == MASK and kept is None:
            raise NoSecret(index)
        if moved and kept is not None:
            cleared.append(header.header_name)
        headers.append(replace(header, secret=None if moved else kept))
    complete = all(header.secret is not None for header in headers)
    return SavedWebhook(replace(after, headers=tuple(headers), enabled=after.enabled and complete), tuple(cleared))


def _kept(before: WebhookAction | None, header: WebhookHeader) -> str | None:
    """Return the secret of the same header as it stands, None if there is none; another user name is another header."""
    for each in () if before is None else before.headers:
        if (each.preset, each.name.lower(), each.username) == (header.preset, header.name.lower(), header.username):
            return each.secret
    return None


def origin(url: str) -> tuple[str, str, int | None]:
    """Return scheme, host and port: who gets the secrets of a webhook."""
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    return scheme, (parts.hostname or "").rstrip("."), parts.port or {"https": 443, "http": 80}.get(scheme)


def masked_url(url: str) -> str:
    """Return a URL whose query values cannot be read: they may be secrets."""
    parts = urlsplit(url)
    if not parts.query:
        return url
    fields = (part.partition("=") for part in parts.query.split("&"))
    return urlunsplit(parts._replace(query="&".join(f"{name}={MASK}" for name, _, _ in fields)))


def recipient_of(action: RuleAction) -> tuple[str, ...]:
    """Return who gets the messages of an action. For a webhook: scheme, host and path."""
    match action:
        case EmailAction():
            return (action.to,)
        case SmsAction():
            return action.to
        case WebhookAction():
            return (urlunsplit(urlsplit(action.url)._replace(query="", fragment="")),)


@dataclass(frozen=True, slots=True)
class CopiedAction:
    """An action of a copy, and the names of what the copier must write anew."""

    action: RuleAction
    secret_missing: tuple[str, ...] = ()


def copied(action: RuleAction, *, with_secrets: bool) -> CopiedAction:
    """Return an action of a copied rule. A copier who may not edit the original gets no secret of it.

    Header values and the query of a URL stay behind then, and the webhook is off.
    """
    if with_secrets or not isinstance(action, WebhookAction):
        return CopiedAction(action)
    bare = urlunsplit(urlsplit(action.url)._replace(query=""))
    headers = tuple(replace(header, secret=None) for header in action.headers)
    missing = [header.header_name for header in headers] + (["url"] if bare != action.url else [])
    enabled = action.enabled and not missing
    return CopiedAction(replace(action, url=bare, headers=headers, enabled=enabled), tuple(missing))
