"""Calls that between them use every option of the OpenAPI document.

They are made on fakes (tests/functional) and under IAM on the engine (tests/stack). The functional test compares their
options with those of the document, so that a new option needs a line here.
"""

from __future__ import annotations

import base64
import json
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import cycle
from typing import Any

from alerts_api.reference import asset_name
from tests.adapters.audio_files import aiff, mp3, tone, wav
from tests.every_option.document import Call, Document, Json

VERSIONS = ("latest", "v1", "v1.0")


@dataclass(frozen=True)
class Place:
    """Where the calls are made.

    Attributes:
        token: the API key, with all rights.
        number: its two-way number.
        phones, mailbox: at least five phones, and a mailbox, of nobody else.
        callback: URL of an endpoint that refuses events for good.
        refused: returns when two events at least were refused; from then on the endpoint takes them.
    """

    token: str
    number: str
    phones: list[str]
    mailbox: str
    callback: str
    refused: Callable[[], None]


Calls = Generator[Call, Json, None]


def make(calls: Calls, ask: Callable[[Call], tuple[int, Json]]) -> list[Call]:
    """Make the calls, each of which must be taken; return them.

    Args:
        ask: makes a call and returns status and body of the answer.
    """
    made: list[Call] = []
    answer: Json | None = None
    while True:
        try:
            call = calls.send(answer)  # type: ignore[arg-type]  # None starts a generator
        except StopIteration:
            return made
        status, answer = ask(call)
        assert status in call.statuses, (status, call, answer)
        made.append(call)


def every_option(place: Place, document: Document) -> Calls:
    """Yield the calls in order; each is sent its answer's body."""
    verb = _verbs(place)
    kept = yield from _stores(verb)
    alerts = list(_alerts(place, kept))
    later = {"start": "now", "delay": "2h", "repeat": "1d", "end": "2099-01-01T00:00:00Z", "paused": True}

    # alerts: sent, planned, several at once, stored
    for alert, version in zip(alerts, cycle(VERSIONS)):
        yield verb("sendalert", clientRef="options", mode="send", **alert)
        yield verb("sendalert", clientRef="options", mode="plan", **_sendable(alert))
        stored = {"contentType": "alert", "contentEncoding": "json", "tag": "t"}
        yield verb("storecontent", content=[{**stored, "content": {"version": version, "clientRef": "o", **alert}}])
        together = verb("sendalerts", clientRef="options", alerts=[{"clientRef": "options", **alert}])
        yield together if _sendable(alert) == alert else replace(together, statuses=(400,))
    for version in VERSIONS:
        yield verb("sendalert", version=version, clientRef="options", storeDetails={"storeId": kept["alert"]})
        yield verb("sendstoredalert", version=version, clientRef="options", storeId=kept["alert"])
    yield verb("sendalert", clientRef="options", storeDetails={"storeName": "options-alert"})
    yield verb("sendstoredalert", clientRef="options", storeName="options-alert", options={"schedule": later})

    # schedules
    planned = yield verb("schedulestoredalert", clientRef="options", storeId=kept["alert"], schedule=later)
    yield verb("schedulestoredalert", clientRef="options", storeName="options-alert", schedule=later)
    both = {"scheduledAlertId": planned["scheduledAlertId"], "scheduleId": planned["scheduleId"]}
    for name in ("resumescheduledalert", "pausescheduledalert", "cancelscheduledalert"):
        for _ in range(3):
            yield verb(name, clientRef="options", **both)

    # reads
    sent = yield verb("sendalert", clientRef="options", alert=[_sms(place, recipients=place.phones[:2])])
    yield verb("sendalert", clientRef="options", alert=[_sms(place)])
    ref = sent["alertRef"]
    values = {
        "alert_ref": ref,
        "recipient": "",
        "limit": "1",
        "client_ref": "options",
        "title": "Gate",
        "receiver": place.mailbox,
        "since": "2020-01-01T00:00:00Z",
        "until": "2099-01-01T00:00:00Z",
        "store_id": kept["contactGroup"],
        "contact_id": "ana",
        "guide": "calling",
        "file": asset_name("docs.css"),
    }
    page = yield Call("GET", f"/alerts/{ref}/recipients", query={"limit": "1"})
    values["recipient"] = page["items"][0]["recipient"]
    newest = yield Call("GET", "/alerts", query={"limit": "1"})
    values["sender"] = values["sent_by"] = newest["items"][0]["sender"]
    group = f"/stores/{kept['contactGroup']}"
    yield Call("PUT", f"{group}/contacts/ben", {**_GROUP["contacts"][0], "id": "ben"}, statuses=(200, 201))
    yield Call("PUT", f"{group}/sets/day", {"name": "day", "ids": ["ana", "ben"]}, statuses=(200, 201))
    cursors = dict.fromkeys(("/alerts/summary", f"/alerts/{ref}/export.csv", f"/alerts/{ref}/incident"))
    for path in ("/alerts", f"/alerts/{ref}/recipients", f"/alerts/{ref}/responses", "/stores", f"{group}/contacts"):
        found = yield Call("GET", path, query={"limit": "1"})
        cursors[path] = found.get("next_cursor")
    for call in document.reads({**values, "cursor": "?"}):
        if call.query.get("cursor") != "?":
            yield call
        elif cursor := cursors[call.path]:
            yield Call("GET", call.path, query={"cursor": cursor})
        else:  # there is no second page, so no cursor of this list can be had
            yield replace(call, query={**call.query, "cursor": "none"}, statuses=(400,))
    yield Call("DELETE", f"{group}/sets/day", statuses=(204,))
    yield Call("DELETE", f"{group}/contacts/ben", statuses=(204,))
    yield verb("collectevents", clientRef="options", alertId=ref, alertRef=ref, options={"peek": True})
    for _ in range(2):
        yield verb("collectevents", clientRef="options", alertId=ref, alertRef=ref)
    yield verb("collectevents", all=True, options={"maximumItemsToReturn": 1, "returnNumRemaining": True})

    yield from _acts(verb, place)
    yield from _settings(verb, place)
    yield from _ends(verb, place, kept, ref)


