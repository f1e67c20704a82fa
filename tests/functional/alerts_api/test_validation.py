"""What is wrong with a send is said at the door, all of it, and nothing of it is sent (AH-1 … AH-18, AH-85 …)."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.functional.alerts_api.conftest import WAV, Door, call, email, inbound, sms

GONE = ...


def refused(door: Door, *elements: dict[str, Any], **more: Any) -> dict[str, str]:
    """Send, see that all of it was refused before anything was accepted, and return the codes by pointer."""
    answer = door.send(*elements, **more)
    assert answer.status == answer.json["returnCode"] == 400, answer.text
    assert answer.json["success"] is False
    assert answer.json["failureReason"]
    assert "alertRef" not in answer.json
    assert not door.alerts.alerts
    assert not door.queue.puts
    return answer.faults()


def accepted(door: Door, *elements: dict[str, Any], **more: Any) -> None:
    """Send and see that the door lets it through (and that it is sent, where the channel is served)."""
    answer = door.send(*elements, **more)
    assert answer.status != 400, answer.text


@pytest.mark.parametrize("field", ["version", "clientRef", "alert"])
def test_ah_1_a_mandatory_field_that_is_missing_is_named(door: Door, field: str) -> None:
    answer = door.send(**{field: GONE})

    assert (answer.status, answer.faults()) == (400, {f"/{field}": "REQUIRED"})
    assert field in answer.json["failureReason"]
    assert not door.alerts.alerts


def test_ah_1_without_a_key_the_call_is_refused_and_the_key_named(door: Door) -> None:
    answer = door.send(apiKey=GONE)

    assert answer.status == answer.json["returnCode"] == 401
    assert answer.faults() == {"/apiKey": "UNAUTHORIZED"}
    assert not door.alerts.alerts


@pytest.mark.parametrize("version", ["v2", "V1", "1.0", ""])
def test_an_unknown_version_is_refused(door: Door, version: str) -> None:
    assert refused(door, version=version) == {"/version": "NOT_ALLOWED"}


@pytest.mark.parametrize("version", ["latest", "v1", "v1.0"])
def test_every_version_there_is_is_taken(door: Door, version: str) -> None:
    accepted(door, version=version)


@pytest.mark.parametrize("reference", ["a b", "a.b", "é", "", "a\n", "x" * 129])
def test_ah_2_a_client_ref_of_other_characters_is_refused(door: Door, reference: str) -> None:
    assert "/clientRef" in refused(door, clientRef=reference)


def test_ah_2_a_good_client_ref_comes_back(door: Door) -> None:
    assert door.send(clientRef="Ab9+-_").json["clientRef"] == "Ab9+-_"
    assert door.send(clientRef="Ab9+-_", alert=[]).json["clientRef"] == "Ab9+-_"


def test_ah_3_an_empty_alert_is_refused(door: Door) -> None:
    assert refused(door, alert=[]) == {"/alert": "TOO_FEW"}


@pytest.mark.parametrize("kind", ["fax", "Sms", "SMS", "", 5, None])
def test_ah_4_another_alert_type_is_refused(door: Door, kind: Any) -> None:
    assert list(refused(door, sms(alertType=kind))) == ["/alert/0/alertType"]


def test_ah_4_a_type_in_the_wrong_case_gets_a_hint(door: Door) -> None:
    assert "did you mean `sms`?" in door.send(sms(alertType="Sms")).json["failureReason"]


@pytest.mark.parametrize("make", [sms, email, call, inbound])
def test_ah_5_an_element_needs_a_tag(door: Door, make: Any) -> None:
    assert refused(door, make(tag=GONE)) == {"/alert/0/tag": "REQUIRED"}
    assert refused(door, make(tag="")) == {"/alert/0/tag": "TOO_SHORT"}


@pytest.mark.parametrize(
    "nobody",
    [
        {},
        {"recipients": [], "recipientList": "", "contacts": [], "contactList": " , ", "contactSets": [" "]},
        {"recipients": None},
    ],
)
def test_ah_6_an_element_that_names_nobody_is_refused(door: Door, nobody: dict[str, Any]) -> None:
    assert refused(door, {**sms(recipients=GONE), **nobody})["/alert/0"] == "NO_RECEIVERS"


def test_ah_6_an_inbound_call_needs_no_receivers(door: Door) -> None:
    accepted(door, inbound())


@pytest.mark.parametrize("make", [sms, email, call, inbound])
def test_ah_7_content_or_stored_content_and_not_both(door: Door, make: Any) -> None:
    store = "019aa3c4-5d00-7c8f-9b3a-2f6d1e4c7a90"

    assert refused(door, make(content=GONE)) == {"/alert/0/content": "REQUIRED"}
    assert refused(door, make(storedContent=store)) == {"/alert/0/storedContent": "CONFLICT"}


def test_ah_7_an_explicit_null_counts_as_absent(door: Door) -> None:
    accepted(door, sms(storedContent=None))


def test_ah_8_invalid_base64_is_refused_and_valid_base64_decoded(door: Door) -> None:
    assert refused(door, sms(content="hello!", contentEncoding="base64")) == {"/alert/0/content": "BAD_BASE64"}
    assert refused(door, sms(content="/w==", contentEncoding="base64")) == {"/alert/0/content": "BAD_BASE64"}

    accepted(door, sms(content=base64.b64encode("grüße".encode()).decode(), contentEncoding="base64"))
    (alert,) = door.alerts.alerts.values()
    assert alert.items[0].content is not None
    assert getattr(alert.items[0].content, "text") == "grüße"  # noqa: B009


def test_ah_10_sms_and_call_need_a_sender_and_email_does_not(door: Door) -> None:
    assert refused(door, sms(sender=GONE)) == {"/alert/0/sender": "REQUIRED"}
    assert refused(door, call(sender=GONE)) == {"/alert/0/sender": "REQUIRED"}
    assert refused(door, call(sender="MyCompany")) == {"/alert/0/sender": "WRONG_FORM"}
    accepted(door, email(sender=GONE))


@pytest.mark.parametrize("sender", ["+447777100100", "MyCompany", "a", "Eleven11111", "24SEVEN"])
def test_ah_11_a_good_sms_sender_is_taken(door: Door, sender: str) -> None:
    accepted(door, sms(sender=sender))


@pytest.mark.parametrize(
    "sender", ["TwelveLetter", "447777100100", "12345", "", "My Co", "+0123456789", "Tocsin\n", "é"]
)
def test_ah_11_another_sms_sender_is_refused(door: Door, sender: str) -> None:
    assert refused(door, sms(sender=sender)) == {"/alert/0/sender": "WRONG_FORM"}


@pytest.mark.parametrize("field", ["to", "sender", "replyTo"])
@pytest.mark.parametrize("value", ["a@b", "a\r\nBcc: x", "a\nb", "<a>"])
def test_ah_12_a_display_part_is_only_the_part_before_the_at(door: Door, field: str, value: str) -> None:
    assert list(refused(door, email(**{field: value}))) == [f"/alert/0/{field}"]


def test_ah_12_a_display_part_may_hold_blanks(door: Door) -> None:
    accepted(door, email(to="All staff", sender="alerts", replyTo="no.reply"))


@pytest.mark.parametrize("make", [call, inbound])
def test_ah_13_spoken_content_needs_a_format_and_a_store_does_not(door: Door, make: Any) -> None:
    assert refused(door, make(voiceFormat=GONE)) == {"/alert/0/voiceFormat": "REQUIRED"}
    accepted(door, make(voiceFormat=GONE, content=GONE, storedContent="019aa3c4-5d00-7c8f-9b3a-2f6d1e4c7a90"))


def test_ah_14_another_voice_format_and_a_voice_for_a_recording_are_refused(door: Door) -> None:
    recorded = {"voiceFormat": "wav", "content": WAV, "contentEncoding": "base64"}

    assert refused(door, call(voiceFormat="ogg")) == {"/alert/0/voiceFormat": "NOT_ALLOWED"}
    assert refused(door, call(**recorded, tts={})) == {"/alert/0/tts": "CONFLICT"}
    assert refused(door, call(**{**recorded, "contentEncoding": GONE})) == {"/alert/0/contentEncoding": "REQUIRED"}
    assert refused(door, call(**{**recorded, "voiceFormat": "mp3"})) == {"/alert/0/content": "NOT_AUDIO"}
    accepted(door, call(**recorded))
    spoken = {"language": "en-GB", "gender": "MALE", "enhancedTts": True}
    accepted(door, call(content="<speak>hello</speak>", tts=spoken))


def test_ah_15_an_inbound_call_needs_its_number(door: Door) -> None:
    assert refused(door, inbound(telephoneNumber=GONE)) == {"/alert/0/telephoneNumber": "REQUIRED"}
    assert refused(door, inbound(telephoneNumber="0123")) == {"/alert/0/telephoneNumber": "WRONG_FORM"}


def test_ah_16_a_multipart_body_needs_a_boundary_and_ignores_the_type(door: Door) -> None:
    assert refused(door, email(emailBodyIsMultipart=True)) == {"/alert/0/multipartBoundary": "REQUIRED"}
    assert list(refused(door, email(emailBodyIsMultipart=True, multipartBoundary="ends with blank "))) == [
        "/alert/0/multipartBoundary"
    ]

    body = "--part\r\nContent-Type: text/plain\r\n\r\nhello\r\n--part--\r\n"
    accepted(
        door,
        email(content=body, emailBodyIsMultipart=True, multipartBoundary="part", emailBodyContentType="text/html"),
    )
    (alert,) = door.alerts.alerts.values()
    assert "part" in getattr(alert.items[0].content, "content_type")  # noqa: B009
    assert "html" not in getattr(alert.items[0].content, "content_type")  # noqa: B009


@pytest.mark.parametrize("kind", ["text", "text/plain\r\nBcc: x", "multipart/mixed", "text/plain; charset="])
def test_ah_17_a_content_type_is_one(door: Door, kind: str) -> None:
    assert list(refused(door, email(emailBodyContentType=kind))) == ["/alert/0/emailBodyContentType"]


def test_ah_18_one_bad_element_refuses_the_whole_call(door: Door) -> None:
    assert refused(door, sms(), sms(tag=GONE)) == {"/alert/1/tag": "REQUIRED"}


def test_ah_26_success_is_a_boolean_and_a_failure_has_a_reason(door: Door) -> None:
    good, bad = door.send().json, door.send(alert=[]).json

    assert (good["success"], bad["success"]) == (True, False)
    assert "failureReason" not in good
    assert bad["failureReason"]


def test_ah_32_contacts_without_a_group_are_refused(door: Door) -> None:
    found = refused(door, sms(recipients=GONE, contacts=["c1"], contactSetList="night"))

    assert found == {
        "/alert/0/contacts": "CONTACT_GROUP_REQUIRED",
        "/alert/0/contactSetList": "CONTACT_GROUP_REQUIRED",
    }


def test_ah_35_a_group_cannot_define_the_set_all(door: Door) -> None:
    group = {"inlineContactGroup": {"contacts": [{"id": "a"}], "sets": [{"name": "all", "ids": ["a"]}]}}

    assert refused(door, contactGroup=group) == {"/contactGroup/inlineContactGroup/sets/0/name": "RESERVED"}


def test_ah_40_an_inline_and_a_stored_group_are_refused(door: Door) -> None:
    group = {
        "inlineContactGroup": {"contacts": []},
        "storedContactGroup": "019aa3c4-5d00-7c8f-9b3a-2f6d1e4c7a90",
    }

    assert refused(door, contactGroup=group) == {"/contactGroup/storedContactGroup": "CONFLICT"}
    assert refused(door, contactGroup={}) == {"/contactGroup/inlineContactGroup": "REQUIRED"}


def test_ah_64_previously_seen_takes_known_words_and_blanks(door: Door) -> None:
    def seen(words: str) -> dict[str, Any]:
        return sms(linkedAlertModifiers={"except": {"previouslySeen": words}})

    group = {"inlineContactGroup": {"contacts": [{"id": "c1"}]}}
    linked = {"linkedAlerts": {"linkRef": "l-1"}, "contactGroup": group}
    pointer = "/alert/0/linkedAlertModifiers/except/previouslySeen"
    assert refused(door, seen("sms,fax"), **linked) == {pointer: "NOT_ALLOWED"}
    assert refused(door, seen("sms,,email"), **linked) == {pointer: "NOT_ALLOWED"}
    accepted(door, seen("sms, email ,call,shortlink"), **linked)


def test_modifiers_of_an_alert_that_is_not_linked_are_refused(door: Door) -> None:
    modifiers = {"except": {"previouslySeen": "sms"}}
    assert refused(door, sms(linkedAlertModifiers=modifiers)) == {"/alert/0/linkedAlertModifiers": "CONFLICT"}


def test_ah_70_lookups_that_are_switched_off_are_no_lookups(door: Door) -> None:
    accepted(door, sms(content="Dear {firstname}", lookups={"performLookups": False}))
    (alert,) = door.alerts.alerts.values()
    assert getattr(alert.items[0].content, "text") == "Dear {firstname}"  # noqa: B009


@pytest.mark.parametrize("lookups", [GONE, {"performLookups": True}, {"performLookups": False}])
def test_ah_85_a_shortlink_that_is_not_described_is_refused(door: Door, lookups: Any) -> None:
    assert refused(door, sms(content="go to {shortlink}", lookups=lookups)) == {"/alert/0/content": "SHORTLINK_MISSING"}
    assert refused(door, email(subject="{shortlink}", lookups=lookups)) == {"/alert/0/subject": "SHORTLINK_MISSING"}


@pytest.mark.parametrize("missing", ["pre", "post", "done"])
def test_ah_104_a_replay_dialogue_needs_its_three_prompts(door: Door, missing: str) -> None:
    prompts = [prompt(tag) for tag in ("pre", "post", "done")]
    replay = {"ivrControl": {"ivrType": "replay"}}
    pointer = "/alert/0/additionalContent"

    assert refused(door, call(**replay, additionalContent=[p for p in prompts if p["contentTag"] != missing])) == {
        pointer: "REQUIRED"
    }
    assert refused(door, call(**replay, additionalContent=[*prompts, prompt(missing)])) == {pointer: "DUPLICATE"}
    assert refused(door, call(**replay, additionalContent=[*prompts, prompt("bye")])) == {
        f"{pointer}/3/contentTag": "NOT_ALLOWED"
    }
    accepted(door, call(**replay, additionalContent=prompts))


def prompt(tag: str) -> dict[str, Any]:
    return {"contentTag": tag, "content": "hello", "contentEncoding": "utf8", "voiceFormat": "tts"}


@pytest.mark.parametrize("field", ["contentEncoding", "voiceFormat"])
def test_a_prompt_with_content_says_how_it_is_written_and_spoken(door: Door, field: str) -> None:
    prompts = [prompt("pre"), prompt("post"), {k: v for k, v in prompt("done").items() if k != field}]
    found = refused(door, call(ivrControl={"ivrType": "replay"}, additionalContent=prompts))

    assert found == {f"/alert/0/additionalContent/2/{field}": "REQUIRED"}


@pytest.mark.parametrize(
    ("digits", "pointer"),
    [
        ({"ivrSayAgainDigits": "13", "ivrAmOkDigits": "3"}, "ivrAmOkDigits"),
        ({"ivrSayAgainDigits": "12"}, "ivrSayAgainDigits"),
        ({"ivrAmNotOkDigits": "1"}, "ivrAmNotOkDigits"),
    ],
)
def test_ah_108_a_key_means_one_thing(door: Door, digits: dict[str, str], pointer: str) -> None:
    prompts = [prompt(tag) for tag in ("pre", "post", "done")]
    found = refused(door, call(ivrControl={"ivrType": "replay", **digits}, additionalContent=prompts))

    assert found == {f"/alert/0/ivrControl/{pointer}": "CONFLICT"}


def test_ah_109_an_option_of_the_other_dialogue_is_unknown(door: Door) -> None:
    found = refused(door, call(ivrControl={"ivrType": "simple", "ivrAmOkDigits": "2"}))
    assert found == {"/alert/0/ivrControl/ivrAmOkDigits": "UNKNOWN_FIELD"}

    found = refused(door, call(ivrControl={"ivrRequireResponse": True, "ivrType": "replay"}))
    assert found["/alert/0/ivrControl/ivrRequireResponse"] == "UNKNOWN_FIELD"


def test_ah_110_an_unknown_dialogue_and_prompts_for_a_simple_one_are_refused(door: Door) -> None:
    assert refused(door, call(ivrControl={"ivrType": "group"})) == {"/alert/0/ivrControl/ivrType": "NOT_ALLOWED"}
    assert refused(door, call(additionalContent=[prompt("pre")])) == {"/alert/0/additionalContent": "CONFLICT"}


@pytest.mark.parametrize("lifetime", ["5x", "M", "-1d", "1.5h", "1D", "0h", "0M", "d", "1 d", "1d "])
def test_ah_120_121_another_lifetime_is_refused(door: Door, lifetime: str) -> None:
    assert refused(door, options={"lifetime": lifetime}) == {"/options/lifetime": "WRONG_FORM"}


@pytest.mark.parametrize("lifetime", ["1M", "1m", "2w", "30d", "0d", "12h", "90s"])
def test_ah_120_121_a_lifetime_is_a_number_and_a_unit(door: Door, lifetime: str) -> None:
    accepted(door, options={"lifetime": lifetime})


def test_ah_125_a_repetition_needs_an_end(door: Door) -> None:
    schedule = {"start": "now", "repeat": "1d"}

    assert refused(door, options={"schedule": schedule}) == {"/options/schedule/end": "REQUIRED"}
    assert door.send(options={"schedule": {**schedule, "end": "2030-01-31T08:00:00Z"}}).status == 200


@pytest.mark.parametrize(
    "url", ["http://example.org", "ftp://x", "https://", "https:///x", "https://a b", "https://u@h/"]
)
def test_a_callback_url_is_https(door: Door, url: str) -> None:
    assert refused(door, options={"callbackURL": url}) == {"/options/callbackURL": "WRONG_FORM"}


def test_deferral_that_does_not_defer_is_a_send(door: Door) -> None:
    accepted(door, deferral={"defer": False})


def test_an_unknown_field_gets_the_nearest_known_name(door: Door) -> None:
    answer = door.send(sms(recipent=["x"]), optoins={})

    assert answer.faults() == {"/alert/0/recipent": "UNKNOWN_FIELD", "/optoins": "UNKNOWN_FIELD"}
    messages = " ".join(error["message"] for error in answer.json["errors"])
    assert "did you mean `recipients`?" in messages
    assert "did you mean `options`?" in messages


def test_all_faults_are_reported_at_once_cross_field_ones_too(door: Door) -> None:
    found = refused(
        door,
        sms(sender="much too long a name", tag=5, content=GONE),
        email(emailBodyIsMultipart=True, to="a@b"),
        clientRef="a b",
        options={"lifetime": "1D", "notification": "fax"},
    )

    assert set(found) == {
        "/alert/0/sender",
        "/alert/0/tag",
        "/alert/0/content",
        "/alert/1/multipartBoundary",
        "/alert/1/to",
        "/clientRef",
        "/options/lifetime",
        "/options/notification",
    }


def test_types_are_not_converted(door: Door) -> None:
    found = refused(door, email(emailBodyIsMultipart="true", recipients="a@example.org"), clientRef=5)

    assert found == {
        "/alert/0/emailBodyIsMultipart": "WRONG_TYPE",
        "/alert/0/recipients": "WRONG_TYPE",
        "/clientRef": "WRONG_TYPE",
    }


def test_thousands_of_faults_make_a_short_answer(door: Door) -> None:
    answer = door.send(*[{"alertType": "sms"}] * 2000)

    assert answer.status == 400
    assert len(answer.json["errors"]) == 100
    assert answer.json["moreErrors"] is True
    assert len(answer.text) < 20_000
