"""What a save makes of mail settings: what is omitted stays, and no secret goes to a server it was not given for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from typing import Any

from tocsin.content.domain.mail_header import UnsafeMail, single_address
from tocsin.egress.domain.url_policy import EgressPolicy, EgressRefused, check_host
from tocsin.kernel.domain.errors import Fault, InvalidRequest
from tocsin.tenant_mail.domain.mail_settings import (
    MOST_RECIPIENTS,
    OFF_BY_DEFAULT,
    SMTP_PORTS,
    MailAuth,
    MailFlag,
    MailSecrets,
    MailServerType,
    MailSettings,
    MailTransport,
    OnUnknown,
)

WORDS = {
    "type": "type", "server": "server", "port": "port", "username": "username", "auth": "auth",
    "tls": "enable_tls_ssl", "starttls": "enable_starttls_auto", "from_address": "from_address", "reply_to": "reply_to",
    "recipients": "recipients", "on_unknown": "on_unknown", "transport": "transport",
    "mails_a_minute": "mails_per_minute", "client_id": "client_id",
}  # fmt: skip
"""The fields of settings, but for flags and secrets, by their words of the API."""

SECRETS = ("password", "client_secret")

_BEGUN = {each.name: each.default for each in fields(MailSettings) if each.name in WORDS}
_CONNECTION = ("type", "server", "port", "username", "auth", "tls", "starttls")
_TYPES = {"type": MailServerType, "auth": MailAuth, "on_unknown": OnUnknown, "transport": MailTransport}


def changed(
    before: MailSettings, given: Mapping[str, Any], policy: EgressPolicy, *, plain_allowed: bool
) -> MailSettings:
    """Return the settings after a save; the version is that of `before`.

    Args:
        given: what the call gives, in words of the API; each value has its type. null sets the default. "" clears a
            text and leaves a secret as it is.
        plain_allowed: mails may go without TLS to a server without sign-in.

    Raises:
        InvalidRequest: `INVALID_HOST`, `TLS_REQUIRED`, `ADDRESS_MALFORMED`, `TOO_MANY` or `REQUIRED`. Not only what is
            given is judged, but what comes of it.
    """
    values = {name: _value(name, given[word]) for name, word in WORDS.items() if word in given}
    flags = dict(before.flags) | {MailFlag(word): given[word] for word in MailFlag if word in given}
    after = replace(before, **values, flags=tuple((word, flags[word]) for word in MailFlag if _says_more(flags, word)))
    after = replace(after, secrets=_secrets(before, after, given))
    if faults := list(_faults(after, policy, plain_allowed)):
        raise InvalidRequest(faults)
    return after


def told(settings: MailSettings) -> dict[str, Any]:
    """Return the settings in words of the API, without secrets."""
    flags = dict(settings.flags)
    found: dict[str, Any] = {word: getattr(settings, name) for name, word in WORDS.items()}
    found["recipients"] = ",".join(settings.recipients)
    for word in MailFlag:
        found[word.value] = flags.get(word, False if word in OFF_BY_DEFAULT else None)
    return found


def is_other_server(before: MailSettings, after: MailSettings) -> bool:
    """Whether mails go another way, so that nothing is known of their server any more."""
    one, other = before.secrets, after.secrets
    return any(getattr(before, name) != getattr(after, name) for name in _CONNECTION) or one != other


def may_use_port(settings: MailSettings, policy: EgressPolicy) -> bool:
    """Whether mails are sent by the port of an own server; on the local engine by every port of its own machine."""
    if settings.type is not MailServerType.SMTP or settings.port is None or settings.port in SMTP_PORTS:
        return True
    return policy.loopback and settings.server in ("localhost", "127.0.0.1", "::1")


def _value(name: str, given: Any) -> Any:
    if given is None:
        return _BEGUN[name]
    if name in _TYPES:
        return _TYPES[name](given)
    if name == "recipients":
        return tuple({each.casefold(): each for each in map(str.strip, given.split(",")) if each}.values())
    if name == "server":
        return given.strip().lower().removesuffix(".")
    if isinstance(given, str):
        return given.strip() or _BEGUN[name]
    return given


def _says_more(flags: Mapping[MailFlag, bool | None], word: MailFlag) -> bool:
    """Whether a flag is not as it is without an entry."""
    return flags.get(word) is not None and (flags[word] is True or word not in OFF_BY_DEFAULT)


def _secrets(before: MailSettings, after: MailSettings, given: Mapping[str, Any]) -> MailSecrets:
    """Return the secrets after a save. A stored one is sent to no server, and to no app, that it was not given for."""
    kept = before.secrets
    other_app = before.type is not after.type or before.client_id != after.client_id
    if (before.type, before.server, before.port) != (after.type, after.server, after.port) or _lost_tls(before, after):
        kept = replace(kept, password=None)
    if other_app:
        kept = replace(kept, client_secret=None)
    if other_app or before.username.casefold() != after.username.casefold():
        kept = replace(kept, refresh_token=None)
    return replace(kept, **{name: given[name] for name in SECRETS if name in given and given[name] != ""})


def _lost_tls(before: MailSettings, after: MailSettings) -> bool:
    return (before.tls or before.starttls) and not (after.tls or after.starttls)


def _faults(settings: MailSettings, policy: EgressPolicy, plain_allowed: bool) -> Iterator[Fault]:
    if settings.server:
        try:
            check_host(settings.server, policy)
        except EgressRefused:
            message = "must be the public name or address of a mail server, like smtp.example.org"
            yield Fault("/server", "INVALID_HOST", message)
    for name in ("from_address", "reply_to"):
        address = getattr(settings, name)
        if address is not None and not _is_address(address):
            yield Fault(f"/{name}", "ADDRESS_MALFORMED", "must be one email address, like alerts@example.org")
    if settings.server and settings.from_address is None and not _is_address(settings.username):
        yield Fault("/from_address", "REQUIRED", "is needed because `username` is no email address")
    if len(settings.recipients) > MOST_RECIPIENTS:
        yield Fault("/recipients", "TOO_MANY", f"must be at most {MOST_RECIPIENTS} addresses with commas between them")
    elif not all(map(_is_address, settings.recipients)):
        yield Fault("/recipients", "ADDRESS_MALFORMED", "must be email addresses with commas between them")
    if settings.server and _goes_in_the_clear(settings) and not plain_allowed:
        yield Fault(
            "/enable_tls_ssl", "TLS_REQUIRED", "mails go by TLS only; set `enable_tls_ssl` or `enable_starttls_auto`"
        )


def _goes_in_the_clear(settings: MailSettings) -> bool:
    return not (settings.tls or settings.starttls) and settings.auth is MailAuth.DISABLE


def _is_address(text: str) -> bool:
    try:
        single_address("address", text)
    except UnsafeMail:
        return False
    return True