Verb = Callable[..., Call]


def _acts(verb: Verb, place: Place) -> Calls:
    """Yield what is done to a sent alert."""
    group = {"inlineContactGroup": {"contacts": [{"id": "ana", "sms": place.phones[0]}]}}
    steps = [{"after": "1h", "alert": [_sms(place, recipients=place.phones[1:2])]}] * 2
    all_clear = {"alert": [{name: value for name, value in _sms(place).items() if name != "recipients"}]}
    block = {"contactGroup": group, "escalation": {"steps": steps, "onStopped": all_clear}}
    crew = [_sms(place, contactSets=["all"])]
    sent = yield verb("sendalert", clientRef="acts", alert=crew, **block)
    for who in ({"recipient": place.phones[0]}, {"contact_id": "ana"}):
        yield Call("POST", f"/alerts/{sent['alertRef']}/acknowledge", {**who, "note": "called the control room"})
    sent = yield verb("sendalert", clientRef="acts", alert=crew, **block)
    yield Call("POST", f"/alerts/{sent['alertRef']}/resend", {}, statuses=(409,))  # nothing has failed
    yield Call("POST", f"/alerts/{sent['alertRef']}/escalate", {"step": 1})
    yield Call("POST", f"/alerts/{sent['alertRef']}/stop", {"all_clear": True})


def _verbs(place: Place) -> Verb:
    versions: defaultdict[str, Iterator[str]] = defaultdict(lambda: cycle(VERSIONS))

    def verb(name: str, **body: Any) -> Call:
        body = {"version": next(versions[name]), "apiKey": place.token, **body}
        return Call("POST", f"/{name}", body)

    return verb


def _sms(place: Place, **more: Any) -> Json:
    receivers = {} if more else {"recipients": place.phones[:1]}
    text = {} if "storedContent" in more else {"content": "the north gate is open"}
    return {"alertType": "sms", "tag": "t", "sender": place.number, **receivers, **text, **more}


def _sendable(alert: Json) -> Json:
    """Return an alert without the fields that store it."""
    return {name: value for name, value in alert.items() if name not in ("trigger", "deferral")}


_GRADES = ("confirmed", "pressed_in", "wrote", "pressed", "marked")
_RECORDINGS = {
    "mp3": mp3(tone(16_000, 0.4), 16_000, kilobits=24),
    "wav": wav(tone(8_000, 0.04), 8_000),
    "aiff": aiff(tone(8_000, 0.04), 8_000),
}
_SPOKEN = {"voiceFormat": "tts", "tts": {"language": "en-GB", "gender": "MALE", "enhancedTts": False}}
_GROUP: Json = {
    "name": "crew",
    "contacts": [
        {
            "id": "ana",
            "sms": "+447700900811",
            "email": "ana@example.org",
            "call": "+447700900811",
            "lookups": {"first": "Ana"},
            "quietHours": {"from": "22:00", "to": "22:01", "zone": "Europe/London"},
        }
    ],
    "sets": [{"name": "night", "ids": ["ana"]}],
}


