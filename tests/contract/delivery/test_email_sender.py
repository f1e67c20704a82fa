"""What every EmailSender promises: it says what became of the mail, it never raises, and it gives nobody away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import pytest

from tests.builders import TENANT
from tests.contract.aws_session import clients_towards
from tests.contract.delivery.provider_wire import Answer, HangUp, Wire, ses_error, ses_taken, wire
from tests.fakes import providers
from tests.fakes.providers import FakeEmailSender
from tocsin.adapters.sandbox.senders import SandboxEmailSender
from tocsin.adapters.ses.email_sender import SesEmailSender
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.delivery.domain.message_id import MessageId
from tocsin.delivery.domain.submission import Accepted, OutcomeUnknown, Rejected
from tocsin.delivery.ports.senders import EmailSender, OutgoingEmail
from tocsin.kernel.domain.ids import AlertRef

ID = MessageId(ChunkKey(TENANT, AlertRef("0192aaaa-0000-7000-8000-000000000000"), 0, 0), 7, 1)
TEXT = "the canary sings at noon"
MIME = f"To: ana@x.example\r\nSubject: {TEXT}\r\n\r\n{TEXT}\r\n".encode()
MAIL = OutgoingEmail(ID, "alerts@t.example", "ana@x.example", MIME)


@dataclass
class Post:
    """A sender, and a way to make what is at its other end behave; returns the address to send to."""

    sender: EmailSender
    takes: Callable[[], str]
    throttles: Callable[[], str]
    refuses: Callable[[], str]
    loses_the_reply: Callable[[], str]

    def mail(self, to: str) -> OutgoingEmail:
        return replace(MAIL, to=to)


@pytest.fixture(params=["fake", "sandbox", "ses", "signed ses"])
def post(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    match request.param:
        case "fake":
            yield _fake()
        case "sandbox":
            yield Post(
                SandboxEmailSender(pause=lambda seconds: None),
                lambda: "delivered@sandbox.tocsin.example",
                lambda: "temporary-failure@sandbox.tocsin.example",
                lambda: "permanent-failure@sandbox.tocsin.example",
                lambda: "outcome-unknown@sandbox.tocsin.example",
            )
        case _:
            thin = request.param.startswith("signed")
            with wire() as w, clients_towards(w.url, monkeypatch, thin=thin) as clients:
                yield _wired(w, SesEmailSender(clients.sesv2, "events"))


def _fake() -> Post:
    fake = FakeEmailSender()

    def behaving(behaviour: providers.Behaviour) -> Callable[[], str]:
        def prepare() -> str:
            fake.towards(MAIL.to, behaviour)
            return MAIL.to

        return prepare

    return Post(
        fake,
        behaving(providers.Accept()),
        behaving(providers.Throttle()),
        behaving(providers.RefusePermanent()),
        behaving(providers.LoseReply()),
    )


def _wired(w: Wire, sender: EmailSender) -> Post:
    def behaving(behaviour: Answer | HangUp) -> Callable[[], str]:
        def prepare() -> str:
            w.behaviour = behaviour
            return MAIL.to

        return prepare

    return Post(
        sender,
        behaving(ses_taken("m-1")),
        behaving(ses_error("TooManyRequestsException", "Maximum sending rate exceeded.", 429)),
        behaving(ses_error("BadRequestException", f"Illegal address: {MAIL.to}")),
        behaving(HangUp()),
    )


def test_a_mail_that_is_taken_gets_the_provider_s_name(post: Post) -> None:
    answer = post.sender.send(post.mail(post.takes()))
    assert isinstance(answer, Accepted)
    assert answer.provider_id


def test_a_throttled_mail_may_be_tried_again(post: Post) -> None:
    answer = post.sender.send(post.mail(post.throttles()))
    assert isinstance(answer, Rejected)
    assert not answer.permanent


def test_a_mail_nobody_can_deliver_is_refused_for_good(post: Post) -> None:
    answer = post.sender.send(post.mail(post.refuses()))
    assert isinstance(answer, Rejected)
    assert answer.permanent


def test_without_an_answer_nobody_claims_to_know(post: Post) -> None:
    assert isinstance(post.sender.send(post.mail(post.loses_the_reply())), OutcomeUnknown)


def test_ten_threads_may_send_at_once(post: Post) -> None:
    mail = post.mail(post.takes())
    with ThreadPoolExecutor(10) as executor:
        answers = list(executor.map(lambda _: post.sender.send(mail), range(30)))
    assert [answer for answer in answers if not isinstance(answer, Accepted)] == []


def test_s7_no_answer_and_no_log_line_names_the_receiver_or_the_text(
    post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    for prepare in (post.takes, post.throttles, post.refuses, post.loses_the_reply):
        to = prepare()
        answer = post.sender.send(post.mail(to))
        for told in (repr(answer), caplog.text, repr([vars(record) for record in caplog.records])):
            assert to not in told
            assert TEXT not in told
