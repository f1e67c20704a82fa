"""Samples of notices, to the person who asks."""

from __future__ import annotations

import pytest

from tests.functional.settings_api.conftest import ACME, World
from tocsin.identity.domain.permissions import SystemRole
from tocsin.kernel.domain.ids import RoleId

PATH = "/users/me/notification_settings/sample"


def test_up_30_one_sample_by_each_channel_to_oneself(world: World) -> None:
    world.as_role(SystemRole.REPORTING)
    answer = world.call("POST", PATH, {})
    assert (answer.status, answer.json) == (
        202,
        {
            "channels": [
                {"channel": "inbox", "to": None, "state": "sent"},
                {"channel": "email", "to": f"reporting-{ACME}@people.example", "state": "sent"},
            ]
        },
    )
    (run,) = world.notices.runs.kept.values()
    assert [each.user for each in run.people] == [f"reporting-{ACME}"]
    assert (run.notice.subject[:8], run.notice.line[:8]) == ("Sample: ", "Sample: ")


def test_decided_5_11_three_times_an_hour(world: World) -> None:
    assert [world.call("POST", PATH, {}).status for _ in range(3)] == [202] * 3
    refused = world.call("POST", PATH, {})
    assert refused.status == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 3600
    world.as_role(SystemRole.ADMIN)
    assert world.call("POST", PATH, {}).status == 202


def test_a_repeat_answers_the_same_and_sends_nothing(world: World) -> None:
    first = world.call("POST", PATH, {}, Idempotency_Key="one")
    assert world.call("POST", PATH, {}, Idempotency_Key="one").json == first.json
    assert len(world.notices.runs.kept) == 1


def test_a_key_and_a_token_that_only_reads_get_none(world: World) -> None:
    world.as_key(RoleId("admin"))
    assert world.call("POST", PATH, {}).status == 403
    world.as_token(world.person("ana", "admin"), read_only=True)
    assert world.call("POST", PATH, {}).status == 403


@pytest.mark.parametrize("body", [{"to": "eve@example.org"}, {"user": "u1"}])
def test_they_go_to_no_one_else(world: World, body: dict[str, str]) -> None:
    assert world.call("POST", PATH, body).status == 400
    assert not world.notices.runs.kept