def _stores(verb: Verb) -> Generator[Call, Json, dict[str, str]]:
    """Store one content of each type, under a name; return the ids by type."""
    element = {"alertType": "sms", "tag": "t", "sender": "Tocsin", "recipients": ["+447700900812"], "content": "hi"}
    multipart = {"emailBodyIsMultipart": True, "emailBodyContentType": "text/plain", "multipartBoundary": "b"}
    contents: dict[str, Json] = {
        "sms": {"content": "the gate", "contentEncoding": "utf8"},
        "email": {"content": "--b\r\n\r\nthe gate\r\n--b--\r\n", "contentEncoding": "utf8", **multipart},
        "recipientList": {"content": base64.b64encode(b"+447700900813").decode(), "contentEncoding": "base64"},
        "contactList": {"content": "ana"},
        "contactSetList": {"content": "night"},
        "call": {"content": "the gate", **_SPOKEN},
        "inboundCall": _recorded("wav"),
        "contactGroup": {"content": _GROUP, "contentEncoding": "json"},
        "alert": {"content": json.dumps({"alert": [element]}), "contentEncoding": "utf8"},
    }
    entries = [
        {
            "contentType": kind,
            "tag": kind,
            "storeDetails": {"storeName": f"options-{kind}"},
            "options": {"expirationInDays": 30} if kind == "sms" else {"lifetime": "30d"},
            **more,
        }
        for kind, more in contents.items()
    ]
    answer = yield verb("storecontent", clientRef="options", content=entries, options={"lifetime": "20d"})
    more_forms = [{"contentType": "call", "tag": form, **_recorded(form)} for form in ("mp3", "aiff")]
    utf8 = [
        {
            "contentType": "call",
            "tag": g,
            "content": "x",
            "contentEncoding": "utf8",
            "voiceFormat": "tts",
            "tts": {"gender": g},
        }
        for g in ("FEMALE", "NEUTRAL")
    ]
    mail = {"contentType": "email", "tag": "t", "content": _coded("the gate"), "contentEncoding": "base64"}
    group = {
        "contentType": "contactGroup",
        "tag": "g",
        "content": _coded(json.dumps(_GROUP)),
        "contentEncoding": "base64",
    }
    yield verb("storecontent", content=[*more_forms, *utf8, mail, group])
    return {entry["contentType"]: entry["storeId"] for entry in answer["content"]}


