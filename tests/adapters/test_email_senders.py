"""What stands in the requests the email senders make; the model of SES checks the shapes."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends

from tests.contract.cloud import REGION
from tests.contract.delivery.test_email_sender import ID, MAIL, MIME
from tocsin.adapters.sandbox.senders import SandboxEmailSender
from tocsin.adapters.ses.email_sender import SesEmailSender, tag_value
from tocsin.content.domain.content import EmailContent
from tocsin.content.domain.mime import MailTemplate
from tocsin.delivery.domain.submission import Accepted, Rejected

SESSION = boto3.Session("testing", "testing", region_name=REGION)


def test_ses_gets_the_mail_for_exactly_one_receiver() -> None:
    template = MailTemplate.compile(EmailContent("Grüße [r1]", "Grüße", "text/plain", to="All staff"), "t.example")
    mime = template.addressed("ana@x.example", str(ID), datetime(2026, 11, 21, tzinfo=UTC))
    with mock_aws():
        sesv2 = SESSION.client("sesv2")
        sesv2.create_email_identity(EmailIdentity="t.example")
        answer = SesEmailSender(sesv2, None).send(replace(MAIL, sender=template.sender, mime=mime))
        assert isinstance(answer, Accepted)
        (sent,) = ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages
    assert sent.source == "alerts@t.example"
    assert sent.destinations[0] == "ana@x.example"
    assert sent.raw_data.encode() == mime


def test_ses_gets_the_envelope_our_id_and_the_configuration_set() -> None:
    sesv2 = SESSION.client("sesv2")
    with Stubber(sesv2) as stub:
        stub.add_response(
            "send_email",
            {"MessageId": "m-1"},
            {
                "FromEmailAddress": "alerts@t.example",
                "Destination": {"ToAddresses": ["ana@x.example"]},
                "Content": {"Raw": {"Data": MIME}},
                "EmailTags": [{"Name": "message", "Value": "acme_0192aaaa-0000-7000-8000-000000000000_0_0_7_1"}],
                "ConfigurationSetName": "events",
            },
        )
        assert SesEmailSender(sesv2, "events").send(MAIL) == Accepted("m-1")
        stub.assert_no_pending_responses()


def test_an_id_is_a_tag_ses_takes_and_can_be_read_back() -> None:
    value = tag_value(str(ID))
    assert re.fullmatch("[A-Za-z0-9_-]{1,256}", value)
    assert value.replace("_", ".") == str(ID)


TEMPORARY = Rejected("sandbox_temporary_failure", permanent=False)


@pytest.mark.parametrize(
    ("to", "fates"),
    [
        ("temporary-failure@sandbox.tocsin.example", [TEMPORARY, TEMPORARY, TEMPORARY]),
        ("Permanent-Failure@Sandbox.Tocsin.example", [Rejected("sandbox_permanent_failure", permanent=True)]),
        ("retry-once+ana@sandbox.tocsin.example", [TEMPORARY, Accepted]),
        ("retry-twice@sandbox.tocsin.example", [TEMPORARY, TEMPORARY, Accepted]),
        ("permanent-failure@elsewhere.example", [Accepted]),
        ("ana@x.example", [Accepted]),
    ],
)
def test_a_sandbox_mailbox_has_its_fate(to: str, fates: list[object]) -> None:
    for attempt, fate in enumerate(fates, start=1):
        answer = SandboxEmailSender().send(replace(MAIL, to=to, id=replace(ID, attempt=attempt)))
        assert answer == fate or fate is type(answer)
