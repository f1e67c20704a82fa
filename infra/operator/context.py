"""The repositories of the operator's commands, found by the outputs of a stack."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tocsin.adapters.inbound_mail.mailbox import UnreadableObject, unreadable_mails
from tocsin.bootstrap.storage import Storage, StoreClients
from tocsin.identity.ports import ApiKeyRepository, TenantRepository
from tocsin.kernel.ports import Sealer
from tocsin.limits.ports import LimitSettings
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
    """The stack cannot be found, or is not a stack of Tocsin; the text names the stack and the cause."""


@dataclass(frozen=True, slots=True)
class OperatorContext:
    """The repositories and ports of the commands."""

    tenants: TenantRepository
    keys: ApiKeyRepository
    sealer: Sealer
    suppressions: Suppressions
    numbers: TwoWayNumbers
    sending_limits: LimitSettings
    personal_data: PersonalData
    erasures: ErasureLedger
    unreadable_mails: Callable[[], Iterable[UnreadableObject]] = tuple
    wait: Callable[[timedelta], None] = _sleep


def context_of(stack: str, region: str | None, endpoint_url: str | None) -> OperatorContext:
    """Return the operator context of a stack.

    Args:
        region: None = the region of the AWS configuration.
        endpoint_url: a local engine; None = AWS. With a loopback address, the user's credentials are not read.

    Raises:
        NoSuchStack: no stack has this name, or it lacks the outputs TableName and KeyId.
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
        mails = partial(unreadable_mails, client("s3"), outputs["MailBucketName"])
        clients = StoreClients(client("dynamodb"), client("kms"), client("s3"))
    except KeyError as missing:
        raise NoSuchStack(f"the stack {stack} has no output {missing}: is it the root stack?") from missing
    except (ClientError, BotoCoreError) as error:
        raise NoSuchStack(f"cannot read the stack {stack}: {error}") from error
    storage = Storage(clients, table_name=table_name, key_id=key_id, bucket_name=outputs.get("BucketName", ""))
    return OperatorContext(
        tenants=storage.tenants,
        keys=storage.api_keys,
        sealer=storage.sealer,
        suppressions=storage.suppressions,
        numbers=storage.two_way_numbers,
        sending_limits=storage.limit_settings,
        personal_data=storage.personal_data,
        erasures=storage.erasure_ledger,
        unreadable_mails=mails,
    )


def _on_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
