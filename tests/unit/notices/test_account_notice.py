"""What makes two messages one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.notices.domain.account_notice import AccountNotice, Category, Severity, notice_about

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def about(subject: str, at: datetime, once_per: timedelta | None = None) -> AccountNotice:
    return notice_about(
        TenantId("acme"),
        ApiKeyId("k1"),
        subject,
        at,
        Severity.ERROR,
        Category.GENERAL,
        "spend_cap",
        "x",
        once_per=once_per,
    )


def test_the_same_subject_at_another_time_is_another_message() -> None:
    assert about("a", NOON) == about("a", NOON)
    assert len({about("a", NOON).id, about("b", NOON).id, about("a", NOON + HOUR).id}) == 3


def test_a_subject_is_told_once_in_each_span() -> None:
    ids = [about("a", NOON + timedelta(minutes=n), HOUR).id for n in range(120)]
    assert len(set(ids)) == 2
    assert about("a", NOON + timedelta(minutes=59), HOUR).slot == NOON
    assert about("a", NOON + timedelta(minutes=59), HOUR).at == NOON + timedelta(minutes=59)
