"""Decided 8.2, D.0: whom a mail is believed to be from."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.unit.inbound.answering import BELIEVED
from tocsin.adapters.inbound_mail.organization import organization_of
from tocsin.adapters.inbound_mail.parser import parse_mail
from tocsin.inbound.domain.belief import Belief, judge_sender
from tocsin.inbound.domain.mail_receipt import MailReceipt, Verdict

BOSS = "boss@victim.example"
NOTHING = replace(BELIEVED, source=BOSS, spf=Verdict.GRAY, dkim=Verdict.GRAY, dmarc=Verdict.GRAY)
NO_PASS = [verdict for verdict in Verdict if verdict is not Verdict.PASS]


def judged(receipt: MailReceipt | None, *signed_by: str, sender: str = BOSS) -> Belief:
    return judge_sender(sender, receipt, signed_by, organization_of)


def test_dmarc_decides_if_it_passed_or_failed() -> None:
    assert judged(replace(NOTHING, dmarc=Verdict.PASS)) is Belief.DMARC_PASSED
    failed = replace(NOTHING, dmarc=Verdict.FAIL, spf=Verdict.PASS, dkim=Verdict.PASS)
    assert judged(failed, "victim.example") is Belief.DMARC_FAILED


@pytest.mark.parametrize(
    ("source", "sender", "belief"),
    [
        ("x@victim.example", BOSS, Belief.SPF_ALIGNED),
        ("x@Bounce.Victim.Example", BOSS, Belief.SPF_ALIGNED),
        ("x@victim.example", "boss@hq.victim.example", Belief.SPF_ALIGNED),
        ("x@bücher.example", "boss@xn--bcher-kva.example", Belief.SPF_ALIGNED),
        ("x@attacker.example", BOSS, Belief.NOT_PROVEN),
        ("victim.example@attacker.example", BOSS, Belief.NOT_PROVEN),
        ("x@attacker.co.uk", "boss@victim.co.uk", Belief.NOT_PROVEN),
        ("x@attacker.github.io", "boss@victim.github.io", Belief.NOT_PROVEN),
        ("x@co.uk", "boss@victim.co.uk", Belief.NOT_PROVEN),
        ("", BOSS, Belief.NOT_PROVEN),
        ("x@[192.0.2.1]", "boss@[192.0.2.1]", Belief.NOT_PROVEN),
    ],
)
def test_spf_counts_if_the_envelope_is_of_the_same_organization(source: str, sender: str, belief: Belief) -> None:
    assert judged(replace(NOTHING, spf=Verdict.PASS, source=source), sender=sender) is belief


def test_a_signature_counts_if_the_record_says_pass_and_it_is_of_the_same_organization() -> None:
    signed = replace(NOTHING, dkim=Verdict.PASS)
    assert judged(signed, "list.example", "mail.victim.example") is Belief.DKIM_ALIGNED
    assert judged(signed, "attacker.example") is Belief.NOT_PROVEN
    assert judged(signed) is Belief.NOT_PROVEN
    for verdict in NO_PASS:
        assert not judged(replace(NOTHING, dkim=verdict), "victim.example").believed


@pytest.mark.parametrize("verdict", NO_PASS)
def test_only_pass_is_a_pass(verdict: Verdict) -> None:
    assert not judged(replace(NOTHING, spf=verdict, dkim=verdict, dmarc=verdict), "victim.example").believed


def test_without_a_sender_or_a_record_nothing_is_believed() -> None:
    assert judged(BELIEVED, sender="") is Belief.NO_SENDER
    assert judged(None, "victim.example") is Belief.NO_RECORD


# --- headers that attackers write, by grammar -----------------------------------------------------------------

_NAMES = st.sampled_from(
    ["amazonses.com", "AmazonSES.com", "mx.victim.example", "amazonses.com 1", "(x) amazonses.com"]
)
_DOMAINS = st.sampled_from(["victim.example", "attacker.example", '"victim.example"', "@victim.example", BOSS])
_METHODS = st.sampled_from(["dkim", "spf", "dmarc", "arc", "DKIM", "dkim/1", "x"])
_RESULTS = st.sampled_from(["pass", "fail", "temperror", "none", "Pass", "pass(x)"])
_PROPERTIES = st.sampled_from(["header.d", "header.i", "header.from", "smtp.mailfrom", "client-ip", "envelope-from"])
_CLAIM = st.builds("{}={} {}={}".format, _METHODS, _RESULTS, _PROPERTIES, _DOMAINS)
_TEXT = st.recursive(
    _CLAIM,
    lambda inner: st.one_of(
        st.builds("({})".format, inner),
        st.builds('"{}"'.format, inner),
        st.builds("{}; {}".format, inner, inner),
        st.builds("{}\r\n {}".format, inner, inner),
        st.builds("reason={} {}".format, inner, inner),
        st.builds("{}(".format, inner),
    ),
    max_leaves=6,
)
_HEADER = st.one_of(
    st.builds("Authentication-Results: {}; {}\r\n".format, _NAMES, _TEXT),
    st.builds("Received-SPF: pass ({})\r\n".format, _TEXT),
    st.builds("X-SES-Spam-Verdict: {}\r\n".format, _TEXT),
    st.builds("Received: from ({}) by inbound-smtp.eu-west-1.amazonaws.com; now\r\n".format, _TEXT),
    st.builds("Return-Path: <{}>\r\n".format, _TEXT),
    st.builds("DKIM-Signature: v=1; d=victim.example; {}\r\n".format, _TEXT),
)
_OURS = (
    "Return-Path: <x@attacker.example>\r\nReceived: from x by inbound-smtp.eu-west-1.amazonaws.com; now\r\n"
    "X-SES-Spam-Verdict: PASS\r\nAuthentication-Results: amazonses.com;\r\n"
    " spf=pass (spfCheck: domain of attacker.example) client-ip=192.0.2.1; envelope-from={source}; helo={helo};\r\n"
    " dkim=pass header.i=@attacker.example;\r\n dmarc=none header.from=victim.example;\r\n"
)
_WORD = _TEXT.map(lambda text: "".join(text.split()))  # SMTP takes no blanks and no line breaks here
_UNBELIEVED = st.builds(
    replace,
    st.just(NOTHING),
    source=st.sampled_from(
        ["x@attacker.example", "dmarc=pass@attacker.example", "boss@victim.example.attacker.example"]
    ),
    spf=st.sampled_from(list(Verdict)),
    dkim=st.sampled_from(list(Verdict)),
    dmarc=st.sampled_from(list(NO_PASS)),
)


@given(_UNBELIEVED, _WORD, _WORD, st.lists(_HEADER, max_size=4))
@example(replace(NOTHING, dkim=Verdict.PASS), "a@b", "x;dkim=pass(c)header.d=victim.example", [])
@example(replace(NOTHING, dkim=Verdict.PASS), "x;dkim=pass(c)header.d=victim.example", "x", [])
@example(
    replace(NOTHING, dkim=Verdict.PASS),
    "a@b",
    "x",
    ["Authentication-Results: amazonses.com; dkim=pass header.d=victim.example\r\n"],
)
def test_d0_no_header_text_makes_an_unbelieved_record_believed(
    receipt: MailReceipt, source: str, helo: str, headers: list[str]
) -> None:
    """The mail service wrote its own fields on top; the attacker chose the envelope, HELO and everything below."""
    head = _OURS.format(source=source, helo=helo) + "".join(headers)
    mail = parse_mail(f"{head}From: Boss <{BOSS}>\r\nSubject: FIRE\r\n\r\nfire".encode())
    assert mail is not None
    assert not judge_sender(BOSS, receipt, mail.signed_by, organization_of).believed


@given(_UNBELIEVED.map(lambda receipt: replace(receipt, dkim=Verdict.FAIL)), st.lists(_HEADER, max_size=5))
def test_d0_nor_if_the_mail_service_wrote_no_header_and_found_no_signature(
    receipt: MailReceipt, headers: list[str]
) -> None:
    mail = parse_mail(f"{''.join(headers)}From: Boss <{BOSS}>\r\n\r\nfire".encode())
    assert mail is not None
    assert not judge_sender(BOSS, receipt, mail.signed_by, organization_of).believed
