"""What each variable holds, read from events of every type that is mailed."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.event_data.shapes import RecordShape
from tocsin.telephony.domain.vocabulary import TYPES
from tocsin.tenant_mail.domain.mail_variables import TEMPLATES, AccountFacts, values_of

AT = datetime(2026, 11, 28, 18, 44, 30, tzinfo=UTC)
CALLER = {"number": "+447700900123", "name": "Ada"}
QUEUE = {"callId": "c1", "queue": {"id": "q-1", "name": "Desk"}, "from": CALLER}


def event(template: str, data: dict[str, Any]) -> TelephonyEvent:
    return TelephonyEvent("pbx", "1", TEMPLATES[template].event, AT, AT, data)


PUBLISHED = {
    "USER_CREATION": "DISPLAY_NAME DOMAIN EXTENSION_NUMBER EXTENSION_PASSWORD QR_CODE SIP_PRIVATE_IP SIP_PUBLIC_IP TCP_PORT "
    "TLS_PORT UDP_PORT USER_EMAIL USER_NAME USER_PASSWORD VOICEMAIL_PIN",
    "QUEUE_CALL_LOST": "CALLER_NAME CALLER_NUMBER DATE_TIME QUEUE_NAME QUEUE_NUMBER",
    "QUEUE_SLA": "CALLER_NAME CALLER_NUMBER DATE_TIME QUEUE_NAME QUEUE_NUMBER BREACHSLANO SLA_TIME WAITSESSIONNO",
    "QUEUE_CALLBACK": "CALLER_NAME CALLER_NUMBER DATE_TIME QUEUE_NAME QUEUE_NUMBER CALL_BACK_NUMBER",
    "QUEUE_CALLBACK_FAILED": "CALLER_NAME CALLER_NUMBER DATE_TIME QUEUE_NAME QUEUE_NUMBER CALL_BACK_NUMBER",
    "VOICEMAIL_RECEIVED": "CALLER_NAME CALLER_NUMBER DATE_TIME DISPLAY_NAME VOICEMAIL_DOWNLOAD_URL VOICEMAIL_NAME",
    "CALL_REPORT_COMPLETED": "CALLREPORT_LINK CALLREPORT_NAME CALLREPORT_TYPE",
    "DISK_LOW": "DATE_TIME FREE_SIZE USED_SIZE",
    "EMERGENCY_CALL": "CALLEE_NUMBER CALLER_NAME CALLER_NUMBER DATE_TIME PBX_WEB_DOMAIN",
    "LICENSE_LIMITED": "LICENSE_TYPE PBX_WEB_DOMAIN",
    "RECHARGE": "DATE_TIME DISPLAY_NAME PAYMENT_AMOUNT",
    "CONFERENCE_INVITATION": "DIAL_NUMBER JOIN_LINK PASSWORD TIME TOPIC",
    "TRUNK_CONNECTED": "DATE_TIME PBX_WEB_DOMAIN TRUNK_NAME",
    "TRUNK_DISCONNECTED": "DATE_TIME PBX_WEB_DOMAIN TRUNK_NAME STATUS_CODE",
}


def test_pn_15_there_are_the_14_published_templates_with_their_variables() -> None:
    assert {name: set(kind.variables) for name, kind in TEMPLATES.items()} == {
        name: set(words.split()) for name, words in PUBLISHED.items()
    }


@pytest.mark.parametrize("template", TEMPLATES)
def test_each_variable_reads_a_field_that_events_of_this_type_have(template: str) -> None:
    kind = TEMPLATES[template]
    fields = {field.name: field.shape for field in TYPES[kind.event].data.fields}
    for variable in kind.variables.values():
        for named in re.findall(
            r"`([a-zA-Z.]+)`", variable.about.replace("`time` of the event", "").replace("of the account", "")
        ):
            first, _, rest = named.partition(".")
            if first == "pbx" or named == "voicemail.url":  # of the account; of `call.ended`
                continue
            shape = fields[first]
            assert not rest or (isinstance(shape, RecordShape) and rest in {field.name for field in shape.fields})


@pytest.mark.parametrize("template", TEMPLATES)
def test_an_event_without_data_has_no_values(template: str) -> None:
    found = values_of(template, event(template, {}), AccountFacts())
    found.pop("DATE_TIME", None)
    assert set(found.values()) == {""}


def test_times_are_those_of_the_accounts_zone() -> None:
    facts = AccountFacts(zone=ZoneInfo("America/New_York"))
    assert values_of("QUEUE_SLA", event("QUEUE_SLA", QUEUE), facts)["DATE_TIME"] == "2026-11-28 13:44 EST"
    invited = event("CONFERENCE_INVITATION", {"at": "2026-07-01T10:00:00+02:00"})
    assert values_of("CONFERENCE_INVITATION", invited, facts)["TIME"] == "2026-07-01 04:00 EDT"


def test_a_queue_has_the_name_of_the_directory_else_of_the_event_else_its_id() -> None:
    def name_of(data: dict[str, Any], facts: AccountFacts) -> tuple[str, str]:
        found = values_of("QUEUE_CALL_LOST", event("QUEUE_CALL_LOST", data), facts)
        return found["QUEUE_NAME"], found["QUEUE_NUMBER"]

    assert name_of(QUEUE, AccountFacts(queue_name="Support", queue_number="8000")) == ("Support", "8000")
    assert name_of(QUEUE, AccountFacts()) == ("Desk", "q-1")
    assert name_of({**QUEUE, "queue": {"id": "q-1"}}, AccountFacts()) == ("q-1", "q-1")


def test_numbers_sizes_and_amounts_are_as_people_read_them() -> None:
    data = {**QUEUE, "slaSeconds": 20.0, "breachNo": 3, "waiting": 0}
    found = values_of("QUEUE_SLA", event("QUEUE_SLA", data), AccountFacts())
    assert (found["SLA_TIME"], found["BREACHSLANO"], found["WAITSESSIONNO"]) == ("20", "3", "0")
    disk = values_of("DISK_LOW", event("DISK_LOW", {"freeBytes": 1_000_000_000, "usedBytes": 999}), AccountFacts())
    assert (disk["FREE_SIZE"], disk["USED_SIZE"]) == ("1.0 GB", "999 B")
    paid = event("RECHARGE", {"amount": 25, "currency": "GBP"})
    assert values_of("RECHARGE", paid, AccountFacts(person_name="Grace")) | {"DATE_TIME": ""} == {
        "DATE_TIME": "", "DISPLAY_NAME": "Grace", "PAYMENT_AMOUNT": "25.00 GBP",
    }  # fmt: skip


def test_a_new_person_has_the_secrets_of_the_event_and_what_the_directory_knows() -> None:
    data = {
        "userId": "x-1", "email": "g@example.org", "displayName": "G", "extension": "2011", "domain": "sip.example.org",
        "extensionPassword": "p1", "userPassword": "p2", "voicemailPin": "4711",
    }  # fmt: skip
    pbx = {"sip_public_ip": "198.51.100.1", "tls_port": "5061"}
    facts = AccountFacts(person_name="Grace", person_email="grace@example.org", person_extension="2010", pbx=pbx)
    found = values_of("USER_CREATION", event("USER_CREATION", data), facts)
    assert {name: value for name, value in found.items() if value} == {
        "DISPLAY_NAME": "Grace", "DOMAIN": "sip.example.org", "EXTENSION_NUMBER": "2010", "EXTENSION_PASSWORD": "p1",
        "QR_CODE": "sip:2010@sip.example.org", "SIP_PUBLIC_IP": "198.51.100.1", "TLS_PORT": "5061",
        "USER_EMAIL": "grace@example.org", "USER_NAME": "grace@example.org", "USER_PASSWORD": "p2", "VOICEMAIL_PIN": "4711",
    }  # fmt: skip
    alone = values_of("USER_CREATION", event("USER_CREATION", data), AccountFacts())
    assert (alone["DISPLAY_NAME"], alone["USER_EMAIL"], alone["QR_CODE"]) == (
        "G",
        "g@example.org",
        "sip:2011@sip.example.org",
    )


def test_the_voicemail_of_a_call_has_the_values_of_a_voicemail() -> None:
    data = {"line": "2010", "from": CALLER, "voicemail": {"url": "https://pbx.example.org/1.wav"}}
    call = TelephonyEvent("pbx", "1", "call.ended", AT, AT, data)
    found = values_of("VOICEMAIL_RECEIVED", call, AccountFacts())
    assert (found["VOICEMAIL_DOWNLOAD_URL"], found["VOICEMAIL_NAME"]) == ("https://pbx.example.org/1.wav", "2010")


def test_the_guide_names_every_variable_and_where_its_value_comes_from() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "guides" / "tenant-mail.md").read_text()
    for kind in TEMPLATES.values():
        assert f"### {kind.name}\n\nEvent `{kind.event}`." in guide
        rows = [f"| `%%{each.name}%%` | {each.about} | {each.sample} |" for each in kind.variables.values()]
        assert "\n".join(rows) in guide
