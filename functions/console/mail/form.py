"""The form of mail settings: what stands in it, and what was typed into it."""

from __future__ import annotations

from typing import Any

from console.visit import Form, whole_or_typed
from tocsin.tenant_mail.domain.changed_settings import SECRETS, told
from tocsin.tenant_mail.domain.mail_settings import OFF_BY_DEFAULT, MailFlag, MailServerType, MailSettings

_CHOICES = ("type", "username", "auth", "on_unknown", "transport")
_TEXTS = ("server", "from_address", "reply_to", "client_id")
_NUMBERS = ("port", "mails_per_minute")
_TICKS = ("enable_tls_ssl", "enable_starttls_auto")


def standing(settings: MailSettings) -> Form:
    """Return the form of settings as they stand. Secrets are never shown."""
    fields = told(settings)
    values = {name: ["" if fields[name] is None else str(fields[name])] for name in (*_CHOICES, *_TEXTS, *_NUMBERS)}
    values["type"] = [str(settings.type or MailServerType.SMTP)]
    values["recipients"] = ["\n".join(settings.recipients)]
    ticked = [name for name in _TICKS if fields[name]]
    ticked += [flag.value for flag in MailFlag if _is_on(settings, flag)]
    return Form(values | {name: ["on"] for name in ticked})


def body_of(form: Form, before: MailSettings) -> dict[str, Any]:
    """Return the settings of a form as the API takes them.

    Args:
        before: a switch that is as it was, stays a default if it is one.
    """
    body: dict[str, Any] = {name: form.get(name) for name in _CHOICES}
    body |= {name: form.get(name) or None for name in _TEXTS}
    body |= {name: form.ticked(name) for name in _TICKS}
    body |= {name: whole_or_typed(typed) if (typed := form.get(name)) else None for name in _NUMBERS}
    body["recipients"] = ",".join(filter(None, map(str.strip, form.text("recipients").replace("\n", ",").split(","))))
    for flag in MailFlag:
        if form.ticked(flag.value) is not _is_on(before, flag):
            body[flag.value] = form.ticked(flag.value)
    for name in SECRETS:
        if form.text(name):
            body[name] = form.text(name)
        elif form.ticked(f"forget_{name}"):
            body[name] = None
    return body


def _is_on(settings: MailSettings, flag: MailFlag) -> bool:
    return dict(settings.flags).get(flag, flag not in OFF_BY_DEFAULT)
