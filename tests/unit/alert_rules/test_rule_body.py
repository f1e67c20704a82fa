"""Rules as clients write them are judged with every fault; what passes becomes the rule, and back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.fakes.time import NOON
from tests.unit.alert_rules.worlds import NAMES, NUMBERS, a_rule, a_trigger
from tocsin.alert_rules.domain.actions import (
    MASK,
    EmailAction,
    HeaderPreset,
    NoSecret,
    SmsAction,
    WebhookAction,
    WebhookHeader,
    masked_url,
    recipient_of,
    with_kept_secrets,
)
from tocsin.alert_rules.domain.facts import AccountNames
from tocsin.alert_rules.domain.fields import (
    action_fields,
    action_of,
    check_same_type,
    head_fields,
    options_of,
    trigger_fields,
    trigger_of,
)
from tocsin.alert_rules.domain.references import KnownThings, action_faults, trigger_faults
from tocsin.alert_rules.domain.rule import (
    RuleOptions,
    RuleThrottle,
    ThrottleBy,
    copied_rule,
    toggled,
    unknown_actions,
    without_actions,
)
from tocsin.alert_rules.domain.triggers import DailyHours, FilterName, RuleType, SecondsRange
from tocsin.directory.domain.versions import merged
from tocsin.egress.domain.url_policy import CLOSED
from tocsin.entrypoint.rule_body.rule import read_action, read_head, read_rule, read_trigger
from tocsin.identity.domain.visibility import Made
from tocsin.kernel.domain.errors import Immutable, InvalidRequest, WrongState
from tocsin.kernel.domain.ids import UserId

RULE: dict[str, Any] = {"name": "Missed", "type": "call"}
MAIL = {"type": "email", "to": "ana@x.test", "subject": "Missed"}
TEXT = {"type": "sms", "from": NUMBERS[0], "to": [NUMBERS[10]]}
HOOK = {"type": "webhook", "url": "https://hooks.example.org/a?key=1", "method": "POST"}
SIP = {"lines": ["l3"], "events": ["unregistered"]}


def faults(read: Any, *given: Any) -> set[tuple[str, str]]:
    """Return pointer and code of every fault."""
    with pytest.raises(InvalidRequest) as caught:
        read(*given)
    return {(fault.pointer, fault.code) for fault in caught.value.faults}


def test_a_rule_needs_no_more_than_name_and_type() -> None:
    assert read_rule(RULE) == RULE | {
        "description": "", "enabled": True, "options": {"max_age": "1h", "urgent": False}, "triggers": [],
        "notifications": [],
    }  # fmt: skip


def test_al_1_name_and_type_are_both_missed_at_once() -> None:
    assert faults(read_rule, {}) == {("/type", "REQUIRED"), ("/name", "REQUIRED")}
    assert faults(read_rule, {"type": "fax", "name": " "}) == {("/type", "NOT_ALLOWED"), ("/name", "WRONG_FORM")}


@pytest.mark.parametrize(
    ("given", "pointer", "code"),
    [
        ({"name": "x" * 81}, "/name", "TOO_LONG"),
        ({"name": "two\nlines"}, "/name", "WRONG_FORM"),
        ({"description": "x" * 1_001}, "/description", "TOO_LONG"),
        ({"triggers": [{}] * 21}, "/triggers", "TOO_MANY"),
        ({"triggers": [{"description": "x" * 81}]}, "/triggers/0/description", "TOO_LONG"),
        ({"triggers": [{"filters": {"lines": ["l"] * 201}}]}, "/triggers/0/filters/lines", "TOO_MANY"),
        ({"triggers": [{"filters": {"lines": []}}]}, "/triggers/0/filters/lines", "TOO_FEW"),
        ({"triggers": [{"filters": {"events": ["registered"]}}]}, "/triggers/0/filters/events", "UNKNOWN_FIELD"),
        ({"notifications": [MAIL] * 21}, "/notifications", "TOO_MANY"),
        ({"notifications": [{"type": "fax"}]}, "/notifications/0/type", "NOT_ALLOWED"),
        ({"notifications": [MAIL | {"subject": "x" * 201}]}, "/notifications/0/subject", "TOO_LONG"),
        ({"notifications": [MAIL | {"body": "x" * 10_001}]}, "/notifications/0/body", "TOO_LONG"),
        ({"notifications": [TEXT | {"text": "x" * 481}]}, "/notifications/0/text", "TOO_LONG"),
        ({"notifications": [TEXT | {"to": [NUMBERS[1]] * 51}]}, "/notifications/0/to", "TOO_MANY"),
        ({"notifications": [HOOK | {"url": "https://x.test/" + "x" * 2_040}]}, "/notifications/0/url", "TOO_LONG"),
        (
            {"notifications": [HOOK | {"headers": [{"preset": "custom", "name": "x", "value": "y"}] * 17}]},
            "/notifications/0/headers",
            "TOO_MANY",
        ),
        ({"options": {"throttle": {"max": 0, "per": "1h"}}}, "/options/throttle/max", "OUT_OF_RANGE"),
        ({"options": {"throttle": {"max": 1, "per": "59s"}}}, "/options/throttle/per", "OUT_OF_RANGE"),
        ({"options": {"throttle": {"max": 1, "per": "25h"}}}, "/options/throttle/per", "OUT_OF_RANGE"),
        ({"options": {"digest": {"every": "4m"}}}, "/options/digest/every", "OUT_OF_RANGE"),
        ({"options": {"hold": {"for": "2m"}}}, "/options/hold", "UNKNOWN_FIELD"),  # a call goes not offline
        ({"options": {"max_age": "73h"}}, "/options/max_age", "OUT_OF_RANGE"),
        ({"colour": "red"}, "/colour", "UNKNOWN_FIELD"),
    ],
)
def test_every_limit_of_a_rule_has_its_fault(given: dict[str, Any], pointer: str, code: str) -> None:
    assert (pointer, code) in faults(read_rule, RULE | given)


@pytest.mark.parametrize("length", ["29s", "25h"])
def test_a_hold_is_of_30_seconds_to_24_hours(length: str) -> None:
    sip = {"name": "Phones", "options": {"hold": {"for": length}}}
    assert faults(read_head, RuleType.SIP, sip) == {("/options/hold/for", "OUT_OF_RANGE")}


def test_al_17_a_mail_needs_receiver_and_subject() -> None:
    assert faults(read_action, {"type": "email"}) == {("/to", "REQUIRED"), ("/subject", "REQUIRED")}


def test_al_18_a_text_needs_receivers() -> None:
    assert faults(read_action, TEXT | {"to": []}) == {("/to", "TOO_FEW")}


@pytest.mark.parametrize("method", ["PATCH", "DELETE", "get"])
def test_al_21_a_webhook_is_sent_by_post_put_or_get(method: str) -> None:
    assert faults(read_action, HOOK | {"method": method}) == {("/method", "NOT_ALLOWED")}


@pytest.mark.parametrize("missing", ["lines", "events"])
def test_al_30_a_sip_trigger_needs_lines_and_events(missing: str) -> None:
    filters = {name: values for name, values in SIP.items() if name != missing}
    assert faults(read_trigger, RuleType.SIP, {"filters": filters}) == {(f"/filters/{missing}", "REQUIRED")}
    assert ("/filters", "REQUIRED") in faults(read_trigger, RuleType.SIP, {})


@pytest.mark.parametrize(
    ("filters", "pointer", "code"),
    [
        ({"duration": {}}, "/filters/duration", "REQUIRED"),
        ({"duration": {"min": 20, "max": 10}}, "/filters/duration/max", "OUT_OF_RANGE"),
        ({"time_of_day": [{"from": "9:00", "to": "10:00"}]}, "/filters/time_of_day/0/from", "WRONG_FORM"),
        ({"time_of_day": [{"from": "09:00", "to": "09:00"}]}, "/filters/time_of_day/0/to", "CONFLICT"),
        ({"time_of_day": [{"from": "24:00", "to": "09:00"}]}, "/filters/time_of_day/0/from", "WRONG_FORM"),
        ({"time_of_day": [{"from": "00:00", "to": "24:01"}]}, "/filters/time_of_day/0/to", "WRONG_FORM"),
        ({"statuses": ["lost"]}, "/filters/statuses/0", "NOT_ALLOWED"),
        ({"tags": [" "]}, "/filters/tags/0", "WRONG_FORM"),
    ],
)
def test_filters_are_judged_each_and_together(filters: dict[str, Any], pointer: str, code: str) -> None:
    assert faults(read_trigger, RuleType.CALL, {"filters": filters}) == {(pointer, code)}


@pytest.mark.parametrize("length", [0, 161])
def test_a_part_of_a_text_has_1_to_160_characters(length: int) -> None:
    (found,) = faults(read_trigger, RuleType.SMS, {"filters": {"contains": "x" * length}})
    assert found[0] == "/filters/contains"


@pytest.mark.parametrize(
    ("headers", "pointer", "code"),
    [
        ([{"preset": "custom", "name": "Transfer-Encoding", "value": "x"}], "/headers/0/name", "RESERVED"),
        ([{"preset": "custom", "name": "HOST", "value": "x"}], "/headers/0/name", "RESERVED"),
        ([{"preset": "custom", "name": "Cookie", "value": "x"}], "/headers/0/name", "RESERVED"),
        ([{"preset": "custom", "name": "Webhook-Id", "value": "x"}], "/headers/0/name", "RESERVED"),
        ([{"preset": "custom", "name": "a b", "value": "x"}], "/headers/0/name", "WRONG_FORM"),
        ([{"preset": "custom", "name": "A", "value": "x\r\ny"}], "/headers/0/value", "WRONG_FORM"),
        ([{"preset": "basic", "username": "a:b", "password": "x"}], "/headers/0/username", "WRONG_FORM"),
        ([{"preset": "digest"}], "/headers/0/preset", "NOT_ALLOWED"),
        ([{"preset": "bearer", "token": "x"}, {"preset": "basic", "username": "a"}], "/headers/1", "DUPLICATE"),
        ([{"preset": "x_api_key"}, {"preset": "custom", "name": "x-API-key"}], "/headers/1", "DUPLICATE"),
    ],
)
def test_al_20_headers_that_cannot_be_set_are_refused(headers: list[Any], pointer: str, code: str) -> None:
    assert faults(read_action, HOOK | {"headers": headers}) == {(pointer, code)}


@pytest.mark.parametrize(
    ("header", "name", "value"),
    [
        (WebhookHeader(HeaderPreset.BEARER, secret="x"), "Authorization", "Bearer x"),
        (WebhookHeader(HeaderPreset.X_API_KEY, secret="x"), "X-API-Key", "x"),
        (WebhookHeader(HeaderPreset.BASIC, username="user", secret="pass"), "Authorization", "Basic dXNlcjpwYXNz"),
        (WebhookHeader(HeaderPreset.CUSTOM, "X-Site", secret="7"), "X-Site", "7"),
    ],
)
def test_al_20_each_preset_is_its_header(header: WebhookHeader, name: str, value: str) -> None:
    assert (header.header_name, header.header_value()) == (name, value)


# From fields to the rule, and back.

CALL_FILTERS = {
    "numbers": ["020 7946 0018"],
    "lines": ["2003"],
    "statuses": ["missed", "abandoned"],
    "tags": [" VIP "],
    "duration": {"min": 10},
    "time_of_day": [{"from": "22:00", "to": "02:00", "days": ["fri"]}, {"from": "00:00", "to": "24:00"}],
}


def test_a_trigger_has_ids_and_compared_forms() -> None:
    names = AccountNames(lines=NAMES.lines, country="GB")
    fields = read_trigger(RuleType.CALL, {"description": "Night", "filters": CALL_FILTERS})
    trigger = trigger_of(RuleType.CALL, "t1", fields, names)
    assert trigger.filters.values == {
        FilterName.NUMBERS: {"+442079460018"},
        FilterName.LINES: {"l3"},
        FilterName.STATUSES: {"missed", "abandoned"},
        FilterName.TAGS: {"vip"},
    }
    assert trigger.filters.duration == SecondsRange(10)
    assert trigger.filters.time_of_day == (DailyHours(1320, 120, frozenset({5})), DailyHours(0, 1440))
    again = trigger_of(RuleType.CALL, "t1", read_trigger(RuleType.CALL, trigger_fields(trigger)), names)
    assert again == trigger


def test_a_patch_of_filters_removes_by_null_and_keeps_what_it_does_not_name() -> None:
    trigger = trigger_of(RuleType.CALL, "t1", read_trigger(RuleType.CALL, {"filters": CALL_FILTERS}), NAMES)
    patch = {"filters": {"time_of_day": None, "numbers": None, "duration": {"max": 20}}}
    fields = read_trigger(RuleType.CALL, merged(trigger_fields(trigger), patch))
    after = trigger_of(RuleType.CALL, "t1", fields, NAMES).filters
    assert (after.time_of_day, after.duration) == ((), SecondsRange(10, 20))
    assert after.values.keys() == {FilterName.LINES, FilterName.STATUSES, FilterName.TAGS}


def test_options_of_a_patch_merge_into_those_of_the_rule() -> None:
    options = RuleOptions(
        RuleThrottle(3, timedelta(hours=24), ThrottleBy.LINE), timedelta(minutes=5), timedelta(seconds=90)
    )
    rule = a_rule(RuleType.SIP, options=options)
    fields = read_head(RuleType.SIP, head_fields(rule))
    assert options_of(fields["options"]) == options
    patch = {"options": {"throttle": {"max": 9}, "digest": None, "urgent": True}}
    changed = options_of(read_head(RuleType.SIP, merged(head_fields(rule), patch))["options"])
    assert changed == RuleOptions(
        RuleThrottle(9, timedelta(hours=24), ThrottleBy.LINE), None, timedelta(seconds=90), urgent=True
    )


HEADERS: list[dict[str, Any]] = [
    {"preset": "bearer", "token": "s3"},
    {"preset": "x_api_key", "value": "s4"},
    {"preset": "custom", "name": "X-Site", "value": "7"},
]


@pytest.mark.parametrize("given", [MAIL, TEXT, HOOK | {"headers": HEADERS}])
def test_al_14_a_notification_is_read_as_it_was_written_and_keeps_its_type(given: dict[str, Any]) -> None:
    action = action_of("n1", read_action(given))
    shown = action_fields(action)
    assert shown.items() >= {name: value for name, value in given.items() if name != "headers"}.items()
    again = action_of("n1", read_action(shown))
    if isinstance(action, WebhookAction):
        assert isinstance(again, WebhookAction)
        assert [header.secret for header in action.headers] == ["s3", "s4", "7"]
        again = with_kept_secrets(action, again).action
    assert again == action
    assert read_rule(RULE | {"notifications": [given]})["notifications"] == [read_action(given)]


def test_what_is_not_in_the_directory_is_named_all_at_once() -> None:
    known = KnownThings(lines={"l3"}, groups={"g1"}, users=(), sms_numbers=())
    filters = {"lines": ["l3", "l8", "l9"], "groups": ["g7"]}
    trigger = trigger_of(RuleType.CALL, "t", read_trigger(RuleType.CALL, {"filters": filters}), AccountNames())
    found = [(fault.pointer, fault.code, fault.ids) for fault in trigger_faults(trigger, known, "/triggers/0")]
    assert found == [
        ("/triggers/0/filters/lines", "NO_SUCH_THING", ("l8", "l9")),
        ("/triggers/0/filters/groups", "NO_SUCH_THING", ("g7",)),
    ]


def test_al_18_texts_come_from_a_number_of_the_account_that_can_send_them() -> None:
    text = action_of("n", read_action(TEXT))
    assert not list(action_faults(text, KnownThings((), (), (), {NUMBERS[0]}), CLOSED))
    (fault,) = action_faults(text, KnownThings((), (), (), {NUMBERS[1]}), CLOSED)
    assert (fault.pointer, fault.code) == ("/from", "NOT_ALLOWED")


@pytest.mark.parametrize("url", ["https://10.0.0.7/a", "https://169.254.169.254/", "https://db.internal/"])
def test_al_21_a_webhook_leads_to_a_public_address(url: str) -> None:
    hook = action_of("n", read_action(HOOK | {"url": url}))
    (fault,) = action_faults(hook, KnownThings((), (), (), ()), CLOSED)
    assert (fault.pointer, fault.code) == ("/url", "NOT_PUBLIC")


# Secrets.

BEARER = WebhookHeader(HeaderPreset.BEARER, secret="s3cret")
SITE = WebhookHeader(HeaderPreset.CUSTOM, "X-Site", secret="7")
SECRET_HOOK = WebhookAction(id="n1", url="https://hooks.example.org/a?key=1", headers=(BEARER, SITE))
MASKED = replace(SECRET_HOOK, headers=(replace(BEARER, secret=MASK), replace(SITE, secret=None)))


def test_al_20_a_secret_is_masked_when_it_is_read() -> None:
    assert action_fields(SECRET_HOOK)["headers"] == [
        {"preset": "bearer", "token": MASK, "set": True},
        {"preset": "custom", "name": "X-Site", "value": MASK, "set": True},
    ]
    assert action_fields(MASKED)["headers"][1] == {"preset": "custom", "name": "X-Site", "set": False}
    assert action_fields(SECRET_HOOK, may_edit=False)["url"] == f"https://hooks.example.org/a?key={MASK}"
    assert masked_url("https://x.test/a?b=1&c&d=") == f"https://x.test/a?b={MASK}&c={MASK}&d={MASK}"


def test_a_mask_or_nothing_keeps_the_secret() -> None:
    moved = replace(MASKED, url="https://hooks.example.org:443/b")
    saved = with_kept_secrets(SECRET_HOOK, moved)
    assert (saved.action.headers, saved.action.enabled, saved.cleared) == ((BEARER, SITE), True, ())


@pytest.mark.parametrize(
    "url", ["http://hooks.example.org/a", "https://evil.example.org/a", "https://hooks.example.org:8443/a"]
)
def test_secrets_are_cleared_and_the_webhook_is_off_when_another_would_get_them(url: str) -> None:
    saved = with_kept_secrets(SECRET_HOOK, replace(MASKED, url=url))
    assert [header.secret for header in saved.action.headers] == [None, None]
    assert saved.cleared == ("Authorization", "X-Site")
    assert not saved.action.enabled
    assert saved.action.secret_missing == ["Authorization", "X-Site"]


def test_a_secret_that_is_written_with_the_new_url_is_taken() -> None:
    headers = (WebhookHeader(HeaderPreset.BEARER, secret="new"),)
    saved = with_kept_secrets(SECRET_HOOK, replace(SECRET_HOOK, url="https://other.example.org/", headers=headers))
    assert (saved.action.headers, saved.cleared, saved.action.enabled) == (headers, (), True)


@pytest.mark.parametrize("before", [None, replace(SECRET_HOOK, headers=(SITE,)), MASKED])
def test_a_mask_with_nothing_behind_it_is_a_fault(before: WebhookAction | None) -> None:
    if before is MASKED:
        before = replace(SECRET_HOOK, headers=(replace(BEARER, secret=None), SITE))
    with pytest.raises(NoSecret) as caught:
        with_kept_secrets(before, MASKED)
    assert caught.value.index == 0


def test_the_password_of_one_user_is_not_kept_for_another() -> None:
    basic = WebhookHeader(HeaderPreset.BASIC, username="ana", secret="s3cret")
    before = replace(SECRET_HOOK, headers=(basic,))
    assert with_kept_secrets(before, replace(before, headers=(replace(basic, secret=MASK),))).action == before
    saved = with_kept_secrets(before, replace(before, headers=(replace(basic, username="bob", secret=None),)))
    assert saved.action.headers[0].secret is None
    assert not saved.action.enabled


COPY: dict[str, Any] = {"owner": UserId("bob"), "made": Made(UserId("bob")), "now": NOON}


def test_al_12_a_copy_has_type_triggers_and_notifications_and_belongs_to_the_copier() -> None:
    rule = a_rule(RuleType.CALL, a_trigger(), actions=(SECRET_HOOK,), version=7, sight=frozenset({"line:l3"}))
    copy = copied_rule(rule, "r2", with_secrets=True, **COPY)
    assert copy.secret_missing == {}
    assert copy.rule == a_rule(
        RuleType.CALL, a_trigger(), id="r2", actions=(SECRET_HOOK,), owner="bob", made=Made(UserId("bob")),
        created_at=NOON, counts_from=NOON + timedelta(seconds=5), sight=frozenset({"line:l3"}),
    )  # fmt: skip


def test_al_12_a_copy_by_a_person_who_may_not_edit_has_no_secrets_and_is_off() -> None:
    mail = EmailAction(id="n2", to="a@x.test", subject="s")
    copy = copied_rule(a_rule(RuleType.CALL, actions=(SECRET_HOOK, mail)), "r2", with_secrets=False, **COPY)
    hook, other = copy.rule.actions
    assert isinstance(hook, WebhookAction)
    assert copy.secret_missing == {"n1": ("Authorization", "X-Site", "url")}
    assert (hook.url, hook.enabled) == ("https://hooks.example.org/a", False)
    assert [header.secret for header in hook.headers] == [None, None]
    assert other == mail


def test_al_16_only_the_selected_notifications_are_toggled_and_removed() -> None:
    mails = tuple(EmailAction(id=f"n{n}", to="a@x.test", subject="s") for n in range(3))
    rule = a_rule(RuleType.CALL, actions=mails)
    off = toggled(rule, ["n0", "n2"], enabled=False)
    assert [action.enabled for action in off.actions] == [False, True, False]
    assert off.version == 2
    assert toggled(off, ["n0", "n2"], enabled=True).actions == mails
    assert without_actions(rule, ["n1"]).actions == (mails[0], mails[2])
    assert unknown_actions(rule, ["n0", "n7", "n8"]) == ["n7", "n8"]


def test_a_webhook_without_its_secret_cannot_be_enabled() -> None:
    bare = replace(SECRET_HOOK, headers=(replace(BEARER, secret=None),), enabled=False)
    rule = a_rule(RuleType.CALL, actions=(bare,))
    with pytest.raises(WrongState):
        toggled(rule, ["n1"], enabled=True)
    assert toggled(rule, ["n1"], enabled=False).actions == (bare,)


def test_al_2_and_14_types_cannot_be_changed() -> None:
    check_same_type("call", {"name": "x"})
    check_same_type("call", {"type": "call"})
    with pytest.raises(Immutable):
        check_same_type("call", {"type": "sip"})


def test_who_gets_the_messages_of_each_kind() -> None:
    assert recipient_of(EmailAction(id="n", to="a@x.test", subject="s")) == ("a@x.test",)
    assert recipient_of(SmsAction(id="n", sender="+1", to=("+2", "+3"))) == ("+2", "+3")
    assert recipient_of(SECRET_HOOK) == ("https://hooks.example.org/a",)


@pytest.mark.parametrize(
    "header",
    [
        {"preset": "bearer", "token": None},
        {"preset": "x_api_key", "value": None},
        {"preset": "basic", "username": "u", "password": None},
        {"preset": "custom", "name": "X-A", "value": None},
    ],
    ids=lambda header: str(header["preset"]),
)
def test_a_secret_that_is_null_is_one_that_is_not_given(header: dict[str, Any]) -> None:
    webhook = {"type": "webhook", "url": "https://hooks.example.org/in", "method": "POST"}
    without = {name: value for name, value in header.items() if value is not None}
    assert read_action({**webhook, "headers": [header]}) == read_action({**webhook, "headers": [without]})
