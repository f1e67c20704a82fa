"""The operations of mail templates."""

from __future__ import annotations

from datetime import UTC, datetime

from tocsin.entrypoint.directory_body.shapes import NothingBody
from tocsin.entrypoint.http.operation import ACT_ERRORS, EDIT_ERRORS, RESOURCE_ERRORS, Operation
from tocsin.entrypoint.mail_body import settings, templates
from tocsin.tenant_mail.domain.mail_variables import TEMPLATES
from tocsin.tenant_mail.domain.rendered_mail import rendered
from tocsin.tenant_mail.domain.template_words import MailTemplateRow

_TAGS = ("Mail templates",)
_NEED = "Needs an account owner or an admin, or an API key with such a role."
_WITHOUT_MATCH = tuple(status for status in ACT_ERRORS if status != 412)
_ROW = MailTemplateRow(
    "DISK_LOW", None, "Disk at %%PBX_DOMAIN%% nearly full", None, datetime(2026, 11, 29, 10, tzinfo=UTC), "u-7"
)
_WORDS = {"subject": _ROW.subject}
_SHOWN = templates.template_shown(_ROW)
_DISK = TEMPLATES["DISK_LOW"]

OPERATIONS = (
    Operation(
        method="GET", path="/default_email_templates", name="listDefaultTemplates", tags=_TAGS,
        summary="List the default mail templates", description=f"{_NEED} There are 14, and nothing changes them.",
        answer=templates.DefaultTemplateList, errors=RESOURCE_ERRORS,
        response={"items": [templates.default_shown(_DISK)]},
    ),
    Operation(
        method="GET", path="/default_email_templates/{name}", name="getDefaultTemplate", tags=_TAGS,
        summary="Read a default template and its variables",
        description=f"{_NEED} A variable is written as `%%NAME%%`, in capitals.",
        answer=templates.DefaultTemplateResource, errors=RESOURCE_ERRORS,
        response=templates.default_with_variables(_DISK),
    ),
    Operation(
        method="GET", path="/custom_email_templates", name="listMailTemplates", tags=_TAGS,
        summary="List the account's own mail templates", description=_NEED, answer=templates.TemplateList,
        errors=RESOURCE_ERRORS, response={"items": [_SHOWN]},
    ),
    Operation(
        method="POST", path="/custom_email_templates", name="createMailTemplate", tags=_TAGS,
        summary="Give a mail the account's own words",
        description=f"{_NEED} What is not given is the default's. A body that holds a tag of HTML is HTML; values are "
        "escaped in it. `warnings` lists variables that the template does not have. 409 if there is one of this name.",
        bodies=(templates.NewTemplateBody,), answer=templates.NewTemplateResource, errors=_WITHOUT_MATCH,
        idempotent=True, created=True, request={"name": "DISK_LOW", **_WORDS}, response={"id": "DISK_LOW", **_SHOWN},
    ),
    Operation(
        method="GET", path="/custom_email_templates/{name}", name="getMailTemplate", tags=_TAGS,
        summary="Read one of the account's own templates", description=_NEED, answer=templates.TemplateResource,
        errors=RESOURCE_ERRORS, response=_SHOWN,
    ),
    Operation(
        method="POST", path="/custom_email_templates/{name}", name="changeMailTemplate", tags=_TAGS,
        summary="Change one of the account's own templates",
        description=f"{_NEED} What is omitted stays, null goes back to the default. The name never changes.",
        bodies=(templates.TemplateWordsBody,), answer=templates.TemplateChangedResource, errors=EDIT_ERRORS,
        request=_WORDS, response={},
    ),
    Operation(
        method="POST", path="/custom_email_templates/{name}/destroy", name="destroyMailTemplate", tags=_TAGS,
        summary="Go back to the default template", description=_NEED, bodies=(NothingBody,),
        answer=templates.TemplateChangedResource, errors=EDIT_ERRORS, request={}, response={},
    ),
    Operation(
        method="POST", path="/custom_email_templates/{name}/preview", name="previewMailTemplate", tags=_TAGS,
        summary="See the mail with sample values",
        description=f"{_NEED} Nothing is stored. What is not given is as the account has it. `html` is null for a body "
        "of text. Show `html` in a sandboxed page only: it is as the account wrote it.",
        bodies=(templates.PreviewBody,), answer=templates.PreviewResource, errors=_WITHOUT_MATCH,
        request=_WORDS, response=templates.preview_shown(rendered("DISK_LOW", _ROW, _DISK.samples, "Example Ltd")),
    ),
    Operation(
        method="POST", path="/custom_email_templates/{name}/test", name="testMailTemplate", tags=_TAGS,
        summary="Mail a sample of the template",
        description=f"{_NEED} The subject begins with `Sample:`. It is a test mail, as that of "
        "`/tenant/notification/test_email`.",
        bodies=(templates.TemplateTestBody,), answer=settings.TestMailResource, errors=_WITHOUT_MATCH, idempotent=True,
        request={"recipient": "ana@example.org"}, response={"warnings": []},
    ),
)  # fmt: skip
