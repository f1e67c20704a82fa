"""What an erasure reports as remaining is what the deployed queues, buckets and table keep (decided 8.24)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.architecture.deployment import ROOT, Deployment, deployment, read_sources
from tocsin.adapters.dynamodb.privacy.erasure_ledger import LEDGER_KEPT
from tocsin.privacy.application.erase_contact import remaining

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
DAY = timedelta(days=1)
MIDNIGHT = 1
"""S3 counts days from the next midnight."""


@pytest.fixture(scope="module")
def deployed() -> Deployment:
    return deployment(read_sources())


def days_of(words: str) -> int:
    """Return after how many days the data whose description contains `words` is gone, as the report says."""
    (until,) = (each.until for each in remaining(NOW) if words in each.what)
    assert until is not None
    return (until - NOW) // DAY


def rules(deployed: Deployment, bucket: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = deployed.resources[bucket].properties["LifecycleConfiguration"]["Rules"]
    return found


def test_decided_8_24_queues_keep_no_message_longer_than_the_report_says(deployed: Deployment) -> None:
    kept = [
        int(queue.properties.get("MessageRetentionPeriod", 345_600))
        for queue in deployed.resources.values()
        if queue.type == "AWS::SQS::Queue"
    ]
    assert timedelta(seconds=max(kept)) == days_of("dead-letter queues") * DAY


def test_decided_8_24_buckets_keep_no_version_longer_than_the_report_says(deployed: Deployment) -> None:
    of_objects = [rule["NoncurrentVersionExpiration"]["NoncurrentDays"] for rule in rules(deployed, "MediaBucket") if "NoncurrentVersionExpiration" in rule]  # fmt: skip
    assert [days + MIDNIGHT for days in of_objects] == [days_of("earlier versions")]
    of_mails = [
        rule["ExpirationInDays"] + MIDNIGHT + rule["NoncurrentVersionExpiration"]["NoncurrentDays"] + MIDNIGHT
        for rule in rules(deployed, "MailBucket")
        if "ExpirationInDays" in rule
    ]
    assert max(of_mails) == days_of("keeps failing")


def test_decided_8_24_an_unreadable_mail_is_kept_for_a_week_and_one_without_a_record_for_a_day(
    deployed: Deployment,
) -> None:
    kept = {rule["Id"]: rule.get("ExpirationInDays") for rule in rules(deployed, "MailBucket")}
    assert (kept["forget-unreadable"], kept["forget-unproven"]) == (7, 1)


def test_decided_8_24_backups_and_the_ledger_are_reported(deployed: Deployment) -> None:
    recovery = deployed.resources["CoreTable"].properties["PointInTimeRecoverySpecification"]
    assert recovery.get("RecoveryPeriodInDays", 35) == days_of("point-in-time")
    assert days_of("ledger") * DAY == LEDGER_KEPT > days_of("point-in-time") * DAY


def test_decided_8_24_the_page_lists_what_the_report_lists() -> None:
    page = " ".join((ROOT / "docs" / "privacy.md").read_text().split())
    for each in remaining(NOW):
        words = each.what.replace("mails-dead", "`mails-dead`").replace(" in queues and", " in queues (4 days) and")
        gone = f"{(each.until - NOW) // DAY} days" if each.until else "they stay"
        assert f"| {words} | {gone} |" in page, each.what
