"""Every word that a client sees is in the catalogue with a cause and a cure, and the catalogue has no other word."""

from __future__ import annotations

import ast
import functools
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from infra.codes import page
from tocsin.adapters.aws import submissions
from tocsin.adapters.connect import caller
from tocsin.adapters.end_user_messaging import receipts as eum
from tocsin.adapters.end_user_messaging import sms_sender as eum_sender
from tocsin.adapters.ses import email_sender as ses_sender
from tocsin.adapters.ses import receipts as ses
from tocsin.adapters.sns import sms_sender as sns_sender
from tocsin.alert_rules.application.history_rows import HistoryChannel, HistoryStatus
from tocsin.alert_rules.domain.placeholders import NAMES as PLACEHOLDERS
from tocsin.alerts.domain.cause import CauseKind
from tocsin.alerts.domain.exclusion import ExclusionReason
from tocsin.alerts.domain.response_kind import Evidence, ResponseKind
from tocsin.contacts.domain.email_address import EmailFault
from tocsin.contacts.domain.phone_number import PhoneFault
from tocsin.delivery.domain import delivery_terms
from tocsin.delivery.domain.call_events import ATTEMPT, CALL_COMPLETE
from tocsin.delivery.domain.message import (
    BOUNCED,
    RESENT,
    RESTORED,
    SETTINGS_SAVED,
    STOPPED,
    Message,
    MessageState,
    Step,
)
from tocsin.delivery.domain.message_events import EVENT_OF, event_of
from tocsin.delivery.domain.outcome import WithheldReason, recorded
from tocsin.egress.domain.outbound_reason import OutboundReason
from tocsin.entrypoint.http.app import _OF_CHALICE
from tocsin.entrypoint.http.catalogue import CATALOGUE
from tocsin.entrypoint.http.problems import PROBLEMS, UNKNOWN_CODE
from tocsin.escalation.application import stop
from tocsin.escalation.domain.escalation import EscalationState
from tocsin.escalation.domain.events import NO_RECEIVER_REACHED
from tocsin.history.domain.alert_state import AlertState
from tocsin.history.domain.explanation import _STEPS
from tocsin.history.domain.incident_state import IncidentState
from tocsin.history.domain.timeline import TimelineKind
from tocsin.inbound.domain.mail_receipt import Verdict
from tocsin.kernel.domain.codes import Vocabulary
from tocsin.kernel.domain.warnings import WarningCode
from tocsin.limits.application.limit_guard import _SENTENCES
from tocsin.limits.domain.notifications import PAUSE_REASONS
from tocsin.limits.domain.sending_limits import REFUSAL_REASONS, SendingLimit
from tocsin.linked_alerts.application import skip_answered
from tocsin.planning.domain.plan import PlannedOutcome
from tocsin.results.domain.event_object import TEST_EVENT
from tocsin.results.domain.reasons import reason_text
from tocsin.results.domain.uncounted import UncountedReason
from tocsin.schedules.domain import notices as schedule_notices
from tocsin.schedules.domain.schedule import RunFailure, ScheduleState
from tocsin.short_links.domain.click import ClickClassification
from tocsin.suppressions.domain.suppression import SuppressionReason
from tocsin.tenant_mail.domain.mail_settings import MailAuth, MailServerType
from tocsin.tenant_mail.domain.mail_variables import TEMPLATES
from tocsin.tenant_mail.domain.server_answer import MailReason
from tocsin.triggers.application import notices as trigger_notices
from tocsin.triggers.domain.trigger import NotFiredReason
from tocsin.voice.domain.verdict import CallReason
from tocsin.webhooks.domain import rule_delivery
from tocsin.webhooks.domain.delivery import DeliveryState
from tocsin.webhooks.domain.endpoint import DisabledReason, EndpointNotification, EndpointState

ROOT = Path(__file__).parents[2]
CORE = ROOT / "layers" / "core" / "tocsin"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


# What the code gives away, read from the code.


