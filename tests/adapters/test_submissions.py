"""What an AWS service's answer means: every row of every table, and the network's ways of not answering."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.contract.aws_session import clients_towards
from tests.contract.delivery.provider_wire import (
    Answer,
    HangUp,
    Silence,
    Wire,
    eum_error,
    nobody_there,
    ses_error,
    sns_error,
    wire,
)
from tests.contract.delivery.test_email_sender import MAIL
from tests.contract.delivery.test_sms_sender import SMS
from tocsin.adapters.aws import submissions
from tocsin.adapters.aws.clients import AwsClients
from tocsin.adapters.aws.submissions import Row
from tocsin.adapters.end_user_messaging import sms_sender as eum
from tocsin.adapters.ses import email_sender as ses
from tocsin.adapters.sns import sms_sender as sns
from tocsin.delivery.domain.submission import OutcomeUnknown, Rejected, Submission


def by_sns(clients: AwsClients) -> Submission:
    return sns.SnsSmsSender(clients.sns).send(SMS)


def by_eum(clients: AwsClients) -> Submission:
    return eum.EumSmsSender(clients.sms_voice, None).send(SMS)


def by_ses(clients: AwsClients) -> Submission:
    return ses.SesEmailSender(clients.sesv2, None).send(MAIL)


Sender = Callable[[AwsClients], Submission]
SENDERS: list[Sender] = [by_sns, by_eum, by_ses]


Wired = tuple[Wire, AwsClients]
Towards = Callable[..., AbstractContextManager[AwsClients]]


@pytest.fixture(scope="module", params=["botocore", "signed"])
def thin(request: pytest.FixtureRequest) -> bool:
    """Both makes of clients tell the same story."""
    return bool(request.param == "signed")


@pytest.fixture(scope="module")
def wired(thin: bool) -> Iterator[Wired]:
    """One provider and its clients for all rows of all tables: making clients is most of the time."""
    with pytest.MonkeyPatch.context() as patch, wire() as w, clients_towards(w.url, patch, thin=thin) as clients:
        yield w, clients


@pytest.fixture
def towards(thin: bool, monkeypatch: pytest.MonkeyPatch) -> Towards:
    """Make clients towards a URL."""

    def make(url: str, patience: float = 5.0) -> AbstractContextManager[AwsClients]:
        return clients_towards(url, monkeypatch, patience, thin=thin)

    return make


@pytest.fixture(autouse=True)
def _forgotten(wired: Wired) -> None:
    wired[0].requests.clear()


def rows_of(table: tuple[Row, ...]) -> list[Row]:
    return [*table, *(row for row in submissions._COMMON if not row[0].isdigit())]


@pytest.mark.parametrize("row", rows_of(sns._REFUSALS), ids=lambda row: f"{row[0]}-{row[1]}")
def test_every_answer_of_sns_in_the_table_means_what_the_table_says(row: Row, wired: Wired) -> None:
    code, word, refused = row
    w, clients = wired
    w.behaviour = sns_error(code, f"Invalid thing: {word.upper()} Reason: so")
    assert by_sns(clients) == refused
    assert len(w.requests) == 1


@pytest.mark.parametrize("row", rows_of(eum._REFUSALS), ids=lambda row: f"{row[0]}-{row[1]}")
def test_every_answer_of_eum_in_the_table_means_what_the_table_says(row: Row, wired: Wired) -> None:
    code, word, refused = row
    w, clients = wired
    w.behaviour = eum_error(code, "so", Reason=word, ResourceType=word)
    assert by_eum(clients) == refused
    assert len(w.requests) == 1


@pytest.mark.parametrize("row", rows_of(ses._REFUSALS), ids=lambda row: f"{row[0]}-{row[1]}")
def test_every_answer_of_ses_in_the_table_means_what_the_table_says(row: Row, wired: Wired) -> None:
    code, word, refused = row
    w, clients = wired
    w.behaviour = ses_error(code, f"It is {word} so.")
    assert by_ses(clients) == refused
    assert len(w.requests) == 1


def test_a_row_that_a_row_before_it_hides_would_be_a_lie() -> None:
    for table in (sns._REFUSALS, eum._REFUSALS, ses._REFUSALS):
        rows = rows_of(table)
        for later, (code, word, refused) in enumerate(rows):
            hidden_by = [r for r in rows[:later] if r[0] == code and r[1].lower() in word.lower()]
            assert all(r[2] == refused or r in table for r in hidden_by), code
            assert not [r for r in hidden_by if r in table and (code, word, refused) in table], (code, word)


def test_the_field_eum_complains_about_tells_what_is_wrong(towards: Towards) -> None:
    with wire() as w, towards(w.url) as clients:
        fields = [{"Name": "DestinationPhoneNumber", "Message": "no"}]
        w.behaviour = eum_error("ValidationException", "1 error", Reason="FIELD_VALIDATION_FAILED", Fields=fields)
        assert by_eum(clients) == Rejected("invalid_number", permanent=True)


@pytest.mark.parametrize("sender", SENDERS)
def test_r5_an_unknown_code_is_temporary_and_told(
    sender: Sender, towards: Towards, caplog: pytest.LogCaptureFixture
) -> None:
    answers: dict[Sender, Answer] = {
        by_sns: sns_error("BrandNewTrouble", SMS.to),
        by_eum: eum_error("BrandNewTrouble", SMS.to),
        by_ses: ses_error("BrandNewTrouble", MAIL.to),
    }
    with wire() as w, towards(w.url) as clients:
        w.behaviour = answers[sender]
        answer = sender(clients)
    assert answer == Rejected("unrecognised_error", permanent=False)
    (record,) = caplog.records
    assert vars(record)["code"] == "BrandNewTrouble"


def test_a_code_that_is_no_code_is_not_told(towards: Towards, caplog: pytest.LogCaptureFixture) -> None:
    with wire() as w, towards(w.url) as clients:
        w.behaviour = sns_error("no +447700900000")
        assert by_sns(clients) == Rejected("unrecognised_error", permanent=False)
    (record,) = caplog.records
    assert vars(record)["code"] == "unreadable"


@pytest.mark.parametrize("sender", SENDERS)
def test_a_refused_connection_took_nothing_with_it(sender: Sender, towards: Towards) -> None:
    with towards(nobody_there()) as clients:
        assert sender(clients) == Rejected("provider_unreachable", permanent=False)


@pytest.mark.parametrize("sender", SENDERS)
def test_a_name_that_does_not_resolve_took_nothing_with_it(
    sender: Sender, towards: Towards, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*args: object, **kwargs: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with towards("http://provider.example") as clients:
        assert sender(clients) == Rejected("provider_unreachable", permanent=False)


@pytest.mark.parametrize("sender", SENDERS)
def test_silence_is_a_lost_reply_and_is_not_asked_twice(sender: Sender, towards: Towards) -> None:
    with wire() as w, towards(w.url, patience=0.2) as clients:
        w.behaviour = Silence()
        assert sender(clients) == OutcomeUnknown("reply_timed_out")
        assert len(w.requests) == 1


@pytest.mark.parametrize("sender", SENDERS)
def test_a_connection_broken_after_the_request_is_a_lost_reply(sender: Sender, towards: Towards) -> None:
    with wire() as w, towards(w.url) as clients:
        w.behaviour = HangUp()
        assert sender(clients) == OutcomeUnknown("connection_broken")
        assert len(w.requests) == 1


@pytest.mark.parametrize("sender", SENDERS)
def test_an_answer_that_cannot_be_read_is_a_lost_reply(sender: Sender, towards: Towards) -> None:
    with wire() as w, towards(w.url) as clients:
        w.behaviour = Answer(200, "<html>welcome to the hotel")
        assert isinstance(sender(clients), OutcomeUnknown)


@pytest.mark.parametrize("sender", SENDERS)
@pytest.mark.parametrize(
    ("status", "means"),
    [
        (502, OutcomeUnknown("gateway_error")),
        (504, OutcomeUnknown("gateway_error")),
        (503, Rejected("provider_unavailable", False)),
    ],
)
def test_a_gateway_in_between_says_nothing_about_the_message(
    sender: Sender, status: int, means: Submission, towards: Towards
) -> None:
    with wire() as w, towards(w.url) as clients:
        w.behaviour = Answer(status, "")
        assert sender(clients) == means
        assert len(w.requests) == 1


def test_a_retry_after_is_honoured(towards: Towards) -> None:
    with wire() as w, towards(w.url) as clients:
        w.behaviour = sns_error("Throttling", status=429, **{"Retry-After": "40"})
        assert by_sns(clients) == Rejected("throttled", permanent=False, retry_after=timedelta(seconds=40))
        w.behaviour = sns_error("Throttling", status=429, **{"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"})
        assert by_sns(clients) == Rejected("throttled", permanent=False)


def test_without_credentials_nothing_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    with wire() as w, clients_towards(w.url, monkeypatch) as clients:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.delenv(name)
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        assert by_sns(clients) == Rejected("provider_unreachable", permanent=False)
        assert w.requests == []


def test_a_server_that_cannot_prove_who_it_is_is_told_nothing(tmp_path: Path, towards: Towards) -> None:
    # given a TLS server with a certificate that nobody vouches for
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    command += ["-days", "1", "-subj", "/CN=127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            caller, _ = listening.accept()
            try:
                with context.wrap_socket(caller, server_side=True):
                    pass
            except OSError:
                caller.close()

        thread = threading.Thread(target=answer)
        thread.start()
        # when a message is handed to it
        url = f"https://127.0.0.1:{listening.getsockname()[1]}"
        with towards(url) as clients:
            answered = by_sns(clients)
        thread.join()
    # then the message has certainly not left
    assert answered == Rejected("provider_unreachable", permanent=False)


def test_the_stores_are_asked_again_and_the_providers_are_not(towards: Towards) -> None:
    with wire() as w, towards(w.url) as clients:
        w.behaviour = Answer(503, "")
        with pytest.raises(ClientError):
            clients.sqs.list_queues()
        assert len(w.requests) == 3
        w.requests.clear()
        by_ses(clients)
        assert len(w.requests) == 1


def test_clients_are_made_once_and_go_where_botocore_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with wire() as w, clients_towards(w.url, monkeypatch) as clients:
        assert clients.sns is clients.sns
        client: Any
        for client in (clients.sns, clients.sesv2, clients.sms_voice):
            options = vars(client.meta.config)["_user_provided_options"]
            assert options["retries"] == {"mode": "standard", "total_max_attempts": 1}
        for client in (clients.dynamodb, clients.sqs, clients.kms, clients.s3, clients.sesv2, clients.sms_voice):
            assert client.meta.endpoint_url == w.url
