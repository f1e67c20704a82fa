"""Which topics of the account a person sees, by role and billing flag."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tocsin.identity.domain.permissions import SystemRole
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.ids import RoleId, TenantId, UserId
from tocsin.preferences.domain.settings import AccountTopic, NotificationSettings
from tocsin.preferences.domain.visibility import topics_of, wants

BEN = User(TenantId("acme"), UserId("ben"), "ben@example.org", "Ben", RoleId("user"), datetime(2026, 1, 1, tzinfo=UTC))
CUSTOM = "night-desk"
SEES = {
    ("account_owner", False): "all but billing",
    ("account_owner", True): "all",
    ("admin", False): "all but billing",
    ("admin", True): "all",
}
"""Everybody else sees nothing."""


@pytest.mark.parametrize("topic", AccountTopic)
@pytest.mark.parametrize("billing", [False, True])
@pytest.mark.parametrize("role", [*SystemRole, CUSTOM])
def test_up_8_up_9_who_sees_a_topic_of_the_account(role: str, billing: bool, topic: AccountTopic) -> None:
    sees = SEES.get((role, billing), "nothing")
    expected = sees == "all" or (sees == "all but billing" and topic is not AccountTopic.BILLING_WARNINGS)
    user = replace(BEN, role=RoleId(role), billing=billing)
    chosen = NotificationSettings(tenant=BEN.tenant, user=BEN.id, topics=frozenset(AccountTopic))

    assert (topic in topics_of(user)) is expected
    # UP-13: a topic that was chosen before has no effect while its person may not see it
    assert wants(chosen, user, topic) is expected
    assert not wants(replace(chosen, topics=frozenset()), user, topic)
