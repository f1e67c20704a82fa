"""K3: what phones send by themselves while their owners drive, and what drivers write."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.inbound.answering import Answering
from tests.unit.triggers.triggering import Triggering, by_text
from tocsin.inbound.application.receive_text import TextResult
from tocsin.inbound.domain import phone_texts
from tocsin.inbound.domain.automatic_words import AUTOMATIC_SUBJECTS
from tocsin.inbound.domain.phone_texts import sent_by_phone

OF_PHONES = [
    "I'm driving with Do Not Disturb While Driving turned on. I'll see your message when I get where I'm going.",
    "I’m driving with Focus turned on. I’ll see your message when I get where I’m going.",
    "(I'm not receiving notifications. If this is urgent, reply “urgent” to send a notification through with your "
    "original message.)",
    "I am driving right now, I will get back to you later.",
    "I'm driving right now.",
    "[Auto-Reply] I am at the wheel",
    "Auto-reply: busy",
    "AutoReply: I'm driving and can't text.",
    "Automatische Antwort: Ich fahre",
    "Ich fahre gerade und habe „Beim Fahren nicht stören“ aktiviert. Ich sehe deine Nachricht, wenn ich am Ziel bin.",
    "Je conduis avec « Ne pas déranger en voiture » activé. Je verrai votre message à mon arrivée.",
    "Estoy conduciendo con No molestar activado. Veré tu mensaje cuando llegue a mi destino.",
    "Sto guidando con la modalità Non disturbare attiva. Vedrò il tuo messaggio quando arriverò.",
    "Estou dirigindo com o modo Foco ativado.",
    "Ik rijd met 'Niet storen tijdens autorijden' ingeschakeld.",
    "Jag kör bil med Stör ej aktiverat.",
    "Я за рулем, включен режим «Не беспокоить водителя».",
    "我正在开车，已开启驾驶勿扰。",
    "現在運転中のため、集中モードをオンにしています。",
]


@pytest.mark.parametrize("text", OF_PHONES)
def test_k3_texts_of_phones(text: str) -> None:
    assert sent_by_phone(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "ok", "driving", "I'm driving", "Driving to gate 4", "I'm driving there, focus on the pump", "On my way, driving now",
        "Ich fahre zu Tor 4", "Bin unterwegs, Fokus auf Tor 4", "Do not disturb me", "I turned the focus on", "my reply: urgent",
        "No urgent reply needed", "Gate 4: driving through", "out of order: pump 3", "J'arrive, je conduis le camion",
        "I'll see your message when I get there", "Estoy en camino",
    ],
)  # fmt: skip
def test_k4_texts_of_people(text: str) -> None:
    assert not sent_by_phone(text)


SIGNS = {name: st.sampled_from(getattr(phone_texts, name)).map(str.strip) for name in ("_DRIVES", "_UNSEEN", "_MODE")}


@given(SIGNS["_DRIVES"] | SIGNS["_UNSEEN"], SIGNS["_MODE"], st.booleans())
def test_k3_driving_and_the_mode_that_is_on_are_a_phones(state: str, mode: str, first: bool) -> None:
    one, two = (state, mode) if first else (mode, state)
    assert sent_by_phone(f"Hi. {one.title()}, {two}!")
    assert not sent_by_phone("x" * 480 + f" {one}, {two}")


@given(SIGNS["_DRIVES"])
def test_k4_driving_alone_is_a_persons(state: str) -> None:
    assert not sent_by_phone(f"{state} 4 x")


@given(st.sampled_from(sorted(AUTOMATIC_SUBJECTS)), st.sampled_from(["[{}] x", "{}: x", "({}) x", "<{}> x", "{}：x"]))
def test_k3_what_begins_like_an_automatic_reply_is_one(phrase: str, form: str) -> None:
    assert sent_by_phone(form.format(phrase)) or len(phrase) < 3


@given(st.text(max_size=500))
def test_no_text_is_too_odd(text: str) -> None:
    sent_by_phone(text)


@pytest.mark.parametrize(("text", "reason"), [(OF_PHONES[0], "automatic_phone_auto_text"), (" \n", "empty")])
def test_decided_8_3_it_is_kept_and_told_and_ends_no_escalation(text: str, reason: str) -> None:
    world = Answering()
    alert = world.send(escalating=True)
    assert world.text(text) is TextResult.RECORDED
    (response,) = world.kept(alert)
    assert (response.text, response.counted, response.reason) == (text, False, reason)
    assert world.responses.responded(response.key, range(2)) == {}
    (event,) = world.told(alert)
    assert event.event == ("autoReply" if reason.startswith("automatic") else "reply")


def test_a_phone_fires_no_trigger() -> None:
    desk = Triggering()
    desk.activated(by_text("driving"))
    assert desk.text(OF_PHONES[0]) is TextResult.NOTHING_OPEN
    assert desk.firings() == []
