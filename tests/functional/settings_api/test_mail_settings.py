"""`/tenant/notification`: what is saved and read, who may, and what a test mail answers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.fakes.sealer import FakeSealer
from tests.functional.gateway import Answer
from tests.functional.settings_api.conftest import ACME, RIVAL, World
from tocsin.alerts.domain.cause import CauseKind
from tocsin.contacts.domain.channel import Channel
from tocsin.identity.domain.permissions import SystemRole
from tocsin.identity.domain.personal_token import PersonalToken
from tocsin.kernel.domain.ids import RoleId
from tocsin.suppressions.application.suppress import Suppress
from tocsin.suppressions.domain.suppression import SuppressionReason
from tocsin.tenant_mail.domain.mail_settings import (
    MailSecrets,
    MailServerState,
    MailServerType,
    MailSettings,
    ServerState,
)

PATH = "/tenant/notification"
LEAST = {"type": "SMTP", "username": "ana@example.org"}
SERVER = {**LEAST, "server": "smtp.example.org", "port": 587, "password": "hunter2"}
MAIL = {"recipient": "bob@example.org", "subject": "Try", "content": "Does it work?"}
MANAGERS = (SystemRole.OWNER, SystemRole.ADMIN)


def saved(world: World, **fields: Any) -> Any:
    answer = world.call("POST", PATH, {**LEAST, **fields})
    assert answer.status == 200, answer.text
    return answer.json


def refused(world: World, **fields: Any) -> dict[str, str]:
    answer = world.call("POST", PATH, {**LEAST, **fields})
    assert (answer.status, answer.json["code"]) == (400, "VALIDATE_FAILED"), answer.text
    return {error["detail"]: error["code"] for error in answer.json["errors"]}


def tried(world: World, **fields: Any) -> Answer:
    return world.call("POST", f"{PATH}/test_email", {**MAIL, **fields})


# --- settings ---------------------------------------------------------------------------------------------------------


def test_pn_10_settings_that_were_never_saved_have_the_defaults(world: World) -> None:
    answer = world.call("GET", PATH)
    assert (answer.status, answer.headers["ETag"]) == (200, '"0"')
    assert answer.json == {
        "type": None, "server": "", "port": None, "username": "", "auth": "AUTO", "enable_tls_ssl": True,
        "enable_starttls_auto": False, "reply_to": None, "from_address": None, "recipients": "",
        "notify_user_registration": False, "notify_queue_sla_breached": False, "notify_queue_callback": False,
        "notify_queue_callback_failed": False, "notify_queue_call_lost": False, "notify_emergency_call": None,
        "notify_license_limited": None, "notify_trunk_call_limited": None, "on_unknown": "resend", "transport": "api",
        "mails_per_minute": None,
        "client_id": "", "enable_system_email_server": True, "own_server": False, "password_set": False,
        "connected": False, "server_state": {"state": "unknown", "since": None, "reason": None, "said": None},
        "client_secret_set": False, "version": 0,
    }  # fmt: skip


def test_pn_07_type_and_username_are_a_valid_save(world: World) -> None:
    found = saved(world)
    assert found == world.call("GET", PATH).json
    assert (found["auth"], found["enable_tls_ssl"], found["enable_starttls_auto"]) == ("AUTO", True, False)
    assert not any(found[name] for name in found if name.startswith("notify_"))
    assert (found["own_server"], found["version"]) == (False, 1)


@pytest.mark.parametrize("missing", ["type", "username"])
def test_pn_02_type_and_username_are_required(world: World, missing: str) -> None:
    body = {name: value for name, value in SERVER.items() if name != missing}
    answer = world.call("POST", PATH, body)
    assert (answer.status, answer.json["code"]) == (400, "VALIDATE_FAILED")
    assert answer.json["errors"][0]["detail"] == f"/{missing}"


@pytest.mark.parametrize(
    ("fields", "faults"),
    [
        ({"type": "EXCHANGE"}, {"/type": "NOT_ALLOWED"}),
        ({"auth": "NTLM"}, {"/auth": "NOT_ALLOWED"}),
        ({"port": 65_536}, {"/port": "OUT_OF_RANGE"}),
        ({"port": -1}, {"/port": "OUT_OF_RANGE"}),
        ({"port": 0}, {"/port": "OUT_OF_RANGE"}),
        ({"port": "abc"}, {"/port": "WRONG_TYPE"}),
        ({"username": "u" * 129}, {"/username": "TOO_LONG"}),
        ({"username": ""}, {"/username": "TOO_SHORT"}),
        ({"username": "a\r\nb"}, {"/username": "WRONG_FORM"}),
        ({"password": "a\0b"}, {"": "BAD_CHARACTER"}),
        ({"recipients": ",".join(f"r{n}@example.org" for n in range(16))}, {"/recipients": "TOO_MANY"}),
        ({"recipients": "a@example.org, Bob <b@example.org>"}, {"/recipients": "ADDRESS_MALFORMED"}),
        ({"recipients": "a@example.org;b@example.org"}, {"/recipients": "ADDRESS_MALFORMED"}),
        ({"reply_to": "x@example.org,y@example.org"}, {"/reply_to": "ADDRESS_MALFORMED"}),
        ({"from_address": "=?utf-8?q?x?=@example.org"}, {"/from_address": "ADDRESS_MALFORMED"}),
        ({"server": "smtp.example.org", "username": "apikey"}, {"/from_address": "REQUIRED"}),
        ({"enable_tls_ssl": "yes"}, {"/enable_tls_ssl": "WRONG_TYPE"}),
        ({"server": "smtp.example.org", "auth": "DISABLE", "enable_tls_ssl": False}, {"/enable_tls_ssl": "TLS_REQUIRED"}),
        ({"reciepients": "a@example.org"}, {"/reciepients": "UNKNOWN_FIELD"}),
    ],
)  # fmt: skip
def test_pn_03_pn_04_pn_05_pn_06_what_is_wrong_is_named(world: World, fields: Any, faults: Any) -> None:
    assert refused(world, **fields) == faults


def test_an_unknown_field_is_answered_with_the_nearest_name(world: World) -> None:
    answer = world.call("POST", PATH, {**LEAST, "enable_tls": True})
    assert "did you mean `enable_tls_ssl`?" in answer.json["errors"][0]["message"]


def test_pn_04_pn_05_pn_06_values_at_their_limits_are_taken(world: World) -> None:
    fifteen = ",".join(f" r{n}@example.org " for n in range(15))
    found = saved(world, username=f"{'u' * 116}@example.org"[:128], port=65_535, recipients=fifteen)
    assert found["recipients"] == ",".join(f"r{n}@example.org" for n in range(15))
    assert (found["port"], len(found["username"])) == (65_535, 128)
    assert saved(world, recipients="A@example.org, a@example.org,,")["recipients"] == "a@example.org"
    assert saved(world, recipients="")["recipients"] == ""


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "10.1.2.3", "[::1]", "::1", "169.254.169.254", "0x7f000001", "localhost", "smtp", "a b"]
)
def test_an_inner_host_is_refused_on_saving(world: World, host: str) -> None:
    assert refused(world, server=host) == {"/server": "INVALID_HOST"}


def test_a_host_is_kept_in_lower_case_without_its_final_dot(world: World) -> None:
    assert saved(world, server=" SMTP.Example.ORG. ")["server"] == "smtp.example.org"


def test_pn_08_secrets_are_never_read_and_never_in_the_audit_trail(world: World) -> None:
    answer = world.call("POST", PATH, {**SERVER, "client_secret": "app-secret"})
    assert (answer.json["password_set"], answer.json["client_secret_set"]) == (True, True)
    told = answer.text + world.call("GET", PATH).text + str(world.trail.entries)
    assert "password" not in answer.json
    assert "hunter2" not in told
    assert "app-secret" not in told
    (entry,) = world.trail.entries.values()
    assert (entry.action, entry.after["password"]) == ("mail_settings.updated", "•••")


def test_pn_09_what_is_left_out_stays(world: World) -> None:
    first = saved(world, **SERVER, notify_queue_callback=True, notify_emergency_call=False, recipients="r@example.org",
                  reply_to="it@example.org", on_unknown="silence")  # fmt: skip
    found = saved(world)
    assert found == first
    assert world.mail.kept[ACME].secrets.password == "hunter2"


def test_null_sets_the_default_and_an_empty_text_clears(world: World) -> None:
    saved(world, server="smtp.example.org", port=587, auth="PLAIN", enable_tls_ssl=False, enable_starttls_auto=True,
          notify_queue_callback=True, notify_emergency_call=False, reply_to="it@example.org", from_address="a@example.org",
          recipients="r@example.org", transport="smtp")  # fmt: skip
    cleared = dict.fromkeys(
        ("server", "port", "auth", "enable_tls_ssl", "enable_starttls_auto", "notify_queue_callback",
         "notify_emergency_call", "reply_to", "from_address", "recipients", "transport")
    )  # fmt: skip
    found = saved(world, **cleared)
    fresh = World()
    assert found == {**saved(fresh), "version": 2}
    emptied = saved(fresh, server="", reply_to="", from_address="", recipients="")
    assert emptied == {**found, "version": 1}


def test_get_change_and_post_works(world: World) -> None:
    saved(world, **SERVER)
    found = world.call("GET", PATH).json
    again = world.call("POST", PATH, {**found, "port": 465})
    assert (again.status, again.json["port"], again.json["version"]) == (200, 465, 2)


@pytest.mark.parametrize(
    "change",
    [
        {"server": "other.example.org"}, {"server": ""}, {"port": 465}, {"port": None}, {"type": "GMAIL"},
        {"enable_tls_ssl": False, "auth": "PLAIN"},
    ],
)  # fmt: skip
def test_a_password_is_forgotten_when_it_would_go_to_another_server(world: World, change: Any) -> None:
    saved(world, **SERVER, recipients="r@example.org", notify_queue_callback=True)
    found = saved(world, **change)
    assert found["password_set"] is False
    assert (found["recipients"], found["notify_queue_callback"]) == ("r@example.org", True)
    assert saved(world, **{**change, "server": "third.example.org", "password": "new"})["password_set"] is True


@pytest.mark.parametrize(
    "change", [{"server": "SMTP.example.org."}, {"username": "bob@example.org"}, {"auth": "LOGIN"}, {"password": ""}]
)
def test_a_password_stays_with_its_server(world: World, change: Any) -> None:
    saved(world, **SERVER)
    assert saved(world, **change)["password_set"] is True


def test_a_password_of_null_is_forgotten(world: World) -> None:
    saved(world, **SERVER)
    assert saved(world, password=None)["password_set"] is False


def test_a_merge_cannot_lead_to_mails_in_the_clear(world: World) -> None:
    saved(world, **SERVER, auth="DISABLE")
    assert refused(world, enable_tls_ssl=False) == {"/enable_tls_ssl": "TLS_REQUIRED"}
    assert world.mail.kept[ACME].tls


def test_a_stale_if_match_is_refused_and_without_one_the_newest_is_merged_into(world: World) -> None:
    saved(world, recipients="r@example.org")
    stale = world.call("POST", PATH, {**LEAST, "reply_to": "it@example.org"}, If_Match='"0"')
    assert (stale.status, stale.json["code"]) == (412, "PRECONDITION_FAILED")
    assert world.call("POST", PATH, {**LEAST, "port": "bad"}, If_Match='"0"').status == 412
    fresh = world.call("POST", PATH, {**LEAST, "reply_to": "it@example.org"}, If_Match='"1"')
    assert (fresh.status, fresh.headers["ETag"], fresh.json["recipients"]) == (200, '"2"', "r@example.org")


def test_two_saves_at_the_same_time_merge_field_by_field(world: World) -> None:
    saved(world)
    save, once = world.mail.save, [True]

    def overtaken(settings: MailSettings, now: Any) -> bool:
        if once and once.pop():
            other = MailSettings(
                tenant=ACME,
                type=MailServerType.SMTP,
                username="ana@example.org",
                recipients=("r@example.org",),
                version=2,
            )
            assert save(other, now)
        return save(settings, now)

    world.mail.save = overtaken  # type: ignore[method-assign]
    found = saved(world, reply_to="it@example.org")
    assert (found["recipients"], found["reply_to"], found["version"]) == ("r@example.org", "it@example.org", 3)


def test_a_save_that_changes_nothing_writes_nothing(world: World) -> None:
    saved(world)
    assert saved(world)["version"] == 1
    assert len(world.trail.entries) == 1


def test_a_new_way_to_the_server_forgets_its_state(world: World) -> None:
    saved(world, **SERVER)
    version = world.mail.state(ACME).version
    failing = MailServerState(
        ServerState.FAILING, world.clock(), "auth_failed", "535 no", world.clock(), True, version + 1
    )
    assert world.mail.save_state(ACME, failing)
    assert saved(world, recipients="r@example.org")["server_state"]["state"] == "failing"
    assert saved(world, password="other")["server_state"] == {
        "state": "unknown",
        "since": None,
        "reason": None,
        "said": None,
    }
    assert world.mail.state(ACME).tries_at is None


def test_a_port_by_which_nothing_is_sent_is_saved_and_told(world: World) -> None:
    found = saved(world, server="smtp.example.org", port=25)
    assert (found["server_state"]["state"], found["server_state"]["reason"]) == ("failing", "port_not_allowed")
    assert tried(world).json["code"] == "MAIL_PORT_NOT_ALLOWED"
    assert saved(world, port=587)["server_state"]["state"] == "unknown"


def test_disconnect_forgets_the_consent_and_may_be_repeated(world: World) -> None:
    mailbox = MailSettings(
        tenant=ACME, type=MailServerType.GMAIL, username="ana@example.org", secrets=MailSecrets(refresh_token="rt"), version=1
    )  # fmt: skip
    world.mail.save(mailbox, world.clock())
    assert world.call("GET", PATH).json["connected"] is True
    for _ in range(2):
        answer = world.call("POST", f"{PATH}/disconnect", {})
        assert (answer.status, answer.json["connected"], answer.json["server_state"]["state"]) == (
            200,
            False,
            "disconnected",
        )


def test_a_consent_is_of_one_mailbox(world: World) -> None:
    mailbox = MailSettings(
        tenant=ACME, type=MailServerType.GMAIL, username="ana@example.org", secrets=MailSecrets(refresh_token="rt"), version=1
    )  # fmt: skip
    world.mail.save(mailbox, world.clock())
    assert saved(world, type="GMAIL", username="ANA@example.org")["connected"] is True
    assert saved(world, type="GMAIL", username="bob@example.org")["connected"] is False


# --- test mails -------------------------------------------------------------------------------------------------------


def test_pn_14_a_test_mail_is_sent_though_all_flags_are_off(world: World) -> None:
    saved(world, **SERVER)
    answer = tried(world)
    assert (answer.status, answer.json) == (200, {"warnings": []})
    ((alert, _),) = world.mail_server.alerts.values()
    content = alert.messages[0].content
    assert (alert.messages[0].to, content.subject, content.body) == (["bob@example.org"], "Try", "Does it work?")  # type: ignore[union-attr]
    assert (alert.sent_within, alert.has_quiet_hours, alert.urgent) == (timedelta(seconds=20), False, True)
    assert alert.cause.kind is CauseKind.MAIL_TEST  # by which the server is tried even if it is failing
    assert world.mail_server.looks == 6  # every 200 ms, for the second that the server needs


@pytest.mark.parametrize("missing", MAIL)
def test_pn_12_all_three_fields_are_needed(world: World, missing: str) -> None:
    body = {name: value for name, value in MAIL.items() if name != missing}
    answer = world.call("POST", f"{PATH}/test_email", body)
    assert (answer.status, answer.json["errors"][0]["detail"]) == (400, f"/{missing}")


@pytest.mark.parametrize(
    "fields",
    [{"recipient": "bob"}, {"recipient": "a@example.org,b@example.org"}, {"recipient": "a@example.org\r\nBcc: b@example.org"},
     {"subject": "x\r\nBcc: b@example.org"}, {"subject": " "}, {"subject": "x" * 256}, {"content": ""}],
)  # fmt: skip
def test_pn_12_one_recipient_and_one_line_of_subject(world: World, fields: Any) -> None:
    assert tried(world, **fields).status == 400
    assert world.mail_server.alerts == {}


@pytest.mark.parametrize(
    ("fate", "code", "reason"),
    [
        (("retry_wait", "auth_failed"), "MAIL_SERVER_REFUSED", "auth_failed"),
        (("failed", "refused"), "MAIL_SERVER_REFUSED", "refused"),
        (("retry_wait", "password_missing"), "MAIL_SERVER_REFUSED", "password_missing"),
        (("retry_wait", "unreachable"), "MAIL_SERVER_UNREACHABLE", "unreachable"),
        (("failed", "no_mail_server"), "MAIL_NOT_CONFIGURED", "no_mail_server"),
        (("failed", "port_not_allowed"), "MAIL_PORT_NOT_ALLOWED", "port_not_allowed"),
        (("unknown", "connection_broken"), "MAIL_SERVER_TIMEOUT", None),
        (("unconfirmed", "connection_broken"), "MAIL_SERVER_TIMEOUT", None),
        (("expired", None), "MAIL_SERVER_TIMEOUT", None),
    ],
)  # fmt: skip
def test_pn_13_a_refusal_has_the_servers_reason_and_words(
    world: World, fate: Any, code: str, reason: str | None
) -> None:
    saved(world, **SERVER)
    version = world.mail.state(ACME).version + 1
    world.mail.save_state(
        ACME, MailServerState(ServerState.FAILING, world.clock(), "auth_failed", "535 5.7.8 no", version=version)
    )
    world.mail_server.fate = fate
    answer = tried(world)
    assert (answer.status, answer.json["code"]) == (422, code)
    (error,) = answer.json["errors"]
    assert error["code"] == code
    assert error.get("reason") == reason
    assert error.get("said", "") == ("535 5.7.8 no" if reason == "auth_failed" else "")


def test_pn_13_without_any_mail_server_a_test_mail_is_not_sent(world: World) -> None:
    world.system_mail = False
    assert (tried(world).status, tried(world).json["code"]) == (422, "MAIL_NOT_CONFIGURED")
    assert world.mail_server.alerts == {}


def test_pn_29_without_an_own_server_a_test_mail_goes_by_the_systems(world: World) -> None:
    assert tried(world).status == 200


def test_a_server_that_says_nothing_is_waited_for_twenty_seconds(world: World) -> None:
    begun, world.mail_server.needs = world.clock(), timedelta(minutes=5)
    assert tried(world).json["code"] == "MAIL_SERVER_TIMEOUT"
    assert world.clock() - begun == timedelta(seconds=20)


def test_a_suppressed_receiver_gets_the_test_mail_and_the_caller_a_warning(world: World) -> None:
    Suppress(world.suppressions, FakeSealer())(
        ACME, Channel.EMAIL, "bob@example.org", SuppressionReason.COMPLAINT, world.clock()
    )
    answer = tried(world)
    assert [warning["code"] for warning in answer.json["warnings"]] == ["SUPPRESSED"]


def test_thirty_test_mails_an_hour(world: World) -> None:
    assert [tried(world).status for _ in range(31)] == [200] * 30 + [429]
    world.clock.advance(timedelta(hours=1))
    assert tried(world).status == 200


def test_a_repeated_test_mail_is_sent_once(world: World) -> None:
    for _ in range(2):
        assert world.call("POST", f"{PATH}/test_email", MAIL, Idempotency_Key="a").status == 200
    assert len(world.mail_server.alerts) == 1


def test_nothing_is_sent_during_a_restore(world: World) -> None:
    world.restoring = True
    assert tried(world).status == 503


# --- who may ----------------------------------------------------------------------------------------------------------

CALLS = [
    ("GET", PATH, None),
    ("POST", PATH, LEAST),
    ("POST", f"{PATH}/test_email", MAIL),
    ("POST", f"{PATH}/disconnect", {}),
]


@pytest.mark.parametrize("role", SystemRole)
@pytest.mark.parametrize(("method", "path", "body"), CALLS)
def test_owners_and_admins_manage_mail(world: World, method: str, path: str, body: Any, role: SystemRole) -> None:
    world.as_role(role)
    assert world.call(method, path, body).status == (200 if role in MANAGERS else 403)
    world.as_key(RoleId(role))
    assert world.call(method, path, body).status == (200 if role in MANAGERS else 403)


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
def test_decided_4_14_a_key_without_a_role_never_reaches_mail(world: World, method: str, path: str, body: Any) -> None:
    world.as_key(None)
    assert world.call(method, path, body).status == 403


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
def test_a_token_that_reads_only_changes_nothing(world: World, method: str, path: str, body: Any) -> None:
    owner = world.person("caller", "account_owner")
    world.tokens.tokens[ACME, owner.id, "t1"] = PersonalToken(
        ACME, owner.id, "t1", "", "Old", world.clock(), world.clock() + timedelta(days=1)
    )
    world.as_token(owner, read_only=True)
    assert world.call(method, path, body).status == (200 if method == "GET" else 403)


def test_pn_11_accounts_are_apart(world: World) -> None:
    saved(world, **SERVER, recipients="r@example.org")
    world.as_role(SystemRole.OWNER, RIVAL)
    assert world.call("GET", PATH).json["version"] == 0
    saved(world, username="eve@example.org")
    assert world.mail.kept[ACME].username == "ana@example.org"
