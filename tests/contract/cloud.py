"""Where a contract suite runs its real adapter: moto in this process, or DynamoDB Local beside it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from threading import RLock
from typing import TYPE_CHECKING, Any, Final

import boto3
import pytest
from botocore.config import Config
from moto import mock_aws

from tests.contract import quick_moto
from tests.contract.core_table import create_core_table
from tests.fakes.tenant_guard import check
from tocsin.adapters.dynamodb.table.bucket import Bucket
from tocsin.adapters.dynamodb.table.table import Table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_s3 import S3Client

REGION: Final = "eu-west-1"
DYNAMODB_LOCAL = pytest.param("ddblocal", marks=pytest.mark.ddblocal)
"""Parameter of an engine fixture: runs where TOCSIN_DYNAMODB_URL says that DynamoDB Local listens."""


class SettableClock:
    """Time stands still until a test moves it."""

    def __init__(self, now: datetime = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, span: timedelta) -> None:
        self.now += span


class SystemRandomness:
    """Chance as in production."""

    def token(self, size: int) -> bytes:
        return secrets.token_bytes(size)

    def fraction(self) -> float:
        return secrets.randbelow(1 << 53) / (1 << 53)


@dataclass(frozen=True)
class Cloud:
    """Clients of one engine, a fresh core table, a bucket and a KMS key in it."""

    dynamodb: DynamoDBClient
    kms: KMSClient
    s3: S3Client
    table_name: str
    bucket: str
    key_id: str

    @property
    def table(self) -> Table:
        """Return the table as the repositories take it."""
        return Table(self.dynamodb, self.table_name)

    @property
    def objects(self) -> Bucket:
        """Return the bucket as the repositories take it."""
        return Bucket(self.s3, self.bucket)

    def rows(self) -> list[dict[str, object]]:
        """Return every row of the table."""
        pages = self.dynamodb.get_paginator("scan").paginate(TableName=self.table_name, ConsistentRead=True)
        return [dict(row) for page in pages for row in page["Items"]]


quick_moto.hasten()


@cache
def _session() -> boto3.Session:
    """One for all tests. Clients are never shared."""
    return boto3.Session("testing", "testing", region_name=REGION)


@contextmanager
def tenants_guarded(dynamodb: DynamoDBClient) -> Iterator[None]:
    """Check every call of the client inside the block with the tenant guard, PynamoDB's calls too."""

    def judge(params: dict[str, Any], model: Any, **_: object) -> None:
        check(model.name, params)

    dynamodb.meta.events.register("provide-client-params.dynamodb", judge)
    try:
        yield
    finally:
        dynamodb.meta.events.unregister("provide-client-params.dynamodb", judge)


def _one_at_a_time(dynamodb: Any) -> None:
    """Let one call through at a time: moto's conditions are not atomic among threads, and DynamoDB's are."""
    lock, call = RLock(), dynamodb._make_api_call

    def locked(operation: str, parameters: Any) -> Any:
        with lock:
            return call(operation, parameters)

    dynamodb._make_api_call = locked


@contextmanager
def cloud(engine: str = "moto") -> Iterator[Cloud]:
    """Set one up and take it down. KMS and S3 are always moto's; DynamoDB is the engine's.

    Args:
        engine: `moto` or `ddblocal`; the latter skips the test without TOCSIN_DYNAMODB_URL.
    """
    url = (os.environ.get("TOCSIN_DYNAMODB_URL") or None) if engine == "ddblocal" else None
    if engine == "ddblocal" and url is None:
        pytest.skip("TOCSIN_DYNAMODB_URL is not set")
    config = Config(connect_timeout=1, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3})
    session = _session()
    with mock_aws(config={"core": {"passthrough": {"urls": [rf"{url}/.*"]}}} if url else {}):
        dynamodb = session.client("dynamodb", endpoint_url=url, config=config)
        if url is None:
            _one_at_a_time(dynamodb)
            quick_moto.without_http(dynamodb, REGION)
        kms = session.client("kms", config=config)
        s3 = session.client("s3", config=config)
        name = f"core-{secrets.token_hex(6)}"
        create_core_table(dynamodb, name)
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        key_id = kms.create_key()["KeyMetadata"]["KeyId"]
        try:
            yield Cloud(dynamodb, kms, s3, name, name, key_id)
        finally:
            dynamodb.delete_table(TableName=name)