def _coded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _alerts(place: Place, kept: Mapping[str, str]) -> Iterator[Json]:
    """Yield the alerts that between them use every option of an alert."""

    def named(kind: str) -> Json:
        return {"storeName": f"options-{kind}"}

    receivers = {
        "recipientList": place.phones[1],
        "storedRecipients": kept["recipientList"],
        "contacts": ["ana"],
        "contactList": "ana",
        "storedContactList": named("contactList"),
        "contactSets": ["night"],
        "contactSetList": "all",
        "storedContactSetList": named("contactSetList"),
    }
    phones, mailboxes = {"recipients": place.phones[:1]}, {"recipients": [place.mailbox]}
    windows = {"timeWindows": ["*;*;*;*;*"], "linkedAlertModifiers": {"except": {"previouslySeen": "sms,shortlink"}}}
    group = {"contactGroup": {"inlineContactGroup": _GROUP}}
    link = {"linkedAlerts": {"linkRef": "options", "lifetime": "2d", "cancelCancellation": True}}
    keywords = {"performLookups": True, "uniqueLookups": True}
    shortlink = {"shortlink": {"reference": "gate", "url": "https://x.example/go", "confirm": True}}

    # everything that a text and a mail can have
    yield {
        "alert": [
            _sms(place, **phones, **receivers, **windows, contentEncoding="utf8", lookups=keywords),
            _sms(place, storedRecipients=named("recipientList"), storedContent=kept["sms"]),
            _sms(place, content=_coded("see {shortlink}"), contentEncoding="base64", lookups=shortlink, **phones),
        ],
        **group,
        **link,
        "title": "Gate 3",
        "options": {"lifetime": "3d", "notification": "poll", "urgent": True, "clickCounts": False},
    }
    body = {"tag": "t", "content": "--b\r\n\r\nthe gate\r\n--b--\r\n"}
    parts = {"emailBodyIsMultipart": True, "emailBodyContentType": "text/plain", "multipartBoundary": "b"}
    names = {"to": "crew", "sender": "desk", "replyTo": "desk", "subject": "Gate"}
    stored = {name: value for name, value in receivers.items() if name not in ("recipientList", "storedRecipients")}
    text = {"alertType": "email", "tag": "t", **mailboxes}
    yield {
        "alert": [
            {"alertType": "email", **body, **parts, **names, **mailboxes, **stored, **windows, "lookups": keywords},
            {**text, "recipientList": "b@example.org", "content": "gate", "contentEncoding": "utf8"},
            {**text, "content": _coded("gate"), "contentEncoding": "base64"},
            {**text, "storedRecipients": kept["recipientList"], "storedContent": named("email")},
        ],
        "contactGroup": {"storedContactGroup": kept["contactGroup"]},
        "linkedAlerts": {"linkRef": "options", "linkOnlyIfRefAlreadyExists": True},
    }

    # the ways to be told
    # Receivers of their own: the other texts to one number are more than its rate allows, so some come much later.
    for form, phone in (("json", place.phones[2]), ("form", place.phones[4])):
        told = {"notification": "callback", "notificationType": form, "callbackURL": place.callback}
        yield {"alert": [_sms(place, recipients=[phone])], "options": told}
    for way in ("bus", "none"):
        yield {"alert": [_sms(place)], "options": {"notification": way}}

    # escalations
    later = {"after": "1h", "alert": [_sms(place)]}
    stopped = {"alert": [{"alertType": "sms", "tag": "t", "sender": place.number, "content": "all clear"}]}
    graded = [{"count": 1, "evidence": grade} for grade in _GRADES]
    for rule in ("any", "all", {"count": "any"}, {"count": "all"}, *graded):
        ends = {"stopWhen": rule, "per": "group", "onStopped": stopped, "giveUpAfter": "1h"}
        yield {"alert": [_sms(place)], "escalation": {"steps": [later], **ends}}
    yield {"alert": [_sms(place)], "escalation": {"steps": [later], "per": "contact"}}
    opened = {"steps": [later], "stopWhen": {"count": 1, "evidence": "opened"}}
    yield {"alert": [_sms(place)], "escalation": opened, "options": {"clickCounts": True}}

    # sent later
    when = {
        "start": "now",
        "delay": "1h",
        "repeat": "1d",
        "paused": False,
        "end": "2099-01-01T00:00:00Z",
    }
    yield {"alert": [_sms(place)], "options": {"schedule": when}}

    # kept until a keyword comes
    for whose, store in (("own", None), ("other", {"storeId": kept["alert"]}), ("other", named("alert"))):
        words = [{"type": kind, "keyword": f"{whose}-{kind}", "tag": "t"} for kind in ("sms", "email", "shortlink")]
        rest = {"storeDetails": store} if store else {"minimumRepeatInterval": "5m", "maximumRepeats": 3}
        yield {"alert": [_sms(place)], "trigger": {"triggers": words, **rest}}
    yield {"alert": [_sms(place)], "deferral": {"defer": True, "storeName": "options-kept"}}

    # calls
    spoken = {"tag": "t", "content": "the gate", "contentEncoding": "utf8", **_SPOKEN}
    calls = {"alertType": "call", "sender": place.number, **phones}
    prompts = [
        {"contentTag": "pre", "storedContent": kept["call"]},
        {"contentTag": "post", "content": "p", "contentEncoding": "utf8", **_SPOKEN},
        {"contentTag": "done", **_recorded("wav")},
    ]
    simple = {"ivrType": "simple", "ivrAttempts": 2, "ivrRequireFullPlay": True, "ivrRequireResponse": True}
    replay = {
        "ivrType": "replay",
        "ivrAttempts": 2,
        "ivrSayAgainDigits": "1",
        "ivrAmOkDigits": "2",
        "ivrAmNotOkDigits": "*",
        "ivrDigitsStopPlay": True,
        "ivrRepeatPrePrompt": True,
    }
    numbers = {"alertType": "inboundCall", "telephoneNumber": place.number}
    yield {
        "alert": [
            {**calls, **receivers, **windows, **spoken, "ivrControl": simple, "lookups": keywords},
            {**calls, **spoken, "ivrControl": replay, "additionalContent": prompts},
            *({**calls, "tag": "t", **_recorded(form)} for form in _RECORDINGS),
            *({**calls, **spoken, "tts": {"gender": gender}} for gender in ("FEMALE", "NEUTRAL")),
            {**calls, "tag": "t", "storedContent": kept["call"]},
            {**numbers, **phones, **receivers, **windows, **spoken, "lookups": keywords},
            *({**numbers, "tag": "t", **_recorded(form)} for form in _RECORDINGS),
            {**numbers, "tag": "t", "storedContent": kept["inboundCall"]},
        ],
        **group,
        **link,
    }
    forms = [{"contentTag": tag, **_recorded(form)} for tag, form in (("pre", "mp3"), ("post", "aiff"))]
    yield {
        "alert": [{**calls, **spoken, "ivrControl": replay, "additionalContent": [*forms, prompts[2]]}],
    }


