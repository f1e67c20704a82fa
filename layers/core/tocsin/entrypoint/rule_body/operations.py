"""The operations of alert rules, described."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tocsin.entrypoint.alert_body.limits import PAGE_ITEMS
from tocsin.entrypoint.directory_body.resources import MergePatch
from tocsin.entrypoint.directory_body.shapes import NothingBody
from tocsin.entrypoint.http.operation import ACT_ERRORS, EDIT_ERRORS, RESOURCE_ERRORS, Operation, QueryParameter
from tocsin.entrypoint.rule_body import actions, resources, rule, triggers, verbs

_TAGS = ("Alert rules",)
_RULE = "/alert_rules/{id}"
_TRIGGERS, _NOTIFICATIONS = f"{_RULE}/triggers", f"{_RULE}/notifications"
_TRIGGER, _NOTIFICATION = f"{_TRIGGERS}/{{trigger_id}}", f"{_NOTIFICATIONS}/{{notification_id}}"
_ERRORS = {"GET": RESOURCE_ERRORS, "POST": ACT_ERRORS, "PATCH": (*EDIT_ERRORS, 422), "DELETE": EDIT_ERRORS}
_CREATE_ERRORS = tuple(status for status in ACT_ERRORS if status != 412)

_OWNER = "019aa3c45d007c8f9b3a2f6d1e4c7a90"
_ASKED: Mapping[str, Any] = {
    "name": "Missed calls of Support",
    "type": "call",
    "description": "",
    "enabled": True,
    "options": {"max_age": "1h", "urgent": False},
    "triggers": [{"description": "", "filters": {"groups": ["8001"], "statuses": ["missed", "abandoned"]}}],
    "notifications": [
        {"type": "email", "enabled": True, "to": "ana@example.org", "subject": "Missed: %%CALLER_NUMBER%%", "body": ""}
    ],
}
_TRIGGER_EXAMPLE = {
    "id": "5a8f0c21d3e4",
    "description": "",
    "filters": {"groups": ["019aa3c45d007c8f9b3a2f6d1e4c7a94"], "statuses": ["abandoned", "missed"]},
    "out_of_scope": False,
}
_MAIL_EXAMPLE = {"id": "0c21d3e45a8f", **_ASKED["notifications"][0]}
_HEAD_EXAMPLE = {
    "id": "019aa3c4-5d00-7c8f-9b3a-2f6d1e4c7a91",
    "type": "call",
    "owner": _OWNER,
    "name": _ASKED["name"],
    "description": "",
    "enabled": True,
    "options": _ASKED["options"],
    "created_by": _OWNER,
    "company": None,
    "created_at": "2026-03-02T09:00:00.000Z",
    "counts_from": "2026-03-02T09:00:05.000Z",
    "version": 1,
}
_EXAMPLE = {**_HEAD_EXAMPLE, "triggers": [_TRIGGER_EXAMPLE], "notifications": [_MAIL_EXAMPLE]}
_ITEM_EXAMPLE = {
    **_HEAD_EXAMPLE,
    "trigger_count": 1,
    "notification_count": 1,
    "out_of_scope": False,
    "owner_disabled": False,
}
_HOOK_ASKED = {
    "type": "webhook",
    "url": "https://hooks.example.org/calls",
    "method": "POST",
    "headers": [{"preset": "bearer", "token": "s3cret"}],
}
_HOOK_EXAMPLE = {
    "id": "d3e45a8f0c21",
    **_HOOK_ASKED,
    "enabled": True,
    "headers": [{"preset": "bearer", "token": "•••", "set": True}],
    "secret_missing": [],
}

_TEXT = {"type": "string", "minLength": 1}
_LIST_QUERY = (
    QueryParameter(
        "list",
        "`owned` (your own; the default), `all` (also those of others; needs `alerts.all.view`), `deleted` (90 days)",
        {"type": "string", "enum": ["owned", "all", "deleted"]},
    ),
    QueryParameter("type", "only rules of this type", {"type": "string", "enum": ["call", "sip", "sms"]}),
    QueryParameter(
        "enabled", "only enabled rules, or only disabled ones", {"type": "string", "enum": ["true", "false"]}
    ),
    QueryParameter("owner", "id of a person whose rules they are; empty = of any person", {"type": "string"}),
    QueryParameter("search", "a part of name or description, whatever its case", {"type": "string"}),
    QueryParameter(
        "limit", f"entries per page, 1 to {PAGE_ITEMS}", {"type": "integer", "minimum": 1, "maximum": PAGE_ITEMS}
    ),
    QueryParameter("cursor", "`next_cursor` of the page before", _TEXT),
)
_SEE = "For the owner of the rule, and for those who reach it by `alerts.all.view`."
_EDIT = "For the owner of the rule, and for those who reach it by `alerts.all.view` and have all four data scopes."


def _of(name: str, method: str, path: str, summary: str, description: str, **more: Any) -> Operation:
    given = {"errors": _ERRORS[method], **more}
    return Operation(method=method, path=path, name=name, tags=_TAGS, summary=summary, description=description, **given)


OPERATIONS = (
    _of(
        "listAlertRules", "GET", "/alert_rules", "List alert rules",
        "Newest first. A page may be short. `deleted` has the rules that you could see.",
        answer=resources.AlertRuleList, query=_LIST_QUERY, response={"items": [_ITEM_EXAMPLE], "next_cursor": None},
    ),
    _of(
        "createAlertRule", "POST", "/alert_rules", "Create an alert rule",
        "With all its triggers and notifications, or not at all. A rule without a trigger never matches. It counts "
        "5 seconds later. Needs `alerts.all.view` to name another owner; the rule then sees what maker and owner may "
        "both use. An API key needs a role, and names the owner. Lines, groups and people must be in the directory: "
        "400 `NO_SUCH_THING` lists those that are not.",
        bodies=(rule.CallRuleBody, rule.SipRuleBody, rule.SmsRuleBody), answer=resources.AlertRuleResource,
        errors=_CREATE_ERRORS, idempotent=True, created=True, request=_ASKED, response=_EXAMPLE,
    ),
    _of(
        "getAlertRule", "GET", _RULE, "Read an alert rule", _SEE,
        answer=resources.AlertRuleResource, response=_EXAMPLE,
    ),
    _of(
        "changeAlertRule", "PATCH", _RULE, "Change an alert rule",
        f"{_EDIT} Name, description, enabled and options; triggers and notifications have paths of their own. 409 "
        "`IMMUTABLE` for another `type`. A rule that is enabled again counts 5 seconds later.",
        bodies=(MergePatch,), answer=resources.AlertRuleResource,
        request={"enabled": False}, response={**_EXAMPLE, "enabled": False, "version": 2},
    ),
    _of(
        "deleteAlertRule", "DELETE", _RULE, "Delete an alert rule",
        f"{_SEE} Nothing is sent by it any more. Its history stays for 90 days.",
    ),
    _of(
        "copyAlertRule", "POST", f"{_RULE}/copy", "Copy an alert rule",
        f"{_SEE} The copy has the same triggers and notifications, no history, and you as its owner. Without the right "
        "to edit the original, secrets of webhooks stay behind: `secret_missing` names them, and the webhook is off.",
        bodies=(verbs.CopyBody,), answer=resources.CopiedRuleResource, idempotent=True, request={},
        response={**_EXAMPLE, "secret_missing": []},
    ),
    _of(
        "giveAlertRule", "POST", f"{_RULE}/owner", "Switch the owner of an alert rule",
        "One's own needs `alerts.all.view`; that of another needs all four data scopes too. Triggers, notifications "
        "and history stay. 409 `CONFIRM_REQUIRED` lists triggers that the new owner's data scopes stop; the same call "
        "with its `confirm` does it.",
        bodies=(verbs.GiveBody,), answer=resources.AlertRuleResource,
        query=(QueryParameter("confirm", "as in the body", {**_TEXT, "maxLength": 64}),),
        request={"owner": _OWNER}, response={**_EXAMPLE, "version": 2},
    ),
    _of(
        "testAlertRule", "POST", f"{_RULE}/test", "Test an alert rule",
        f"{_EDIT} Each enabled notification is sent a sample, marked as a test, with values that the filters of the "
        "first trigger have. The rule may be disabled. 409 `NOTHING_ENABLED` if all notifications are. At most 10 a "
        "minute. A sandbox key sends to the faked provider. History has the messages.",
        bodies=(NothingBody,), answer=resources.RuleTestResource, idempotent=True, accepted=True, request={},
        response={
            "test": "019aa3c4-6d00-7c8f-9b3a-2f6d1e4c7a92",
            "messages": [{"notification_id": _MAIL_EXAMPLE["id"], "recipient": "ana@example.org"}],
        },
    ),
    _of(
        "exportAlertRule", "GET", f"{_RULE}/export", "Export an alert rule",
        f"{_SEE} `html` (the default): its settings and a diagram, to print. `mht`: the same in one file. `svg`: the "
        "diagram. `json`: what `POST /alert_rules` takes. No secret of a webhook is in any of them, and no value of "
        "its query; a webhook that lacks one of those comes back switched off.",
        media="text/html", other_media=("multipart/related", "image/svg+xml", "application/json"),
        query=(
            QueryParameter("format", "of the file", {"type": "string", "enum": ["html", "mht", "svg", "json"]}),
        ),
    ),
    _of(
        "shareAlertRule", "POST", f"{_RULE}/share", "Share an alert rule",
        f"{_SEE} Returns the address of its page in the console, and stores nothing: who opens it must sign in, and "
        "may see the rule or not.",
        bodies=(NothingBody,), answer=resources.SharedRuleResource, request={},
        response={"url": "https://console.example.org/console/rules/019aa3c4-5d00-7c8f-9b3a-2f6d1e4c7a91"},
    ),
    _of(
        "listRuleTriggers", "GET", _TRIGGERS, "List the triggers of a rule", f"{_SEE} `ETag` is the rule's.",
        answer=resources.RuleTriggerList, response={"items": [_TRIGGER_EXAMPLE], "next_cursor": None},
    ),
    _of(
        "addRuleTrigger", "POST", _TRIGGERS, "Add a trigger", f"{_EDIT} `ETag` is the rule's.",
        bodies=(triggers.CallTriggerBody, triggers.SipTriggerBody, triggers.SmsTriggerBody),
        answer=resources.RuleTriggerResource, created=True, idempotent=True,
        request=_ASKED["triggers"][0], response=_TRIGGER_EXAMPLE,
    ),
    _of(
        "getRuleTrigger", "GET", _TRIGGER, "Read a trigger", _SEE,
        answer=resources.RuleTriggerResource, response=_TRIGGER_EXAMPLE,
    ),
    _of(
        "changeRuleTrigger", "PATCH", _TRIGGER, "Change a trigger", f"{_EDIT} `ETag` is the rule's.",
        bodies=(MergePatch,), answer=resources.RuleTriggerResource,
        request={"description": "Support"}, response={**_TRIGGER_EXAMPLE, "description": "Support"},
    ),
    _of("deleteRuleTrigger", "DELETE", _TRIGGER, "Delete a trigger", _EDIT),
    _of(
        "listRuleNotifications", "GET", _NOTIFICATIONS, "List the notifications of a rule",
        f"{_SEE} `ETag` is the rule's.",
        answer=resources.NotificationList, response={"items": [_MAIL_EXAMPLE, _HOOK_EXAMPLE], "next_cursor": None},
    ),
    _of(
        "addRuleNotification", "POST", _NOTIFICATIONS, "Add a notification",
        f"{_EDIT} A mail to one address, texts to 1 to 50 numbers, or a webhook. Secrets of a webhook are written and "
        "never read.",
        bodies=(actions.EmailActionBody, actions.SmsActionBody, actions.WebhookActionBody),
        answer=resources.WebhookNotificationResource,
        others=(resources.EmailNotificationResource, resources.SmsNotificationResource),
        created=True, idempotent=True, request=_HOOK_ASKED, response=_HOOK_EXAMPLE,
    ),
    _of(
        "toggleRuleNotifications", "PATCH", _NOTIFICATIONS, "Enable or disable notifications",
        f"{_EDIT} All of `ids`, or none: 404 names those that are not of this rule.",
        bodies=(verbs.ToggleBody,), answer=resources.NotificationList,
        request={"ids": [_MAIL_EXAMPLE["id"]], "enabled": False},
        response={"items": [{**_MAIL_EXAMPLE, "enabled": False}], "next_cursor": None},
    ),
    _of(
        "deleteRuleNotifications", "DELETE", _NOTIFICATIONS, "Delete notifications",
        f"{_EDIT} All of `ids`, or none.",
        query=(QueryParameter("ids", "their ids, with commas between them", _TEXT, required=True),),
    ),
    _of(
        "getRuleNotification", "GET", _NOTIFICATION, "Read a notification", _SEE,
        answer=resources.WebhookNotificationResource,
        others=(resources.EmailNotificationResource, resources.SmsNotificationResource), response=_HOOK_EXAMPLE,
    ),
    _of(
        "changeRuleNotification", "PATCH", _NOTIFICATION, "Change a notification",
        f"{_EDIT} A secret that is not written, or written as `•••`, stays. If scheme, host or port of the URL change, "
        "secrets go: `cleared` names them, and the webhook is off until they are written. 409 `IMMUTABLE` for another "
        "`type`.",
        bodies=(MergePatch,), answer=resources.WebhookNotificationResource,
        others=(resources.EmailNotificationResource, resources.SmsNotificationResource),
        request={"method": "PUT"}, response={**_HOOK_EXAMPLE, "method": "PUT"},
    ),
    _of("deleteRuleNotification", "DELETE", _NOTIFICATION, "Delete a notification", _EDIT),
    _of(
        "getExampleRequest", "GET", f"{_NOTIFICATION}/example_request", "Show what a webhook sends",
        f"{_SEE} 404 for a mail or a text: they make no request.",
        answer=resources.ExampleRequestResource,
        response={
            "method": "POST", "url": "https://hooks.example.org/calls",
            "headers": {"Content-Type": "application/json", "Authorization": "Bearer •••"},
            "body": {"alertName": "Missed calls of Support", "alertType": "call", "test": True},
        },
    ),
)  # fmt: skip
