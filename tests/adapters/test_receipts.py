"""What providers tell, read by the tables: real-shaped events in, our words out, and nothing raises."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.local import provider_events as built
from tests.builders import TENANT, number
from tests.fakes.time import NOON
from tocsin.adapters.end_user_messaging import receipts as end_user_messaging
from tocsin.adapters.ses import receipts as ses
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.delivery.domain.message import BOUNCED, MessageState, Receipt
from tocsin.delivery.domain.message_id import MessageId
from tocsin.delivery.ports.receipts import ProviderReport, Reader, UnreadReason
from tocsin.kernel.domain.ids import AlertRef
from tocsin.suppressions.domain.suppression import SuppressionReason

EVENTS = Path(__file__).parents[1] / "events"
REF = AlertRef("019ab1c2-d3e4-7123-8567-89abcdef0123")
ID = MessageId(ChunkKey(TENANT, REF, 0, 0), 0, 1)
ANA = "ana@x.example"
S = MessageState
BOUNCE, COMPLAINT = SuppressionReason.HARD_BOUNCE, SuppressionReason.COMPLAINT


def recorded(name: str) -> dict[str, Any]:
    """Return an event from the vendor's own documentation, with our id in it."""
    event: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text())
    return event


# --- SES --------------------------------------------------------------------------------------------------------------


def of_ses(kind: str, type: str = "", subtype: str = "") -> ProviderReport | UnreadReason:
    return ses.read(built.ses_event(kind, str(ID), ANA, NOON, type=type, subtype=subtype))


@pytest.mark.parametrize(
    ("kind", "type", "subtype", "state", "reason", "suppresses"),
    [
        ("Send", "", "", S.SENT, None, None),
        ("DeliveryDelay", "MailboxFull", "", S.SENT, None, None),
        ("Delivery", "", "", S.DELIVERED, None, None),
        ("Bounce", "Permanent", "General", S.FAILED, BOUNCED, BOUNCE),
        ("Bounce", "Permanent", "NoEmail", S.FAILED, BOUNCED, BOUNCE),
        ("Bounce", "Permanent", "Suppressed", S.FAILED, BOUNCED, BOUNCE),
        ("Bounce", "Permanent", "OnAccountSuppressionList", S.FAILED, BOUNCED, BOUNCE),
        ("Bounce", "Transient", "General", S.FAILED, "bounced_transient", None),
        ("Bounce", "Transient", "MailboxFull", S.FAILED, "bounced_mailbox_full", None),
        ("Bounce", "Transient", "MessageTooLarge", S.FAILED, "bounced_too_large", None),
        ("Bounce", "Transient", "ContentRejected", S.FAILED, "bounced_content_rejected", None),
        ("Bounce", "Transient", "AttachmentRejected", S.FAILED, "bounced_content_rejected", None),
        ("Bounce", "Undetermined", "Undetermined", S.FAILED, "bounced_undetermined", None),
        ("Complaint", "abuse", "", S.DELIVERED, None, COMPLAINT),
        ("Complaint", "", "", S.DELIVERED, None, COMPLAINT),
        ("Complaint", "abuse", "OnAccountSuppressionList", S.FAILED, "complained_before", COMPLAINT),
        ("Reject", "", "", S.FAILED, "rejected", None),
        ("Rendering Failure", "", "", S.FAILED, "rejected", None),
    ],
)
def test_what_ses_tells(
    kind: str, type: str, subtype: str, state: MessageState, reason: str | None, suppresses: SuppressionReason | None
) -> None:
    report = of_ses(kind, type, subtype)

    assert isinstance(report, ProviderReport)
    assert report.id == ID
    assert (report.receipt.attempt, report.receipt.state, report.receipt.reason) == (1, state, reason)
    assert report.receipt.provider_id
    assert report.suppresses is suppresses


@pytest.mark.parametrize(
    ("kind", "type"), [("Open", ""), ("Click", ""), ("Subscription", ""), ("Complaint", "not-spam")]
)
def test_what_ses_tells_beside_delivery_is_ignored(kind: str, type: str) -> None:
    assert of_ses(kind, type) is UnreadReason.IGNORED


@pytest.mark.parametrize(
    ("type", "word"),
    [("abuse", "abuse"), ("auth-failure", "auth_failure"), ("", "unspecified"), ("ana@x", "unspecified")],
)
def test_a_complaint_is_named_by_a_registered_word(type: str, word: str) -> None:
    report = of_ses("Complaint", type)
    assert isinstance(report, ProviderReport)
    assert report.complaint == word


@pytest.mark.parametrize("kind", ["Delivery", "Bounce"])
def test_only_a_complaint_is_a_complaint(kind: str) -> None:
    report = of_ses(kind)
    assert isinstance(report, ProviderReport)
    assert report.complaint is None


def test_what_ses_documents_is_read() -> None:
    sent_at = datetime(2026, 11, 23, 11, 59, 0, 12_000, UTC)
    provider_id = "0107019ab1c2d3e4-e9aedb9a-02f9-4d12-a87d-dd0099a07f8a-000000"
    bounced_at = datetime(2026, 11, 23, 12, 0, 0, 669_000, UTC)

    assert ses.read(recorded("ses_send")) == ProviderReport(ID, Receipt(1, S.SENT, None, provider_id), sent_at)
    assert ses.read(recorded("ses_bounce")) == ProviderReport(
        ID, Receipt(1, S.FAILED, BOUNCED, provider_id), bounced_at, BOUNCE, None, ANA
    )
    assert ses.read(recorded("ses_complaint")) == ProviderReport(
        ID, Receipt(1, S.DELIVERED, None, provider_id), bounced_at, COMPLAINT, "abuse", ANA
    )