def _recorded(form: str) -> Json:
    content = base64.b64encode(_RECORDINGS[form]).decode()
    return {"content": content, "contentEncoding": "base64", "voiceFormat": form}


def _settings(verb: Verb, place: Place) -> Calls:
    """Read and change what belongs to the key; an event whose callback failed is delivered again."""
    place.refused()
    for severity in ("error", "warning", "notice", "info"):
        messages = {"earliestFirst": True, "unreportedOnly": True, "markReported": True, "maximumMessages": 5}
        asked = {"getMessages": True, "messageOptions": {**messages, "severity": severity}}
        yield verb("getinfo", clientRef="options", **asked)
    for category in ("api", "general", "callback"):
        yield verb("getinfo", getMessages=True, messageOptions={"category": category})
    everything = ("Capacity", "StoredContent", "ScheduledAlert", "Keyword", "SendingLimit", "Callback", "Limit")
    info = yield verb("getinfo", getStats=True, **{f"get{name}Info": True for name in everything})
    (endpoint,) = [e for e in info["info"]["callbacks"]["endpoints"] if e["callbackUrl"] == place.callback]
    named = {"endpointId": endpoint["endpointId"]}
    options = {**named, "maximumDeliveries": 1}
    first = yield verb("getinfo", getCallbackInfo=True, callbackOptions=options)
    after = first["info"]["callbacks"]["deliveriesNext"]
    yield verb("getinfo", getCallbackInfo=True, callbackOptions={**options, "after": after})
    event = first["info"]["callbacks"]["deliveries"][0]["eventId"]

    for mode in ("poll", "none", "bus", "callback"):
        yield verb("setinfo", defaultNotification=mode, defaultCallbackUrl=place.callback)
    for form in ("form", "json"):
        yield verb("setinfo", defaultNotificationFormat=form)
    switches = {"transliterate": True, "clickCounts": False, "ownerEmail": "owner@example.org"}
    yield verb("setinfo", clientRef="options", apiKeyFriendlyName="options", **switches)
    yield verb("setinfo", callback={"callbackUrl": place.callback, "rotateSecret": True})
    yield verb("setinfo", callback={**named, "test": True})
    again = yield verb("setinfo", callback={**named, "enabled": True, "replayEventId": event})
    assert again["callback"]["replayed"] == 1
    rest = yield verb("setinfo", callback={**named, "replayFailed": True})
    assert rest["callback"]["replayed"] >= 1
    yield verb("setinfo", callback={**named, "replayFailed": True, "replayAfter": after})


def _ends(verb: Verb, place: Place, kept: Mapping[str, str], ref: str) -> Calls:
    """Cancel and delete."""
    schedule = {"start": "now", "delay": "2h"}
    standing = yield verb("schedulestoredalert", clientRef="options", storeId=kept["alert"], schedule=schedule)
    entries: list[Json] = [
        {"alertId": ref, "alertRef": ref},
        {"scheduledAlertId": standing["scheduleId"], "scheduleId": standing["scheduleId"]},
        {"triggered": {"storeId": kept["alert"]}},
        {"triggered": {"storeName": "options-alert"}},
        {"linkRef": "options"},
    ]
    for _ in range(3):  # a repeat is no fault
        yield verb("cancelalerts", clientRef="options", cancel=entries)
    for kind, store in kept.items():
        entry = {"storeId": store, "contentType": kind, "tag": "t", "endWaiting": True}
        yield verb("deletecontent", clientRef="options", content=[entry])
    yield verb("deletecontent", all=True, endWaiting=True)
