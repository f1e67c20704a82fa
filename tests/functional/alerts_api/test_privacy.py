"""Thirty values that can only be somebody's own go through every route and every failure; no log knows any (S7)."""

from __future__ import annotations

import base64
import itertools
import logging
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest

from tests.canaries import encodings
from tests.functional.alerts_api.conftest import Door, call, email, inbound, sms
from tocsin.entrypoint.process.observability import RedactingFormatter
from tocsin.kernel.domain.errors import SealBroken

WORDS = [
    "Zebulon",
    "Quarrington",
    "Xanthippe-Oyelaran",
    "Þórgunnur",
    "Wörtherseestraße",
    "kumquat lighthouse at dawn",
    "vermilion trombone",
    "The boiler in cellar nine",
    "ich wohne im Fuchsbau",
    "Mnemosyne",
    "hunter2-but-longer",
    "gooseberry/firmament",
    "perihelion subject line",
    "Ultramontane",
    "sassafras-group",
    "nightjar-set",
    "obsidian-store",
    "eiderdown-tag",
    "zeugma-keyword",
    "brouhaha-link",
]
NUMBERS = ["+447911123456", "+4915112345678", "+12025550143", "+33612345678", "+81312345678"]
MAILS = [
    "zebulon.quarrington@example.org",
    "x.oyelaran@nightjar.example",
    "thorgunnur@fuchsbau.example",
    "mnemosyne@ultramontane.example",
    "boiler-cellar-nine@example.net",
]
CANARIES = [*WORDS, *NUMBERS, *MAILS]
assert len(set(CANARIES)) == 30


NEEDLES = {disguise: canary for canary in CANARIES for disguise in encodings(canary)}


def leaks(text: str) -> set[str]:
    """Return which of the values `text` gives away, in whatever clothes."""
    raw = text.encode()
    return {canary for disguise, canary in NEEDLES.items() if disguise in raw}


def test_the_search_finds_what_it_is_looking_for() -> None:
    for canary in CANARIES:
        assert leaks(f"--{canary}--") == {canary} | leaks(canary)
        assert canary in leaks(base64.b64encode(f'{{"a":"{canary}"}}'.encode()).decode())
        assert canary in leaks(canary.encode().hex())
        assert canary in leaks(quote(canary))


GROUP = {
    "name": "sassafras-group",
    "contacts": [
        {
            "id": f"c{n}",
            "sms": number,
            "email": mail,
            "call": number,
            "lookups": {"firstname": first, "Mnemosyne": last},
        }
        for n, (number, mail, first, last) in enumerate(zip(NUMBERS, MAILS, WORDS, WORDS[5:], strict=False))
    ],
    "sets": [{"name": "nightjar-set", "ids": ["c0", "c1"]}],
}

EVERYTHING: dict[str, Any] = {
    "clientRef": "brouhaha-link",
    "contactGroup": {"inlineContactGroup": GROUP},
    "alert": [
        sms(recipients=NUMBERS, content=" ".join(WORDS), tag="eiderdown-tag", sender="Zebulon"),
        sms(recipients=["Þórgunnur", *MAILS], contactSets=["nightjar-set"], content="vermilion trombone"),
        email(
            recipients=MAILS,
            content=" ".join(WORDS),
            subject="perihelion subject line",
            to="Zebulon",
            sender="Quarrington",
            replyTo="Mnemosyne",
            tag="eiderdown-tag",
        ),
        call(recipients=NUMBERS, content="The boiler in cellar nine"),
        inbound(content="ich wohne im Fuchsbau"),
    ],
}


def mutations(body: Any) -> Iterator[Any]:
    """Yield the body with each value in turn replaced by something wrong, and with canaries where names should be."""
    wrong = itertools.cycle([5, {"Zebulon": "Quarrington"}, ["+447911123456"], "Xanthippe-Oyelaran", None, True])

    def walk(value: Any) -> Iterator[Any]:
        yield next(wrong)
        if isinstance(value, dict):
            for name in value:
                for changed in walk(value[name]):
                    yield {**value, name: changed}
                yield {k: v for k, v in value.items() if k != name}
            for canary in ("zeugma-keyword", "Zebulon", "+4915112345678", "mnemosyne@ultramontane.example"):
                yield {**value, canary: canary}
        elif isinstance(value, list):
            for n, entry in enumerate(value[:2]):
                for changed in walk(entry):
                    yield [*value[:n], changed, *value[n + 1 :]]

    return walk(body)


STORES = {
    "content": [
        {"contentType": "contactGroup", "tag": "eiderdown-tag", "content": GROUP},
        {"contentType": "alert", "tag": "t", "content": {"alert": EVERYTHING["alert"][:1]}},
        {
            "contentType": "sms",
            "tag": "Zebulon",
            "content": "vermilion trombone",
            "storeDetails": {"storeName": "obsidian-store"},
        },
        {"contentType": "recipientList", "tag": "t", "content": ",".join(NUMBERS + MAILS)},
    ]
}


