"""The operations of mail settings."""

from __future__ import annotations

from typing import Any

from tocsin.entrypoint.directory_body.shapes import NothingBody
from tocsin.entrypoint.http.operation import ACT_ERRORS, EDIT_ERRORS, RESOURCE_ERRORS, Operation
from tocsin.entrypoint.mail_body import settings as shapes
from tocsin.kernel.domain.ids import TenantId
from tocsin.tenant_mail.application.manage_settings import MailView
from tocsin.tenant_mail.domain.mail_settings import MailSecrets, MailServerState, MailServerType, MailSettings

_TAGS = ("Tenant mail",)
_NEED = "Needs an account owner or an admin, or an API key with such a role."
_SAVED = MailSettings(
    tenant=TenantId("acme"),
    type=MailServerType.SMTP,
    server="smtp.example.org",
    username="alerts@example.org",
    recipients=("office@example.org",),
    secrets=MailSecrets(password="x"),  # noqa: S106 - an example, and never shown
    version=1,
)
_EXAMPLE: dict[str, Any] = shapes.settings_shown(MailView(_SAVED, MailServerState(), system_allowed=True))

OPERATIONS = (
    Operation(
        method="GET", path="/tenant/notification", name="getMailSettings", tags=_TAGS, summary="Read the mail settings",
        description=f"{_NEED} The defaults, if the settings were never saved. Secrets are never in the answer.",
        answer=shapes.MailSettingsResource, errors=RESOURCE_ERRORS, response=_EXAMPLE,
    ),
    Operation(
        method="POST", path="/tenant/notification", name="saveMailSettings", tags=_TAGS, summary="Save mail settings",
        description=f"{_NEED} What is omitted stays, null sets the default. The password is forgotten when type, "
        "server, port, or TLS to plain change without a password in the call. Fields that are only read may stand in "
        "the call and do nothing.",
        bodies=(shapes.MailSettingsBody,), answer=shapes.MailSettingsResource, errors=EDIT_ERRORS,
        request={"type": "SMTP", "server": "smtp.example.org", "username": "alerts@example.org", "password": "…",
                 "recipients": "office@example.org"},
        response=_EXAMPLE,
    ),
    Operation(
        method="POST", path="/tenant/notification/test_email", name="sendTestMail", tags=_TAGS,
        summary="Send a test mail, and wait for the mail server's answer",
        description=f"{_NEED} The answer comes within 25 seconds. 422: the mail did not go, `errors[0]` has `reason` "
        "and the server's own words in `said`. At most 30 an hour. A suppressed receiver gets the mail all the same.",
        bodies=(shapes.TestMailBody,), answer=shapes.TestMailResource,
        errors=tuple(status for status in ACT_ERRORS if status != 412), idempotent=True,
        request={"recipient": "ana@example.org", "subject": "Test", "content": "Does it arrive?"},
        response={"warnings": []},
    ),
    Operation(
        method="POST", path="/tenant/notification/disconnect", name="disconnectMail", tags=_TAGS,
        summary="Forget the consent of a Microsoft 365 or Gmail mailbox",
        description=f"{_NEED} It may be repeated.",
        bodies=(NothingBody,), answer=shapes.MailSettingsResource,
        errors=tuple(status for status in EDIT_ERRORS if status != 412), request={}, response=_EXAMPLE,
    ),
)  # fmt: skip
