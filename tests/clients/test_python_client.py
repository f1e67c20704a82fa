"""The Python client against a scripted server: what it sends, repeats, raises and reads."""

from __future__ import annotations

from typing import Any

import pytest

import tocsin_client
from tests.clients.scripted_api import Scripted, ScriptedApi, scripted
from tocsin_client import APIStatusError, Tocsin

ALERT: tocsin_client.types.SendAlertBody = {
    "clientRef": "pump-7",
    "alert": [{"alertType": "sms", "tag": "t", "sender": "Tocsin", "recipients": ["+447700900001"], "content": "Hi"}],
}
PROBLEM = {
    "type": "about:blank",
    "title": "Not found",
    "status": 404,
    "detail": "no such alert",
    "instance": "r1",
    "code": "NOT_FOUND",
    "errors": [{"code": "NOT_FOUND", "message": "no such alert", "detail": ""}],
}
FAILED = {
    "success": False,
    "returnCode": 400,
    "failureReason": "two faults",
    "requestId": "r2",
    "errors": [
        {"pointer": "/alert/0/sender", "code": "REQUIRED", "message": "sender is needed"},
        {"pointer": "/x", "code": "UNKNOWN_FIELD", "message": "there is no x"},
    ],
}


def client_of(api: ScriptedApi, slept: list[float] | None = None, **more: Any) -> Tocsin:
    return Tocsin(api.url + "/", "sk_1", sleep=(slept if slept is not None else []).append, **more)


def test_a_call_brings_key_version_and_a_name_of_its_own() -> None:
    with scripted(Scripted(body={"alertRef": "a1"}), Scripted()) as api:
        client = client_of(api)
        assert client.send_alert(ALERT).get("alertRef") == "a1"
        client.send_alert(ALERT, idempotency_key="mine")

    first, second = api.asked
    assert (first.method, first.path, first.body) == ("POST", "/live/sendalert", {"version": "latest", **ALERT})
    assert first.headers["Authorization"] == "Bearer sk_1"
    assert first.headers["Content-Type"] == "application/json"
    assert first.headers["User-Agent"] == f"tocsin-client-python/{tocsin_client.__version__}"
    assert len(first.headers["Idempotency-Key"]) == 36
    assert second.headers["Idempotency-Key"] == "mine"


def test_what_may_succeed_later_is_repeated_under_the_same_name() -> None:
    slept: list[float] = []
    answers = [
        Scripted(503, PROBLEM, {"Retry-After": "7"}),
        Scripted(fault="reset"),
        Scripted(409, FAILED, {"Retry-After": "1"}),
        Scripted(body={"alertRef": "a1"}),
    ]
    with scripted(*answers) as api:
        assert client_of(api, slept).send_alert(ALERT).get("alertRef") == "a1"

    assert len({asked.headers["Idempotency-Key"] for asked in api.asked}) == 1
    assert [asked.body for asked in api.asked] == [{"version": "latest", **ALERT}] * 4
    assert (slept[0], slept[2]) == (7, 1)
    assert 0.5 <= slept[1] <= 1


def test_pauses_grow_and_attempts_end() -> None:
    slept: list[float] = []
    with (
        scripted(*[Scripted(502, "<html>bad gateway</html>")] * 4) as api,
        pytest.raises(tocsin_client.InternalServerError) as raised,
    ):
        client_of(api, slept).get_alert("a1")

    assert len(api.asked) == 4
    assert [0.25 * 2**n <= wait <= 0.5 * 2**n for n, wait in enumerate(slept)] == [True] * 3
    assert (raised.value.status, raised.value.code, raised.value.body) == (502, "", "<html>bad gateway</html>")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Scripted(400, FAILED), tocsin_client.BadRequestError),
        (Scripted(401, PROBLEM), tocsin_client.AuthenticationError),
        (Scripted(403, PROBLEM), tocsin_client.PermissionDeniedError),
        (Scripted(404, PROBLEM), tocsin_client.NotFoundError),
        (Scripted(409, FAILED), tocsin_client.ConflictError),
        (Scripted(413, PROBLEM), tocsin_client.BadRequestError),
        (Scripted(422, FAILED), tocsin_client.UnprocessableEntityError),
        (Scripted(429, PROBLEM, {"Retry-After": "61"}), tocsin_client.RateLimitError),
        (Scripted(501, FAILED), tocsin_client.InternalServerError),
        (Scripted(302, "", {"Location": "/live/health"}), APIStatusError),
        (Scripted(200, "<html>"), APIStatusError),
    ],
    ids=lambda value: str(value.status) if isinstance(value, Scripted) else "",
)
def test_an_answer_that_no_repeat_would_change_is_raised_at_once(answer: Scripted, kind: type[APIStatusError]) -> None:
    with scripted(answer) as api, pytest.raises(APIStatusError) as raised:
        client_of(api).send_alert(ALERT)

    assert type(raised.value) is kind
    assert raised.value.status == answer.status


def test_an_error_says_everything_that_is_wrong() -> None:
    with scripted(Scripted(400, FAILED), Scripted(404, PROBLEM)) as api:
        with pytest.raises(tocsin_client.BadRequestError, match="400 REQUIRED: two faults") as failed:
            client_of(api).send_alert(ALERT)
        with pytest.raises(tocsin_client.NotFoundError, match="404 NOT_FOUND: no such alert") as problem:
            client_of(api).get_alert("a1")

    assert [(fault.pointer, fault.code) for fault in failed.value.faults] == [
        ("/alert/0/sender", "REQUIRED"),
        ("/x", "UNKNOWN_FIELD"),
    ]
    assert (failed.value.request_id, problem.value.request_id) == ("r2", "r1")
    assert problem.value.code == "NOT_FOUND"


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("reset", tocsin_client.APIConnectionError),
        ("short", tocsin_client.APIConnectionError),
        ("late", tocsin_client.APITimeoutError),
    ],
)
def test_without_an_answer_the_connection_is_to_blame(fault: str, kind: type[Exception]) -> None:
    with scripted(Scripted(fault=fault)) as api, pytest.raises(tocsin_client.APIConnectionError) as raised:
        client_of(api, max_retries=0, timeout=0.1).send_alert(ALERT)

    assert type(raised.value) is kind


def test_a_server_that_is_not_there_is_tried_again() -> None:
    with scripted() as api:
        pass
    slept: list[float] = []
    with pytest.raises(tocsin_client.APIConnectionError, match="refused"):
        client_of(api, slept).get_health()
    assert len(slept) == 3


def test_a_list_is_read_page_by_page_while_it_is_iterated() -> None:
    one, two, three = ({"recipient": word} for word in ("1", "2", "3"))
    pages = [{"items": [one, two], "next_cursor": "c/1"}, {"items": [three], "next_cursor": None}]
    with scripted(*(Scripted(body=page) for page in pages * 2)) as api:
        found = client_of(api).list_recipients("a/1", state="sent", limit=2)
        assert api.asked == []
        assert [recipient["recipient"] for recipient in found] == ["1", "2", "3"]
        assert list(found.pages()) == pages

    assert [asked.path for asked in api.asked[:2]] == [
        "/live/alerts/a%2F1/recipients?limit=2&state=sent",
        "/live/alerts/a%2F1/recipients?limit=2&cursor=c%2F1&state=sent",
    ]
    assert "Idempotency-Key" not in api.asked[0].headers


def test_only_urls_of_http_are_called() -> None:
    with pytest.raises(ValueError, match="base_url"):
        Tocsin("file:///etc/passwd", "k")