def test_a_mail_without_our_tag_is_not_ours() -> None:
    assert ses.read(built.ses_event("Delivery", None, ANA, NOON)) is UnreadReason.NOT_OURS


# --- End User Messaging -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "state", "reason"),
    [
        ("TEXT_QUEUED", S.SENT, None),
        ("TEXT_PENDING", S.SENT, None),
        ("TEXT_SENT", S.SENT, None),
        ("TEXT_SUCCESSFUL", S.SENT, None),
        ("TEXT_UNKNOWN", S.SENT, None),
        ("TEXT_DELIVERED", S.DELIVERED, None),
        ("TEXT_INVALID", S.FAILED, "invalid_number"),
        ("TEXT_UNREACHABLE", S.FAILED, "handset_off"),
        ("TEXT_CARRIER_UNREACHABLE", S.FAILED, "carrier_unreachable"),
        ("TEXT_BLOCKED", S.FAILED, "number_blocked"),
        ("TEXT_CARRIER_BLOCKED", S.FAILED, "carrier_blocked"),
        ("TEXT_SPAM", S.FAILED, "taken_for_spam"),
        ("TEXT_TTL_EXPIRED", S.FAILED, "too_late_for_the_network"),
        ("TEXT_PROTECT_BLOCKED", S.FAILED, "country_blocked"),
    ],
)
def test_what_end_user_messaging_tells(kind: str, state: MessageState, reason: str | None) -> None:
    report = end_user_messaging.read(built.text_event(kind, str(ID), number(1), NOON, provider_id="p-1"))

    assert report == ProviderReport(ID, Receipt(1, state, reason, "p-1"), NOON)


def test_every_event_that_end_user_messaging_has_is_known() -> None:
    model = botocore.session.get_session().get_service_model("pinpoint-sms-voice-v2")
    kinds = set(model.shape_for("EventType").enum) - {"ALL"}  # type: ignore[attr-defined]

    read = {kind: end_user_messaging.read(built.text_event(kind, str(ID), number(1), NOON)) for kind in kinds}

    assert {kind for kind, what in read.items() if what is UnreadReason.UNKNOWN_EVENT} == {"TEXT_ALL"}


def test_what_end_user_messaging_documents_is_read() -> None:
    report = end_user_messaging.read(recorded("end_user_messaging_delivered"))

    at = datetime.fromtimestamp(1795435200, UTC) + timedelta(milliseconds=470)
    assert report == ProviderReport(ID, Receipt(1, S.DELIVERED, None, "862a8790-60c0-4430-9b2b-658bdexample"), at)


def test_a_text_without_our_context_is_not_ours() -> None:
    assert end_user_messaging.read(built.text_event("TEXT_DELIVERED", None, number(1), NOON)) is UnreadReason.NOT_OURS


# --- whatever comes ---------------------------------------------------------------------------------------------------

READERS = [ses.read, end_user_messaging.read]
_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("event", [{}, {"eventType": None}, {"eventType": ["Send"]}, {"eventType": "Send", "mail": 3}])
def test_what_has_no_known_shape_is_malformed(read: Reader, event: dict[str, Any]) -> None:
    assert read(event) in (UnreadReason.MALFORMED, UnreadReason.UNKNOWN_EVENT)


@pytest.mark.parametrize("read", READERS)
def test_a_kind_that_nobody_has_heard_of_is_unknown(read: Reader) -> None:
    assert read({"eventType": "TEXT_TELEPATHY"}) is UnreadReason.UNKNOWN_EVENT


GOOD = [
    (ses.read, built.ses_event(kind, str(ID), ANA, NOON, type="Permanent" if kind == "Bounce" else ""))
    for kind in built.SES_EVENTS
] + [(end_user_messaging.read, built.text_event("TEXT_DELIVERED", str(ID), number(1), NOON))]


@settings(max_examples=300)
@given(st.sampled_from(GOOD), st.data())
def test_a_good_event_with_anything_in_one_place_never_raises(good: tuple[Reader, dict[str, Any]], data: Any) -> None:
    read, event = good
    broken = json.loads(json.dumps(event))
    place = broken
    while True:
        key = data.draw(st.sampled_from(sorted(place)))
        if not isinstance(place[key], dict) or not place[key] or data.draw(st.booleans()):
            break
        place = place[key]
    place[key] = data.draw(_JSON)

    assert isinstance(read(broken), ProviderReport | UnreadReason)


@pytest.mark.parametrize("id", ["acme", "acme_x", str(ID).replace(".", "_") + "_7", "", 7, None, ["a"]])
def test_an_id_that_is_none_of_ours_is_malformed_or_missing(id: Any) -> None:
    event = built.ses_event("Send", str(ID), ANA, NOON)
    event["mail"]["tags"]["message"] = [id]
    assert ses.read(event) in (UnreadReason.MALFORMED, UnreadReason.NOT_OURS)


# --- the builders are as the vendors document -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("ses_send", built.ses_event("Send", str(ID), ANA, NOON)),
        ("ses_bounce", built.ses_event("Bounce", str(ID), ANA, NOON)),
        ("ses_complaint", built.ses_event("Complaint", str(ID), ANA, NOON, type="abuse")),
        ("ses_delivery", built.ses_event("Delivery", str(ID), ANA, NOON)),
        ("end_user_messaging_delivered", built.text_event("TEXT_DELIVERED", str(ID), number(1), NOON)),
        ("sqs_sns_notification", json.loads(built.notification("arn", {}, NOON))),
    ],
)
def test_the_builders_make_what_the_vendors_document(name: str, made: dict[str, Any]) -> None:
    documented = recorded(name)
    assert set(made) == set(documented)
    for key, value in documented.items():
        assert type(made[key]) is type(value)
        if isinstance(value, dict) and key != "mail":
            assert set(made[key]) == set(value)
