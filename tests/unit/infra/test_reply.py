"""`make reply` shows what came of an answer, takes nothing away from the client, and says why a keyword sends nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from infra.local.api import Answer, Api
from infra.local.commands.arrival import await_newest_alert
from infra.local.commands.effects import effects_of_reply, why_a_stranger
from infra.local.commands.keywords import fired_by
from infra.local.complaint import Complaint


class WatchedApi:
    """Plays the API for one key; refuses whatever takes something away. What is to happen happens at the next GET."""

    def __init__(self, *keywords: dict[str, Any], waiting: int = 0) -> None:
        self.keywords = list(keywords)
        self.alerts = [{"alert_ref": "old"}]
        self.responses: list[dict[str, Any]] = []
        self.recipients: list[list[dict[str, str]]] = [[]]
        self.waiting = waiting
        self.happens: Callable[[], None] = lambda: None

    def post(self, path: str, body: Mapping[str, Any]) -> Answer:
        assert path == "/getinfo"
        assert set(body) <= {"version", "getKeywordInfo", "getStats"}
        stats = {"eventsWaiting": self.waiting}
        return Answer(200, {"info": {"keywords": [dict(word) for word in self.keywords], "stats": stats}}, {})

    def get(self, path: str) -> Answer:
        self.happens()
        items = self.responses if "/responses" in path else self.alerts
        if "/recipients" in path:
            number = int(path.partition("cursor=")[2] or 0)
            following = str(number + 1) if number + 1 < len(self.recipients) else None
            return Answer(200, {"items": self.recipients[number], "next_cursor": following}, {})
        return Answer(200, {"items": list(items)}, {})

    @property
    def api(self) -> Api:
        return cast("Api", self)


def _word(keyword: str, *, ran: datetime | None = None, interval: int = 600) -> dict[str, Any]:
    word = {
        "storeId": "s1",
        "type": "sms",
        "keyword": keyword,
        "firedCount": 0,
        "minimumRepeatIntervalSeconds": interval,
    }
    return word | ({"firedCount": 1, "lastFiredAt": ran.isoformat()} if ran else {})


def test_a_keyword_that_sends_is_shown_with_what_it_sent() -> None:
    api = WatchedApi(_word("FIRE-7"), _word("FLOOD"))

    def write() -> None:
        api.keywords[0]["firedCount"] = 1
        api.alerts.append({"alert_ref": "new"})

    shown = fired_by(api.api, "fire-7 at gate 4", write)

    assert [("FIRE-7" in line, "new" in line) for line in shown] == [(True, False), (False, True)]


def test_a_keyword_that_comes_too_soon_is_told_when_it_may_come() -> None:
    ran = datetime.now(UTC) - timedelta(seconds=100)
    api = WatchedApi(_word("FIRE-7", ran=ran))

    with pytest.raises(Complaint, match="FIRE-7 came too soon") as told:
        fired_by(api.api, "fire-7!", lambda: None)

    assert f"{ran + timedelta(seconds=600):%H:%M:%S}" in str(told.value)
    assert "600 s" in str(told.value)


def test_a_word_that_nothing_waits_for_is_told_what_would_be_one() -> None:
    with pytest.raises(Complaint, match="the active keywords: FIRE-7"):
        fired_by(WatchedApi(_word("FIRE-7")).api, "hello", lambda: None)


def test_an_answer_is_shown_without_those_before_it() -> None:
    api = WatchedApi(waiting=3)
    old, new = {"reply": "no"}, {"reply": "yes"}
    api.responses.append(old)
    api.happens = lambda: api.responses.__setitem__(slice(None), [new, old])

    assert effects_of_reply(api.api, "ref", [old], waited=3) == ([new], 0)


def test_a_word_such_as_stop_makes_an_event_that_stays_for_the_client() -> None:
    assert effects_of_reply(WatchedApi(waiting=4).api, "ref", [], waited=3, response_within=0) == ([], 1)


def test_a_receiver_answers_only_when_the_message_has_left() -> None:
    # given a call whose messages leave one after the other, and one that is held until morning
    states = [{"queued": 2, "sending": 0}, {"queued": 0, "sending": 1}, {"queued": 0, "sending": 0}]
    waited: list[float] = []

    class Leaving(WatchedApi):
        def get(self, path: str) -> Answer:
            if path == "/alerts?limit=1":
                return Answer(200, {"items": [{"alert_ref": "newest"}]}, {})
            assert path == "/alerts/newest"
            return Answer(200, {"counts": {"held": 1, **states[len(waited)]}}, {})

    await_newest_alert(Leaving().api, waited.append)

    assert len(waited) == 2


def test_a_forged_mail_of_a_stranger_is_told_why_it_answers_nothing() -> None:
    api = WatchedApi()
    api.recipients = [
        [{"channel": "email", "address": "ana@example.org"}],
        [{"channel": "email", "address": "bob@example.org"}, {"channel": "sms", "address": "+447700900101"}],
    ]
    assert why_a_stranger(api.api, "ref", "BOB@example.org") is None
    told = why_a_stranger(api.api, "ref", "eve@example.org")
    assert told is not None
    assert told.startswith("eve@example.org got no mail of the alert ref")
