"""Erased means gone: a person in every place that can hold one is found in none after an erasure (decided 8.24)."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache
from typing import Any

import pytest

from infra.operator.erasing import report
from tests.architecture.deployment import ROOT
from tests.functional.test_worker_wiring import Stack, stack
from tests.scenarios.personal_world import ACME, ANA, EVE, HER_ACCOUNT, PersonalWorld, found_in
from tocsin.audit.ports import AuditQuery
from tocsin.contacts.domain.recipient import ERASED_ADDRESS
from tocsin.entrypoint.process.clock import utc_now

__all__ = ["stack"]

_ANY = "[^#|]+"
WRITERS = ROOT / "layers/core/tocsin/adapters/dynamodb"


def sealing_places() -> Counter[str]:
    """Return each function that seals values of a row, as `file:function`, and how many values it seals."""
    found: Counter[str] = Counter()
    for path in sorted(WRITERS.rglob("*.py")):
        if path.parent.name in ("table", "privacy"):  # the sealing itself, and the erasure
            continue
        for function in ast.walk(ast.parse(path.read_text())):
            if isinstance(function, ast.FunctionDef):
                found[f"{path.relative_to(WRITERS)}:{function.name}"] += sum(map(_seals, ast.walk(function)))
    return +found


def _seals(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    return called in ("seal", "seal_json")


@cache
def kinds() -> dict[str, re.Pattern[str]]:
    """Return the kinds of rows of docs/data-model.md, and what `pk|sk` of each looks like."""
    page = (ROOT / "docs/data-model.md").read_text()
    table = page[page.index("| row | pk | sk |") : page.index("A message that waits for the end")]
    found: dict[str, re.Pattern[str]] = {}
    pk = ""
    for line in table.splitlines()[2:]:
        cells = [cell.strip() for cell in line.split("|")[1:4]] if line.startswith("|") else []
        if not cells or cells[2] == "as above":  # the same keys
            continue
        pk = pk if cells[1].startswith("as ") else _pattern(cells[1])
        found[cells[0]] = re.compile(f"{pk}\\|{_pattern(cells[2])}")
    return found


def _pattern(cell: str) -> str:
    """Return the expression for a cell like `T#<t>#A#<alert>`, or several of them."""
    spelled = cell.partition("` (")[0]
    forms = [form.replace("`", "") for form in re.split(r"`, `(?![^<]*>)", spelled)]
    return "(?:" + "|".join(_ANY.join(map(re.escape, re.split(r"<[^>]*>", form))) for form in forms) + ")"


def kind_of(row: dict[str, Any]) -> str:
    """Return the kind of a row: of those that match, the one with the longest text."""
    name = f"{row['pk']['S']}|{row['sk']['S']}"
    matching = [
        (len(pattern.pattern.replace(_ANY, "")), kind) for kind, pattern in kinds().items() if pattern.fullmatch(name)
    ]
    assert matching, f"docs/data-model.md has no such row: {name}"
    return max(matching)[1]


SEALED: dict[str, list[tuple[str, str]]] = {
    "alerts/acceptance.py:_recipients_inside": [("alert", "to")],
    "alerts/acceptance.py:transaction_of": [
        ("alert", "head"), ("alert", "sealed"), ("intake chunk", "sealed"), ("exclusions", "sealed"),
    ],
    "calls/calls_in.py:keep": [("call in", "sealed")],
    "alert_rules/rule_row.py:row_of": [("alert rule", "sealed"), ("alert rule", "keys")],
    "alert_rules/runs.py:run_row": [("run of a rule", "sealed")],
    "alert_rules/backtests.py:_moving": [("backtest", "head")],
    "reminders/appointments.py:_row": [("appointment", "sealed")],
    "drafts.py:keep": [("draft of a form", "sealed")],
    "audit.py:entry_row": [("audit entry", "sealed")],
    "directory/rows.py:row_of": [("thing of the directory", "sealed")],
    "escalation.py:begun": [("escalation policy", "sealed")],
    "idempotency.py:claimed": [("idempotency", "sealed")],
    "identity/key_writes.py:_row": [("API key", "sealed")],
    "identity/personal_tokens.py:add": [("personal token", "sealed")],
    "identity/sessions.py:add": [("session", "sealed")],
    "integrations/integrations.py:_row": [("integration", "sealed")],
    "integrations/integration_alerts.py:_alert_row": [("alert of integrations", "sealed")],
    "browser_push/push_subscriptions.py:_row": [("browsers of a person", "sealed")],
    "inbox/inboxes.py:_row": [("notice in an inbox", "sealed")],
    "linked_alerts.py:begun": [("linked set", "sealed")],
    "notices.py:_row": [("account notice", "sealed")],
    "reports/report_store.py:save_count": [("count of a day", "sealed")],
    "responses/responses.py:_row": [("response", "sealed")],
    "results/event_publisher.py:_add": [("single event", "sealed")],
    "results/results.py:_row": [("result pack", "sealed")],
    "schedules.py:_row": [("schedule", "sealed")],
    "stored_content/store_row.py:sealed_parts": [("stored content", "head"), ("stored content", "sealed")],
    "telephony/event_rows.py:_sealed": [("telephony event", "sealed")],
    "telephony/event_packs.py:keep": [("pack of events", "s3"), ("pack of events", "head")],
    "telephony/calls_being_assembled.py:save": [("call being assembled", "sealed")],
    "telephony/line_states.py:save": [("state of a line", "sealed")],
    "telephony/event_sources.py:_row": [("source of events", "sealed")],
    "telephony/source_samples.py:_row": [("sample of a source", "sealed")],
    "tenant_mail/connect_attempts.py:_row": [("mailbox being connected", "sealed")],
    "tenant_mail/mail_runs.py:mail_actions": [("voicemails that were mailed", "sealed")],
    "notice_runs.py:notice_run_actions": [("run of a notice", "sealed")],
    "preferences.py:_row": [("notification settings", "sealed")],
    "tenant_mail/mail_templates.py:save": [("mail template", "sealed")],
    "tenant_mail/mail_settings.py:save": [("mail settings", "sealed"), ("mail settings", "keys")],
    "tenant_mail/mail_settings.py:save_state": [("state of a mail server", "sealed")],
    "tenant_mail/refused_mails.py:note": [("words of a mail server", "sealed")],
    "triggers/trigger_row.py:trigger_row": [("trigger", "sealed")],
    "triggers/trigger_row.py:trigger_run_row": [("trigger run", "sealed")],
    "triggers/trigger_row.py:word_rows": [("keyword", "sealed")],
    "webhooks/webhook_deliveries.py:delivery_row": [("webhook delivery", "sealed")],
    "webhooks/webhook_deliveries.py:keep_answer": [("response of an endpoint", "sealed")],
    "webhooks/webhook_endpoints.py:_moving": [("webhook endpoint", "sealed")],
}  # fmt: skip
"""What each function of `sealing_places` seals: kind of row and attribute, in each of which the person is planted."""

WRITTEN_AGAIN = {("earlier version of a rule", "sealed"), ("backtest", "sealed")}
"""Places that are copies of rows whose places are in `SEALED`."""

CONTACT_ID_IN_THE_CLEAR = {
    "answered in a linked set", "escalation", "responded", "response", "trigger run",
}  # fmt: skip
IDS = "ids and times only"
HASHES = "keyed hashes only"
HOLDS_NOBODY = {
    "active owners": IDS,
    "alert with mails that wait": IDS,
    "attempts": HASHES,
    "attribution": HASHES,
    "calls that people were told of": HASHES,
    "capacity": "numbers of an API key",
    "conversation": HASHES,
    "count of a source's samples": "a number",
    "counter": "numbers of a tenant",
    "data key": "a ciphertext",
    "entry of a digest": IDS,
    "erasure": HASHES,
    "companies of an alert of integrations": IDS,
    "incident of an integration": "times and numbers",
    "journal of the rules": IDS,
    "lines of the provider of calls": HASHES,
    "mailbox being connected, lookup": IDS,
    "matches that a throttle stopped": IDS,
    "member of a linked set": IDS,
    "placed call, lookup": IDS,
    "message": "states, times and the provider's id",
    "name of a thing": HASHES,
    "name of stored content": HASHES,
    "totals of what was sent": "numbers of a tenant",
    "notice told once": IDS,
    "number": "a number of ours",
    "number, lookup": "a number of ours",
    "open digest of a rule": IDS,
    "pack of messages": "states, times and the provider's ids",
    "person counted in an escalation": HASHES,
    "plan of reports": "a day",
    "presses": HASHES,
    "run of a mail": IDS,
    "sender of events without a secret": "an account of AWS, with a role or a source",
    "sending limits": "settings of a tenant",
    "settlement after a restore": IDS,
    "short link, lookup": IDS,
    "sign-in, lookup": IDS,
    "subject reference, lookup": IDS,
    "suppression": HASHES,
    "tenant": "settings of a tenant",
    "tenant's share": IDS,
    "the same in its tenant's list": "an account of AWS, with a role or a source",
    "texts of a contact": HASHES,
    "throttle of a rule": HASHES,
    "time of the last erasure": IDS,
    "timer": IDS,
    "tokens of a receiver, of texts and of calls": HASHES,
    "version of the rules": IDS,
    "version of the settings": "a number",
    "when a source was heard": "times",
    "work": "numbers",
}


def test_decided_8_24_each_function_that_seals_has_its_place_in_the_list() -> None:
    assert sealing_places() == {place: len(values) for place, values in SEALED.items()}


def test_decided_8_24_each_kind_of_row_is_planted_or_can_hold_nobody() -> None:
    sealed = {kind for values in (*SEALED.values(), WRITTEN_AGAIN) for kind, _ in values}
    assert sorted(kinds()) == sorted(sealed | CONTACT_ID_IN_THE_CLEAR | set(HOLDS_NOBODY))
    assert not (sealed | CONTACT_ID_IN_THE_CLEAR) & set(HOLDS_NOBODY)


@pytest.fixture
def world(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> PersonalWorld:
    return PersonalWorld(stack, monkeypatch)


def places_of_eve(world: PersonalWorld) -> dict[tuple[str, str], list[bytes]]:
    """Return where the person is: kind of row and attribute ("" = in the clear, s3 = any version of its object)."""
    found = {(kind_of(row), name): found_in(value) for row, name, value in world.rows() if found_in(value)}
    assert not any(found_in(body.encode()) for body in world.queued())
    return found


def rows_of_her_account(world: PersonalWorld) -> set[str]:
    """Return the kinds of rows, beside audit entries, that hold the id of the person in the directory."""
    found = {kind_of(row) for row, _, value in world.rows() if HER_ACCOUNT.encode() in value}
    return found - {"audit entry"}


def test_decided_8_24_a_person_in_every_place_is_gone_after_an_erasure(world: PersonalWorld) -> None:
    # given a person in every place that can hold one, and messages that wait for her
    waiting = world.plant()
    everywhere = {value for values in (*SEALED.values(), WRITTEN_AGAIN) for value in values}
    everywhere |= {(kind, "") for kind in CONTACT_ID_IN_THE_CLEAR} | {("stored content", "s3")}
    assert set(places_of_eve(world)) == everywhere
    # a mail that was processed is gone, all versions; one that cannot be read is stored
    assert {version["Key"] for version in world.versions(world.mail_bucket)} == {"unreadable/time/poison"}
    assert any(map(found_in, world.raw_mails()))
    assert sum(b"rang from" in value for _, _, value in world.rows()) == 2  # a note about her, and its event
    assert rows_of_her_account(world) == {
        "thing of the directory", "name of a thing", "sign-in, lookup", "session", "personal token",
        "alert of integrations", "companies of an alert of integrations",
        "notice in an inbox", "browsers of a person", "webhook delivery",
        "notification settings", "appointment",
    }  # fmt: skip

    # when the operator erases her
    told = report(world.eraser()(ACME, address=EVE))

    # then no row, object or mail knows her, in any version
    assert places_of_eve(world) == {}
    assert world.raw_mails() == []
    assert not any(b"rang from" in value for _, _, value in world.rows())
    # and her account is gone with all that led to it, but for what she did and what was done to her
    assert rows_of_her_account(world) == set()
    entries = world.storage.audit_trail.read(ACME, AuditQuery(), 100, None, utc_now()).entries
    assert {entry.who.name for entry in entries if entry.who.id == HER_ACCOUNT} == {""}
    assert {entry.thing.name for entry in entries if entry.thing.id == HER_ACCOUNT} == {""}
    assert {entry.thing.name for entry in entries if entry.thing.id == "bob"} == {"Bob"}
    assert "user.erased" in {entry.action for entry in entries}
    # and the report says so, and what goes later
    assert {name: told[name] for name in ("addresses", "mails", "ended", "clean")} == {
        "addresses": 3, "mails": 1, "ended": 2, "clean": True,  # the text that waits, and the mail of a rule
    }  # fmt: skip
    assert told["rows"] > len(everywhere)
    assert all(set(each) == {"what", "until"} for each in told["remaining"])
    # and what was waiting for her ends with a reason: the message, and the run of her keyword
    texts = world.texts_to_eve()
    assert world.timers.work_off(*world.stack.bodies("TIMERS")) == []
    world.dispatch()
    ended = [(event.event, event.alertee, event.reason) for event in world.events(waiting)]
    assert sorted(ended) == [("failed", ERASED_ADDRESS, "erased"), ("sent", ANA, None)]
    runs = {row["rs"]["S"] for row, _, _ in world.rows() if kind_of(row) == "trigger run"}
    assert runs == {"not_sendable", "too_soon"}  # the second keyword came too soon after the first
    assert world.texts_to_eve() == texts
    assert places_of_eve(world) == {}
