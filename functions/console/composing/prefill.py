"""A form that is filled in already: from a store, or from an alert that was sent."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from console.composing.fields import STEPS, CallFields, Composed, Dialogue, Step
from console.composing.form import body_of
from console.stores import AccountStores
from console.visit import Visit
from tocsin.contacts.domain.channel import Channel
from tocsin.history.application.incident import Incident
from tocsin.history.application.read_sent_request import SentRequest
from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.domain.errors import NotFound
from tocsin.kernel.domain.ids import StoreId
from tocsin.stored_content.domain.stored_content import ContentType, StoredContent
from tocsin.voice.domain.call_content import CallContent
from tocsin.voice.domain.recording import Recording
from tocsin.voice.domain.script import PromptName, Replay, SpokenText, Voice
from tocsin.voice.domain.speech import SpeechOptions
from tocsin.voice.domain.voices import LANGUAGES, Gender, choose

_CHANNELS = {"text": Channel.SMS, "mail": Channel.EMAIL, "call": Channel.CALL}
_MINUTES = {"m": 1, "h": 60, "d": 1440}
_OF_NO_MEANING = frozenset({"version", "clientRef"})


def of_store(store: StoredContent) -> Composed:
    """Return the form with what a store holds. Raises ValueError for a type that no field takes."""
    match store.type:
        case ContentType.SMS:
            return Composed(text=store.content)
        case ContentType.EMAIL:
            subject = store.extras.get("subject")
            return Composed(channels=("mail",), mail=store.content, subject=subject if isinstance(subject, str) else "")
        case ContentType.CALL if is_recording(store):
            return Composed(channels=("call",), call=CallFields(recording=store.store_id))
        case ContentType.CALL:
            return Composed(channels=("call",), call=_read_out(CallFields(say=store.content), store.extras))
        case ContentType.RECIPIENT_LIST:
            return Composed(receivers=store.content)
        case ContentType.CONTACT_GROUP:
            return Composed(group=store.store_id)
        case ContentType.ALERT:
            return of_body(json.loads(store.content))
        case _:
            raise ValueError("no field of the form takes this")


def of_body(body: Mapping[str, Any]) -> Composed:
    """Return the form with what the body of an alert says, as far as it has fields for it (see `says_all`)."""
    elements = objects_of(body.get("alert"))
    sms, mail, call = (_first(elements, kind) for kind in ("sms", "email", "call"))
    group = object_of(body.get("contactGroup")).get("storedContactGroup")
    sets = [name for element in elements for name in texts_of(element.get("contactSets"))]
    escalation = object_of(body.get("escalation"))
    clear = objects_of(object_of(escalation.get("onStopped")).get("alert"))
    steps = objects_of(escalation.get("steps"))[:STEPS]
    later = _first([element for step in steps for element in objects_of(step.get("alert"))], "call")
    return Composed(
        title=text_of(body.get("title")),
        group=text_of(group),
        contact_set=sets[0] if sets else "all",
        receivers="\n".join(dict.fromkeys(each for e in elements for each in texts_of(e.get("recipients")))),
        channels=tuple(how for how, element in (("text", sms), ("mail", mail), ("call", call)) if element),
        sender=text_of(sms.get("sender")),
        text=text_of(sms.get("content")),
        subject=text_of(mail.get("subject")),
        mail=text_of(mail.get("content")),
        call=call_of(call or later),
        need=str(object_of(escalation.get("stopWhen")).get("count") or ""),
        steps=tuple(_step(step) for step in steps),
        all_clear=bool(clear),
        clear_text=text_of(clear[0].get("content")) if clear else "",
        urgent=object_of(body.get("options")).get("urgent") is True,
    )


def call_of(element: Mapping[str, Any]) -> CallFields:
    """Return the fields of a call with what an element says, as far as there are fields for it."""
    if not element:
        return CallFields()
    control, unset = object_of(element.get("ivrControl")), CallFields()
    prompts = {text_of(each.get("contentTag")): each for each in objects_of(element.get("additionalContent"))}
    replay = control.get("ivrType") == "replay"
    simple = Dialogue.KEY if control.get("ivrRequireResponse") is True else Dialogue.NOTHING
    said = {name: text_of(object_of(prompts.get(name)).get("content")) for name in ("pre", "post", "done")}
    return _read_out(
        CallFields(
            caller=text_of(element.get("sender")),
            say=text_of(element.get("content")),
            recording=text_of(element.get("storedContent")),
            attempts=str(control.get("ivrAttempts", 1)),
            dialogue=Dialogue.CHOICE if replay else simple,
            again=text_of(control.get("ivrSayAgainDigits")) or unset.again,
            ok=text_of(control.get("ivrAmOkDigits")) or unset.ok,
            not_ok=text_of(control.get("ivrAmNotOkDigits")) or unset.not_ok,
            **(said if replay else {}),
        ),
        element if "tts" in element else object_of(prompts.get("pre")),
    )


def _as_called(content: CallContent) -> CallFields:
    """Return the fields with what an alert that was sent says. A recording is not filled in: it has no store."""
    script, prompts, unset = content.script, content.prompts, CallFields()
    texts = {name.value: said.text for name, said in prompts.items() if isinstance(said, SpokenText)}
    main = prompts[PromptName.MAIN]
    spoken = None if isinstance(main, Recording) else _chosen(main.voice)
    language, gender = spoken or (unset.language, unset.gender)
    called = CallFields(content.number, texts.get("main", ""), "", language, gender, str(content.attempts))
    if not isinstance(script, Replay):
        return replace(called, dialogue=Dialogue.KEY if script.require_response else Dialogue.NOTHING)
    said = {name: texts.get(name, "") for name in ("pre", "post", "done")}
    return replace(called, dialogue=Dialogue.CHOICE, again=script.say_again, ok=script.ok, not_ok=script.not_ok, **said)


def _chosen(voice: Voice) -> tuple[str, str] | None:
    """Return language and gender for which a voice is chosen; None for one that is not in the table any more."""
    choices = ((language, gender) for language in LANGUAGES for gender in (Gender.FEMALE, Gender.MALE))
    return next((each for each in choices if (found := choose(*each)) is not None and found.voice == voice), None)


def is_recording(store: StoredContent) -> bool:
    """Whether a stored call is a recording; else it is a text that is read out."""
    return SpeechOptions.of_store(store.extras).form is not None


def _read_out(call: CallFields, extras: Mapping[str, Any]) -> CallFields:
    """Return the fields with the voice of a text; `extras`: an element, or those of a store."""
    tts = object_of(extras.get("tts"))
    return replace(
        call,
        language=text_of(tts.get("language")) or call.language,
        gender=text_of(tts.get("gender")) or call.gender,
    )


def called(store: StoredContent, otherwise: str) -> str:
    """Return the name of a store; of an alert without one its title or first words, else `otherwise`."""
    if store.name or store.type is not ContentType.ALERT:
        return store.name or otherwise
    form = of_body(object_of(json.loads(store.content)))
    return form.title or form.subject or " ".join(form.words.split())[:80] or otherwise


def headline(stores: AccountStores, visit: Visit, store_id: StoreId, key: ApiKey | None = None) -> str | None:
    """Return what a stored alert is called. None: it is gone, or not the visitor's to read.

    Args:
        key: whose it is; None = the account's.
    """
    kinds = {ContentType.ALERT}
    try:
        store = stores.one(visit, store_id, kinds) if key is None else stores.of_key(visit, key.id, store_id, kinds)[1]
    except NotFound:
        return None
    return called(store, "Alert")


def says_all(form: Composed, body: Mapping[str, Any]) -> bool:
    """Whether the form says everything that the body says; clients of the API can say more than it has fields for."""
    return bool(_compared(body_of(form)) == _compared(body))


def of_incident(found: Incident, asked: SentRequest) -> Composed:
    """Return the form with title, contents, receivers and steps of an alert that was sent.

    A group is not filled in: its present people may be others than those who got the alert.
    """
    first = [content for content in found.contents if content.step == 0 and not content.truncated]
    sms, mail, call = (next((each for each in first if each.channel is of), None) for of in _CHANNELS.values())
    reference = found.look.first.email_subject_ref or ""
    steps = of_body(_escalating(asked))
    return Composed(
        receivers="\n".join(asked.receivers or ()),
        need=steps.need,
        steps=steps.steps,
        all_clear=steps.all_clear,
        clear_text=steps.clear_text,
        title=found.look.first.title,
        channels=tuple(how for how, content in zip(_CHANNELS, (sms, mail, call), strict=True) if content),
        sender=sms.sender or "" if sms else "",
        text=sms.text if sms else "",
        subject=(mail.subject or "").removesuffix(reference).rstrip() if mail else "",
        mail=mail.text if mail else "",
        call=_as_called(call.call) if call and call.call else steps.call,
        urgent=found.look.first.urgent,
    )


def _escalating(asked: SentRequest) -> Mapping[str, Any]:
    """Return the body of an alert with the steps that were asked for; an empty one without steps."""
    if asked.escalation is None or asked.policy is None:
        return {}
    policy = asked.policy
    steps = [
        {**object_of(json.loads(text)), "after": f"{wait // timedelta(minutes=1)}m"}
        for text, wait in zip(policy.steps, policy.after, strict=False)
    ]
    clear = object_of(json.loads(policy.on_stopped)) if policy.on_stopped else {}
    return {"escalation": {"steps": steps, "stopWhen": {"count": asked.escalation.need}, "onStopped": clear}}


def _step(step: Mapping[str, Any]) -> Step:
    element = (objects_of(step.get("alert")) or [{}])[0]
    to = [*texts_of(element.get("recipients")), *texts_of(element.get("contacts"))]
    if element.get("contactSets"):
        to = ["everybody", *to]
    by = {"email": "mail", "call": "call"}.get(text_of(element.get("alertType")), "text")
    return Step(_minutes(step.get("after")), by, ", ".join(to))


def _minutes(after: Any) -> str:
    found = re.fullmatch(r"(\d{1,6})([mhd])", after) if isinstance(after, str) else None
    return str(int(found[1]) * _MINUTES[found[2]]) if found else ""


def _compared(value: Any) -> Any:
    """Return a body without what says nothing: references, tags, and the order of its fields."""
    if isinstance(value, Mapping):
        kept = {name: _compared(each) for name, each in value.items() if name not in {*_OF_NO_MEANING, "tag"}}
        return {name: each for name, each in kept.items() if each not in ({}, None)}
    return [_compared(each) for each in value] if isinstance(value, list) else value


def _first(elements: Sequence[Mapping[str, Any]], kind: str) -> Mapping[str, Any]:
    return next((element for element in elements if element.get("alertType") == kind), {})


def objects_of(value: Any) -> list[Mapping[str, Any]]:
    """Return the objects of a list; none of what is no list."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def object_of(value: Any) -> Mapping[str, Any]:
    """Return an object; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def texts_of(value: Any) -> list[str]:
    """Return the texts of a list; none of what is no list."""
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def text_of(value: Any) -> str:
    """Return a text; "" for anything else."""
    return value if isinstance(value, str) else ""
