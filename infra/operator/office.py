"""The adapters an operator's commands stand on, found through the outputs of a stack."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tocsin.adapters.dynamodb.identity.api_keys import DynamoDbApiKeyRepository
from tocsin.adapters.dynamodb.identity.tenants import DynamoDbTenantRepository
from tocsin.adapters.dynamodb.limits import DynamoDbBrakeBook
from tocsin.adapters.dynamodb.privacy.erasure_ledger import DynamoDbErasureLedger
from tocsin.adapters.dynamodb.privacy.personal_data import DynamoDbPersonalData
from tocsin.adapters.dynamodb.responses.two_way_numbers import DynamoDbTwoWayNumbers
from tocsin.adapters.dynamodb.suppressions import DynamoDbSuppressions
from tocsin.adapters.dynamodb.table.bucket import Bucket
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.adapters.kms.sealer import KmsSealer
from tocsin.entrypoint.process.clock import utc_now
from tocsin.entrypoint.process.randomness import SystemRandomness
from tocsin.identity.ports import ApiKeyRepository, TenantRepository
from tocsin.kernel.ports import Sealer
from tocsin.limits.ports import BrakeBook
from tocsin.privacy.ports import ErasureLedger, PersonalData
from tocsin.responses.ports.conversations import TwoWayNumbers
from tocsin.suppressions.ports import Suppressions

LOCAL_STACK = "tocsin-local"
LOCAL_REGION = "eu-west-2"
_LOCAL_ACCOUNT = "000000000000"

_TIMES = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 3})


def _sleep(span: timedelta) -> None:
    time.sleep(span.total_seconds())


class NoSuchStack(Exception):
    """The stack cannot be found, or is not one of Tocsin's; the sentence says which and what to check."""


@dataclass(frozen=True, slots=True)
class Office:
    """What the commands work with."""

    tenants: TenantRepository
    keys: ApiKeyRepository
    sealer: Sealer
    suppressions: Suppressions
    numbers: TwoWayNumbers
    brakes: BrakeBook
    personal_data: PersonalData
    erasures: ErasureLedger
    wait: Callable[[timedelta], None] = _sleep


def office_of(stack: str, region: str | None, endpoint_url: str | None) -> Office:
    """Return the office of a stack.

    Args:
        region: None = as the AWS credential chain has it.
        endpoint_url: a local engine; None = AWS. On loopback no credentials of the user leave the machine or are
            even looked for.

    Raises:
        NoSuchStack: there is none of this name, or it lacks the outputs TableName and KeyId.
    """
    session = (
        boto3.Session(_LOCAL_ACCOUNT, "unchecked", region_name=region or LOCAL_REGION)
        if endpoint_url and _on_loopback(endpoint_url)
        else boto3.Session(region_name=region)
    )

    def client(service: str) -> Any:
        return session.client(service, endpoint_url=endpoint_url, config=_TIMES)  # type: ignore[call-overload]

    try:
        found = client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
        outputs = {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}
        table_name, key_id = outputs["TableName"], outputs["KeyId"]
        dynamodb, kms = client("dynamodb"), client("kms")
    except KeyError as missing:
        raise NoSuchStack(f"the stack {stack} has no output {missing}: is it the root stack?") from missing
    except (ClientError, BotoCoreError) as error:
        raise NoSuchStack(f"cannot read the stack {stack}: {error}") from error
    sealer = KmsSealer(kms, dynamodb, table_name, key_id, utc_now, SystemRandomness())
    table = Table(dynamodb, table_name)
    return Office(
        tenants=DynamoDbTenantRepository(table),
        keys=DynamoDbApiKeyRepository(table, sealer, utc_now),
        sealer=sealer,
        suppressions=DynamoDbSuppressions(table),
        numbers=DynamoDbTwoWayNumbers(table),
        brakes=DynamoDbBrakeBook(table),
        personal_data=DynamoDbPersonalData(table, sealer, Bucket(client("s3"), outputs.get("BucketName", ""))),
        erasures=DynamoDbErasureLedger(table),
    )


def _on_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
