"""The repositories of the operator's commands, found by the outputs of a stack."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from infra.operator.stack import FoundStack, clients_of, found_stack
from tocsin.adapters.inbound_mail.mailbox import UnreadableObject, unreadable_mails
from tocsin.adapters.inbound_mail.stored_mails import UnreadableMails
from tocsin.alerts.ports.alerts import AlertRepository
from tocsin.bootstrap.storage import Storage, StoreClients
from tocsin.delivery.ports.messages import MessageRows
from tocsin.entrypoint.process.clock import utc_now
from tocsin.entrypoint.process.randomness import SystemRandomness
from tocsin.identity.ports import ApiKeyRepository, TenantRepository
from tocsin.kernel.ports import Clock, Randomness, Sealer
from tocsin.limits.ports import LimitSettings
from tocsin.privacy.ports import ErasureLedger, PersonalData, PersonalMails
from tocsin.responses.ports.conversations import TwoWayNumbers
from tocsin.suppressions.ports import Suppressions


def _sleep(span: timedelta) -> None:
    time.sleep(span.total_seconds())


@dataclass(frozen=True, slots=True)
class OperatorContext:
    """The repositories and ports of the commands, and the stack with its AWS clients by name of the service."""

    stack: FoundStack
    clients: Callable[[str], Any]
    tenants: TenantRepository
    keys: ApiKeyRepository
    sealer: Sealer
    suppressions: Suppressions
    numbers: TwoWayNumbers
    sending_limits: LimitSettings
    personal_data: PersonalData
    mails: PersonalMails
    alerts: AlertRepository
    messages: MessageRows
    erasures: ErasureLedger
    unreadable_mails: Callable[[], Iterable[UnreadableObject]]
    clock: Clock = utc_now
    randomness: Randomness = field(default_factory=SystemRandomness)
    wait: Callable[[timedelta], None] = _sleep


Run = Callable[[OperatorContext, argparse.Namespace], int | None]
"""A command. Returns its exit code; None = 0."""

Command = Callable[[Any, str, Run], argparse.ArgumentParser]
"""Adds a command of a tenant to the subcommands of a thing, and returns its parser."""


def context_of(stack: str, region: str | None, endpoint_url: str | None) -> OperatorContext:
    """Return the operator context of a stack.

    Args:
        region: None = the region of the AWS configuration.
        endpoint_url: a local engine; None = AWS. With a loopback address, the user's credentials are not read.

    Raises:
        NoSuchStack: see `found_stack`.
    """
    clients = clients_of(region, endpoint_url)
    found = found_stack(stack, clients)
    storage = Storage(
        StoreClients(clients("dynamodb"), clients("kms"), clients("s3")),
        table_name=found.outputs["TableName"],
        key_id=found.outputs["KeyId"],
        bucket_name=found.outputs.get("BucketName", ""),
    )
    return OperatorContext(
        stack=found,
        clients=clients,
        tenants=storage.tenants,
        keys=storage.api_keys,
        sealer=storage.sealer,
        suppressions=storage.suppressions,
        numbers=storage.two_way_numbers,
        sending_limits=storage.limit_settings,
        personal_data=storage.personal_data,
        mails=UnreadableMails(clients("s3"), found.outputs["MailBucketName"]),
        alerts=storage.alerts,
        messages=storage.message_rows,
        erasures=storage.erasure_ledger,
        unreadable_mails=partial(unreadable_mails, clients("s3"), found.outputs["MailBucketName"]),
    )