@functools.cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def files(*roots: Path) -> Iterator[ast.Module]:
    for root in roots:
        for path in [root] if root.is_file() else sorted(root.rglob("*.py")):
            # The words of vendors are what telephone systems say, and no word of ours.
            if path.name not in ("codes.py", "error_codes.py", "reasons.py") and path.parent.name != "vendors":
                yield parsed(path)


def texts(node: ast.AST) -> Iterator[str]:
    """Yield the constants of an expression, not those that are part of a text being put together."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    if not isinstance(node, ast.JoinedStr):
        for child in ast.iter_child_nodes(node):
            yield from texts(child)


@functools.cache
def calls_by_name(inside: Path) -> dict[str, list[ast.Call]]:
    found: dict[str, list[ast.Call]] = {}
    for module in files(inside):
        for node in ast.walk(module):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                found.setdefault(name, []).append(node)
    return found


def calls(*names: str, inside: Path = CORE) -> Iterator[ast.Call]:
    for name in names:
        yield from calls_by_name(inside).get(name, ())


def given(*names: str, inside: Path = CORE) -> Iterator[str]:
    """Yield the words among the arguments of calls of these functions."""
    for call in calls(*names, inside=inside):
        for part in (*call.args, *(keyword.value for keyword in call.keywords)):
            yield from (text for text in texts(part) if re.fullmatch(r"[a-z][a-z_]+", text))


def errors() -> Iterator[str]:
    yield UNKNOWN_CODE
    yield from (kind.code for kind, problem in PROBLEMS.items() if problem.status != 500)
    yield from (failure.code for failure in _OF_CHALICE.values())
    yield from re.findall(r'"code":"([A-Z_]+)"', (ROOT / "template.yaml").read_text())


NO_FAULTS = {
    # environment variables, a company, a command of SMTP, a voice, an example
    "AWS_LAMBDA_INITIALIZATION_TYPE", "CLOCK_FILE", "POWERTOOLS_SERVICE_NAME", "DIDWW", "STARTTLS", "FEMALE", "NEUTRAL", "QUJDRA",
    # errors that no caller gets
    "UNKNOWN", "SEAL_BROKEN", "NO_SUCH_ACTION", "UNFINISHED", "MAIL_NOT_SENT",
    # methods of HTTP
    "DELETE", "OPTIONS", "PATCH",
    # names of lists of statuses
    "ACT_ERRORS", "EDIT_ERRORS", "RESOURCE_ERRORS", "VERB_ERRORS",
    # for operators
    "NOT_LIMITED",
    # a notice
    "POSSIBLE_OPT_OUT", "TRIGGER_LOOP", "TRIGGER_OFTEN",
    *WarningCode,
    # found when a mail is made; then they are reasons, `unsafe_mail_…`
    "BOUNDARY_IN_VALUE", "HEADER_MISMATCH", "MESSAGE_ID_MALFORMED",
    # placeholders in texts of alert rules
    *PLACEHOLDERS,
    # mail templates and their variables, and settings of a mail server
    *TEMPLATES, *(name for kind in TEMPLATES.values() for name in kind.known), *MailAuth, *MailServerType,
    # verdicts of SES about a mail
    *Verdict,
    # reasons, `phone:…`
    *PhoneFault,
    # channels and statuses of the history of alert rules
    *HistoryChannel, *HistoryStatus,
}  # fmt: skip
UPPER = re.compile(r"[A-Z]{5,}|[A-Z]+(_[A-Z0-9]+)+")


def faults() -> set[str]:
    """Return every word in capitals that anything but an adapter spells: no way to give a fault is missed."""
    rooms = [room for room in CORE.iterdir() if room.is_dir() and room.name != "adapters"]
    found = {text for module in files(*rooms, ROOT / "functions") for text in texts(module) if UPPER.fullmatch(text)}
    return found - NO_FAULTS - set(errors())


def reasons() -> Iterator[str]:
    for vocabulary in (SendingLimit, ExclusionReason, SuppressionReason, UncountedReason, MailReason):
        yield from vocabulary
    # providers
    yield from (reason for _, reason in eum._TABLE.values() if reason)
    yield from (says.reason for *_, says in ses._TABLE if isinstance(says, ses._Says) and says.reason)
    tables = (submissions._COMMON, sns_sender._REFUSALS, ses_sender._REFUSALS, eum_sender._REFUSALS, caller._REFUSALS)
    for table in tables:
        yield from (refused.reason for *_, refused in table)
    yield submissions.UNRECOGNISED.reason
    yield from map(ses._word, ("abuse", "auth-failure", "fraud", "other", "virus", "quite my own"))
    # who decides between claim and call
    yield from given("Rejected", "OutcomeUnknown", "Suppressed", "Skipped", "Waits", "permanent", "temporary", "_to")
    held = Message(0, MessageState.SENDING, 1, 1, ())
    moved = [recorded(held, 1, why, NOW, timedelta(0)) for why in WithheldReason]
    yield from (message.reason for message in moved if message and message.reason)
    yield from (skip_answered.reason(frozenset({kind})) for kind in ResponseKind)
    # what became of a call
    yield from CallReason
    yield MessageState.SKIPPED
    yield from (stop.ANSWERED, stop.CANCELLED, STOPPED, RESENT, RESTORED, SETTINGS_SAVED, BOUNCED, NO_RECEIVER_REACHED)
    yield from (delivery_terms.QUIET_HOURS, delivery_terms.OUTLASTED, delivery_terms.OVERRIDDEN)
    # an event of a step without a reason tells its state
    yield from (MessageState.EXPIRED, MessageState.CANCELLED)
    # details of who is left out
    yield from (f"phone:{fault}" for fault in PhoneFault)
    yield from (f"email:{fault}" for fault in EmailFault)
    yield from (
        "email_for_phone",
        "phone_for_email",
        "text_too_long",
        "speech_too_long",
        "mail_too_large",
        "unsafe_value",
    )
    for call in calls("UnsafeMail"):
        yield from (f"unsafe_mail_{code.lower()}" for code in texts(call.args[0]))


def events() -> Iterator[str]:
    yield TEST_EVENT
    yield from EVENT_OF.values()
    yield from (ATTEMPT, CALL_COMPLETE)
    yield event_of(Step(NOW, MessageState.FAILED, BOUNCED)) or ""
    yield from (state for state in EscalationState if state is not EscalationState.ACTIVE)
    for call in calls("ResultEvent", "_event", "event", "event_about"):
        named = [keyword.value for keyword in call.keywords if keyword.arg == "event"]
        for part in named or call.args[:2]:
            yield from texts(part.body if isinstance(part, ast.IfExp) else part)
            yield from texts(part.orelse) if isinstance(part, ast.IfExp) else ()


def notices() -> Iterator[str]:
    yield from (*REFUSAL_REASONS, *_SENTENCES)
    yield from (f"schedule_{failure}" for failure in schedule_notices._REASONS)
    yield from (trigger_notices._CODES.get(refusal, f"trigger_{refusal}") for refusal in NotFiredReason)
    yield from (f"callback_{notification}" for notification in EndpointNotification)
    codes = [call.args[6] for call in calls("notice_about")]
    yield from (text for code in codes for text in texts(code))
    put_together = {ast.unparse(code) for code in codes if not isinstance(code, ast.Constant)}
    assert put_together == {
        "sending_limit.value",
        "code",
        "f'callback_{notification.value}'",
        "_CODES.get(trigger_run.reason, f'trigger_{trigger_run.reason.value}')",
    }, "a notice gets its code in a new way: say here which words that gives"
    (schedules,) = files(CORE / "schedules" / "domain" / "notices.py")
    yield from (text for text in texts(schedules) if text.startswith("schedule_"))


def explained() -> Iterator[str]:
    yield from (code for code, _ in _STEPS.values())
    (module,) = files(CORE / "history" / "domain" / "explanation.py")
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "ChainLine":
            yield from texts(node.args[1])
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "code" and isinstance(
            node.value, ast.IfExp
        ):  # fmt: skip
            yield from (*texts(node.value.body), *texts(node.value.orelse))


NO_CALL = {rule_delivery.URL_TOO_LONG, rule_delivery.SANDBOX, rule_delivery.RULE_DELETED}

SOURCES: dict[str, Callable[[], Iterator[str] | set[str]]] = {
    "ErrorCode": errors,
    "FaultCode": faults,
    "WarningCode": lambda: set(WarningCode),
    "Event": events,
    "Reason": reasons,
    "MessageState": lambda: set(MessageState),
    "AlertState": lambda: set(AlertState),
    "IncidentState": lambda: set(IncidentState),
    "TimelineKind": lambda: set(TimelineKind),
    "CauseKind": lambda: set(CauseKind),
    "ExplanationCode": explained,
    "ResponseKind": lambda: set(ResponseKind),
    "Evidence": lambda: set(Evidence),
    "ClickClassification": lambda: set(ClickClassification),
    "PlannedOutcome": lambda: set(PlannedOutcome),
    "EscalationState": lambda: set(EscalationState),
    "ScheduleState": lambda: set(ScheduleState),
    "RunFailure": lambda: set(RunFailure),
    "NoticeCode": notices,
    "PauseReason": lambda: {*PAUSE_REASONS, *given("Pause", inside=ROOT / "infra" / "operator")},
    "EndpointState": lambda: set(EndpointState),
    "DisabledReason": lambda: set(DisabledReason),
    "DeliveryState": lambda: set(DeliveryState),
    "AttemptReason": lambda: {*given("EgressRefused", "_closed"), *OutboundReason, *NO_CALL},
}


def plain(words: Iterator[str] | set[str]) -> set[str]:
    return {str(word) for word in words}


@pytest.mark.parametrize("name", CATALOGUE)
def test_the_catalogue_has_every_word_of_the_code_and_no_other(name: str) -> None:
    there, used = plain(set(CATALOGUE[name].words)), plain(SOURCES[name]())

    assert used - there == set(), "without cause and cure"
    assert there - used == set(), "given by nobody"


@pytest.mark.parametrize("vocabulary", CATALOGUE.values(), ids=CATALOGUE)
def test_every_word_has_a_cause_and_a_cure_in_plain_sentences(vocabulary: Vocabulary) -> None:
    for word, code in vocabulary.words.items():
        for sentence in code:
            assert sentence.strip(), word
            assert not sentence.endswith((".", " ")), word
            assert "|" not in sentence, word
        assert code.cause != code.cure, word


def test_no_two_words_say_the_same() -> None:
    causes = Counter(code.cause for vocabulary in CATALOGUE.values() for code in vocabulary.words.values())

    assert [cause for cause, count in causes.items() if count > 1] == []


def kept() -> set[tuple[str, str]]:
    """Return chapter and word of every row of the page in the repository."""
    chapters = re.split(r"^## ", (ROOT / "docs" / "codes.md").read_text(), flags=re.M)[1:]
    return {(c.partition("\n")[0], word) for c in chapters for word in re.findall(r"^\| `([^`]+)` \|", c, re.M)}


def test_a_word_changes_with_a_line_in_the_changelog_only() -> None:
    words = {(vocabulary.title, str(word)) for vocabulary in CATALOGUE.values() for word in vocabulary.words}

    assert (words - kept(), kept() - words) == (set(), set()), (
        "words that clients build on were added or removed: add a line to CHANGELOG.md, then run `make docs`"
    )


def test_the_page_in_the_repository_is_current() -> None:
    assert (ROOT / "docs" / "codes.md").read_text() == page(), "run: make docs"


def test_a_strange_word_speaks_for_itself() -> None:
    assert reason_text("carrier_on_strike") == "carrier on strike"
    assert reason_text("bounced") == "the mailbox does not exist"