@pytest.fixture
def logged(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    caplog.set_level(logging.DEBUG)
    # Every handler of a process writes by this one; pytest puts a new handler in place for each test.
    caplog.handler.setFormatter(RedactingFormatter())

    def everything() -> str:
        out, err = capfd.readouterr()
        return out + err + caplog.text

    return everything


def test_no_log_knows_anybody(door: Door, logged: Callable[[], str]) -> None:
    answers = [door.send(**EVERYTHING), door.post("/storecontent", STORES)]
    answers += [door.post("/sendalert", body) for body in mutations(EVERYTHING) if isinstance(body, dict)]
    answers += [door.post("/storecontent", body) for body in mutations(STORES) if isinstance(body, dict)]
    for verb in ("/sendstoredalert", "/deletecontent", "/collectevents"):
        answers += [door.post(verb, {"storeName": c, "storeId": c, "alertId": c, "all": c, c: c}) for c in CANARIES]
    later = {"options": {"schedule": {"start": "now"}}}
    once = {name: value for name, value in EVERYTHING.items() if name != "options"}
    entry = {"clientRef": "r", "alert": [sms()]}
    answers += [door.send(**once, **later), door.send(**once, deferral={"storeName": CANARIES[0]})]
    answers.append(door.post("/sendalerts", {"alerts": [entry, {**entry, **later}]}))
    for verb in ("/pausescheduledalert", "/cancelscheduledalert", "/schedulestoredalert", "/sendalerts"):
        answers += [door.post(verb, {"scheduledAlertId": c, "storeName": c, "alerts": [c], c: c}) for c in CANARIES]
    for canary in CANARIES:
        answers.append(door.post("/setinfo", {"ownerEmail": canary}, Idempotency_Key=quote(canary)))
        answers.append(door.send(apiKey=canary))
        answers.append(door.send(apiKey=..., Authorization=f"Bearer {quote(canary)}"))
        answers.append(
            door.post("/sendstoredalert", {"storeName": canary, "clientRef": "r"}, Idempotency_Key=quote(canary))
        )
        answers.append(door.get(f"/alerts/{quote(canary, safe='')}"))
        answers.append(door.get("/alerts", cursor=canary, limit=canary, **{canary: canary}))
        answers.append(door.gateway.call("POST", "/sendalert", f'{{"{canary}": {canary}'))
        answers.append(door.gateway.call("POST", "/sendalert", canary.encode("utf-16")))
        answers.append(door.gateway.post("/sendalert", {}, {"Content-Type": quote(canary)}))
        answers.append(door.gateway.get(f"/docs/{quote(canary)}"))
    ref = answers[0].json["alertRef"]
    answers += [door.get("/alerts"), door.get(f"/alerts/{ref}"), door.get(f"/alerts/{ref}/recipients")]

    assert not [a.text for a in answers if a.status >= 500]
    door.post("/setinfo", {"ownerEmail": None})
    assert any(alert.system for alert in door.alerts.alerts.values())  # the owner before was told
    text = logged()
    assert "POST /sendalert" in text  # it is the log that was read
    assert leaks(text) == set()


class Exploding:
    """Stands in for a use case and quotes everything it knows when it fails."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def __getattr__(self, name: str) -> Any:
        def fail(*args: Any, **kwargs: Any) -> Any:
            raise self.error from RuntimeError(f"{CANARIES} {args}")

        return fail


@pytest.mark.parametrize("error", [RuntimeError, ValueError, KeyError, SealBroken, UnicodeError, AssertionError])
def test_no_log_and_no_answer_quotes_an_exception(
    door: Door, logged: Callable[[], str], monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    bad = Exploding(error(" ".join(CANARIES)))
    for fake, method in [
        (door.alerts, "accept"),
        (door.alerts, "newest"),
        (door.alerts, "get"),
        (door.results, "collect"),
        (door.stores, "put"),
        (door.stores, "find"),
        (door.stores, "list"),
        (door.stores, "get"),
    ]:
        monkeypatch.setattr(fake, method, getattr(bad, method))

    answers = [
        door.send(),
        door.post("/sendstoredalert", {"storeName": "x", "clientRef": "r"}),
        door.post("/storecontent", {"content": [{"contentType": "sms", "tag": "t", "content": "x"}]}),
        door.post("/deletecontent", {"all": True}),
        door.post("/collectevents", {"all": True}),
        door.get("/alerts"),
        door.get("/alerts/019aa3c4-5d00-7c8f-9b3a-2f6d1e4c7a90"),
    ]

    text = logged()
    for answer in answers:
        assert answer.status == 500
        assert leaks(answer.text) == set()
        assert "Error" not in answer.text.replace("INTERNAL_ERROR", "")
    assert text.count('"message":"a call failed"') >= len(answers)
    assert f'"{error.__module__}.{error.__qualname__}"' in text  # what and where, but not about whom
    assert leaks(text) == set()


def test_no_problem_quotes_what_was_asked_for(door: Door) -> None:
    for canary in CANARIES:
        for answer in (
            door.get(f"/alerts/{quote(canary, safe='')}"),
            door.get("/alerts", cursor=canary),
            door.get("/alerts", limit=canary),
            door.send(sms(sender=canary, content=...)),
            door.send(apiKey=canary),
            door.post("/sendstoredalert", {"storeName": canary, "clientRef": "r"}),
        ):
            assert leaks(answer.text) == set(), answer.text
