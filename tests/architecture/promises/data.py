"""Promises about what is kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from tests.architecture.deployment import Deployment
from tests.architecture.promises import promise
from tocsin.kernel.domain.keep_classes import KEEP_DAYS, keep_for


@promise
def what_people_gave_us_outlives_the_stack(stack: Deployment) -> Iterator[str]:
    for name in ("Data", "CoreTable", "MediaBucket", "DataKey", "Identity", "People"):
        attributes = stack.resources[name].attributes
        if (attributes.get("DeletionPolicy"), attributes.get("UpdateReplacePolicy")) != ("Retain", "Retain"):
            yield name


@promise
def the_table_can_be_had_back_and_not_be_deleted(stack: Deployment) -> Iterator[str]:
    for table in stack.of("DynamoDB::Table"):
        recovery = table.properties.get("PointInTimeRecoverySpecification", {})
        if recovery.get("PointInTimeRecoveryEnabled") is not True:
            yield f"{table.name}: recovery"
        if table.properties.get("DeletionProtectionEnabled") != "true":
            yield f"{table.name}: deletion protection"


@promise
def the_table_costs_what_is_used_and_forgets_what_expired(stack: Deployment) -> Iterator[str]:
    for table in stack.of("DynamoDB::Table"):
        if table.properties.get("BillingMode") != "PAY_PER_REQUEST":
            yield f"{table.name}: billing"
        if table.properties.get("TimeToLiveSpecification") != {"AttributeName": "ttl", "Enabled": True}:
            yield f"{table.name}: ttl"


@promise
def data_at_rest_is_under_our_key(stack: Deployment) -> Iterator[str]:
    ours = "<DataKey>"
    for table in stack.of("DynamoDB::Table"):
        if table.properties.get("SSESpecification", {}).get("KMSMasterKeyId") != ours:
            yield table.name
    for bucket in stack.of("S3::Bucket"):
        # What comes in has a key of its own, and so has what the provider of calls takes.
        key = {"MailBucket": "<InboundKey>", "RecordingsBucket": "<RecordingsKey>"}.get(bucket.name, ours)
        rules = bucket.properties.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration", [{}])
        if rules[0].get("ServerSideEncryptionByDefault") != {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}:
            yield bucket.name


@promise
def keys_rotate(stack: Deployment) -> Iterator[str]:
    yield from (key.name for key in stack.of("KMS::Key") if key.properties.get("EnableKeyRotation") is not True)


@promise
def buckets_are_closed_to_the_public(stack: Deployment) -> Iterator[str]:
    for bucket in stack.of("S3::Bucket"):
        blocked = bucket.properties.get("PublicAccessBlockConfiguration", {})
        if len(blocked) != 4 or not all(value is True for value in blocked.values()):
            yield bucket.name


@promise
def buckets_take_tls_only(stack: Deployment) -> Iterator[str]:
    for bucket in stack.of("S3::Bucket"):
        denied = [
            statement
            for policy in stack.of("S3::BucketPolicy")
            if policy.properties["Bucket"] == f"<{bucket.name}>"
            for statement in policy.properties["PolicyDocument"]["Statement"]
            if statement["Effect"] == "Deny" and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        ]
        if [statement["Resource"] for statement in denied] != [
            [f"arn:aws:s3:::<{bucket.name}>", f"arn:aws:s3:::<{bucket.name}>/*"]
        ]:
            yield bucket.name


@promise
def objects_of_alerts_that_are_over_are_removed(stack: Deployment) -> Iterator[str]:
    folders = {"MediaBucket": "sealed", "RecordingsBucket": "prompts"}
    for bucket in stack.of("S3::Bucket"):
        rules = bucket.properties.get("LifecycleConfiguration", {}).get("Rules", [])
        removed = {
            (rule.get("Prefix"), rule["ExpirationInDays"])
            for rule in rules
            if "ExpirationInDays" in rule and rule["Status"] == "Enabled"
        }
        folder = folders.get(bucket.name)
        if folder and removed != {(f"{folder}/{keep_for(timedelta(days=days))}/", days) for days in KEEP_DAYS}:
            yield bucket.name


@promise
def deleted_objects_are_gone_within_the_promised_35_days(stack: Deployment) -> Iterator[str]:
    for bucket in stack.of("S3::Bucket"):
        rules = bucket.properties.get("LifecycleConfiguration", {}).get("Rules", [])
        days = [
            rule["NoncurrentVersionExpiration"]["NoncurrentDays"]
            for rule in rules
            if "NoncurrentVersionExpiration" in rule and rule["Status"] == "Enabled"
        ]
        if not days or max(days) > 35:
            yield bucket.name
