"""The repositories of the operator's commands, found by the outputs of a stack."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields
from datetime import timedelta
from functools import partial
from typing import Any, Protocol

from infra.operator.stack import FoundStack, clients_of, found_stack
from infra.template.intrinsics import camel
from tocsin.adapters.cognito.provider import CognitoIdentityProvider
from tocsin.adapters.inbound_mail.mailbox import UnreadableObject, unreadable_mails
from tocsin.adapters.inbound_mail.stored_mails import StoredMails
from tocsin.alerts.ports.alerts import AlertRepository
from tocsin.audit.domain.actor import Actor, Via
from tocsin.bootstrap.people.system_mail import system_mail
from tocsin.bootstrap.queues import Queues
from tocsin.bootstrap.restoring import settle_restored
from tocsin.bootstrap.signing_in import invite_person
from tocsin.bootstrap.storage import Storage, StoreClients
from tocsin.delivery.ports.messages import MessageRows
from tocsin.directory.application.add_person import AddPerson
from tocsin.directory.ports import Directory
from tocsin.entrypoint.process.clock import now
from tocsin.entrypoint.process.environment import Environment
from tocsin.entrypoint.process.randomness import SystemRandomness
from tocsin.identity.domain.user import User
from tocsin.identity.ports.keys import ApiKeyRepository, TenantRepository
from tocsin.identity.ports.people import Sessions
from tocsin.identity.ports.tokens import PersonalTokens
from tocsin.kernel.domain.errors import Fault, InvalidRequest
from tocsin.kernel.ports import Clock, Randomness, Sealer
from tocsin.limits.ports import LimitSettings
from tocsin.privacy.ports import ErasureLedger, PersonalData, PersonalMails
from tocsin.responses.ports.conversations import TwoWayNumbers
from tocsin.restore.application.settle import Settled
from tocsin.restore.ports import RestoreLedger
from tocsin.schedules.ports import Schedules
from tocsin.sign_in.application.invite import NotInvited
from tocsin.suppressions.ports import Suppressions
from tocsin.telephony.ports.event_senders import EventSenders


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
    event_senders: EventSenders
    sending_limits: LimitSettings
    personal_data: PersonalData
    mails: PersonalMails
    alerts: AlertRepository
    messages: MessageRows
    erasures: ErasureLedger
    schedules: Schedules
    restore_ledger: RestoreLedger
    directory: Directory
    sessions: Sessions
    personal_tokens: PersonalTokens
    settle: Settle
    add_person: AddPerson
    invite: Invite
    unreadable_mails: Callable[[], Iterable[UnreadableObject]]
    clock: Clock = now
    randomness: Randomness = field(default_factory=SystemRandomness)
    wait: Callable[[timedelta], None] = _sleep


class Settle(Protocol):
    """Settles a restored table; `SettleRestored` does."""

    def __call__(self, *, dry_run: bool) -> Settled:
        """End what was due; a dry run changes nothing."""
        ...


class Invite(Protocol):
    """Invites a person by mail; `InvitePerson` does."""

    def __call__(self, user: User, who: Actor, via: Via) -> User | NotInvited:
        """Return the person as they are now, or why no mail went out."""
        ...


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
        event_senders=storage.event_senders,
        sending_limits=storage.limit_settings,
        personal_data=storage.personal_data,
        mails=StoredMails(clients("s3"), found.outputs["MailBucketName"]),
        alerts=storage.alerts,
        messages=storage.message_rows,
        erasures=storage.erasure_ledger,
        schedules=storage.schedules,
        restore_ledger=storage.restore_ledger,
        directory=storage.directory,
        sessions=storage.sessions,
        personal_tokens=storage.personal_tokens,
        settle=partial(_settle, storage, found, clients),
        add_person=AddPerson(storage.directory, storage.randomness, storage.clock),
        invite=partial(_invite, storage, found, clients),
        unreadable_mails=partial(unreadable_mails, clients("s3"), found.outputs["MailBucketName"]),
    )


@dataclass(frozen=True, slots=True)
class StackQueues(Environment):
    """The queues that a settlement or an invitation fills, by the stack's outputs."""

    sms_urgent_queue_url: str
    sms_bulk_queue_url: str
    email_urgent_queue_url: str
    email_bulk_queue_url: str
    voice_urgent_queue_url: str
    voice_bulk_queue_url: str
    webhook_urgent_queue_url: str
    webhook_queue_url: str
    webhook_slow_queue_url: str
    timers_queue_url: str


def queues_of(stack: FoundStack, clients: Callable[[str], Any]) -> Queues:
    """Return the queues of a stack."""
    urls = {each.name: stack.outputs[camel(each.name)] for each in fields(StackQueues)}
    return Queues(clients("sqs"), StackQueues(**urls))


def _invite(
    storage: Storage, stack: FoundStack, clients: Callable[[str], Any], user: User, who: Actor, via: Via
) -> User | NotInvited:
    """Invite by the stack's user pool. A stack of before people has none, and every other command works on it."""
    pool = ("UserPoolId", "UserPoolClientId", "ConsoleUrl")
    if not all(output in stack.outputs for output in pool):
        raise InvalidRequest([Fault("/stack", "UNKNOWN", f"{stack.name} has no user pool yet: deploy this version")])
    pool_id, client_id, _ = (stack.outputs[output] for output in pool)
    provider = CognitoIdentityProvider(clients("cognito-idp"), pool_id, client_id)
    return invite_person(storage, provider, system_mail(storage, queues_of(stack, clients)))(
        user, who, via, stack.console
    )


def _settle(storage: Storage, stack: FoundStack, clients: Callable[[str], Any], *, dry_run: bool) -> Settled:
    return settle_restored(storage, queues_of(stack, clients))(dry_run=dry_run)
