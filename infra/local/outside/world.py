"""Runs all simulated parties together."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from time import monotonic
from typing import Any

from botocore.exceptions import ClientError, ParamValidationError

from infra.local.aws import Aws
from infra.local.outside.callbacks import CallbackReceiver
from infra.local.outside.carrier import Carrier
from infra.local.outside.contact_flow import Answer
from infra.local.outside.exchange import Exchange
from infra.local.outside.handsets import Handsets
from infra.local.outside.mail_folder import MailFolder
from infra.local.outside.mail_server import MailServer
from infra.local.outside.mailboxes import Mailboxes
from infra.local.outside.phones import Phones
from infra.local.outside.tenant_mail.providers import MailProviders
from infra.local.outside.tenant_mail.server import TenantMailServer
from infra.local.places import ROOT, Places
from infra.local.stack import NAME
from infra.local.telephone_server import TelephoneServer

PAUSE = 0.25
LONGEST_PAUSE = 15.0
REST = 6
"""Shortest and longest pause between two rounds, in seconds, and how many times as long as the round before it is: the
carrier reads the whole table, and most of the engine's time must be left to the system, also after 10,000 texts."""


class DeployedSystem:
    """The deployed stack, as Connect sees it. Safe for several threads: all clients are made at once."""

    def __init__(self, aws: Aws) -> None:
        self._s3, self._sqs, self._lambda = aws.client("s3"), aws.client("sqs"), aws.client("lambda")
        self._stack = aws.client("cloudformation")
        self._function = self._queue = ""

    def ask(self, payload: Mapping[str, Any]) -> Answer:
        """Invoke our function."""
        if not self._function:
            found = self._stack.describe_stack_resource(StackName=NAME, LogicalResourceId="Ivr")
            self._function = found["StackResourceDetail"]["PhysicalResourceId"]
        answer = self._lambda.invoke(FunctionName=self._function, Payload=json.dumps(payload).encode())
        if "FunctionError" in answer:
            raise RuntimeError(f"{self._function} failed")
        said: Answer = json.load(answer["Payload"])
        return said

    def tell(self, event: Mapping[str, Any]) -> None:
        """Put an event on the queue of receipts, as the rule of EventBridge does."""
        self._queue = self._queue or self._sqs.get_queue_url(QueueName=f"{NAME}-events")["QueueUrl"]
        self._sqs.send_message(QueueUrl=self._queue, MessageBody=json.dumps(event))

    def read(self, address: str) -> bytes | None:
        """Return an object by its address; None if there is none."""
        bucket, _, key = address.removeprefix("s3://").partition("/")
        try:
            content: bytes = self._s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        except (ClientError, ParamValidationError):
            return None
        return content


class Outside:
    """Mail servers, webhook endpoint and telephone network run from `open` on, the others during `playing_along`.

    All are daemon threads of this process.

    Args:
        complain: shows one line about an error; the simulation continues.
        telephone_port: the preferred port of the telephone network. The tenant's mail server and
            the providers of mail prefer the next three.
    """

    def __init__(self, places: Places, complain: Callable[[str], None], telephone_port: int = 0) -> None:
        self._complain = complain
        self._texts = places.texts
        self.mails = MailFolder(places.mail)
        self.phones = Phones()
        self._mailboxes = Mailboxes(self.mails)
        self._mail_server = MailServer(self._mailboxes.arrive)
        tenant_mails = MailFolder(places.mail / "tenant")
        tenant_mail_port = telephone_port + 1 if telephone_port else 0
        self.tenant_mail = TenantMailServer(places.tenant_mail, tenant_mails, tenant_mail_port)
        self.mail_providers = MailProviders(tenant_mails, tenant_mail_port + 2 if telephone_port else 0)
        self.callbacks = CallbackReceiver(places.callbacks)
        flow = json.loads((ROOT / "infra" / "voice-flow.json").read_text())
        self.exchange = Exchange(flow, places.calls, Handsets(), self.phones, complain)
        self.telephones = TelephoneServer(self.exchange, telephone_port)

    @property
    def mail_server(self) -> str:
        """Host and port of the receivers' mail server."""
        return self._mail_server.address

    def open(self) -> None:
        """Start mail servers, webhook endpoint and telephone network. Call it before the engine starts."""
        self._mail_server.start()
        self.tenant_mail.start()
        self.mail_providers.start()
        self.callbacks.start()
        self.telephones.start()

    @contextmanager
    def playing_along(self, aws: Callable[[], Aws], outputs: Mapping[str, str]) -> Iterator[None]:
        """Run carrier, mailboxes and calls until the end of the block. Leave the block before the engine stops.

        Args:
            aws: makes clients, called once per thread.
            outputs: outputs of the stack.
        """

        def carrier() -> Callable[[], None]:
            return Carrier(aws(), outputs, self._texts, self.phones).work

        def mailboxes() -> Callable[[], None]:
            clients = aws()
            return lambda: self._mailboxes.work(clients, outputs)

        over = threading.Event()
        threads = [
            threading.Thread(target=self._keep_working, args=(start, over), name=start.__name__, daemon=True)
            for start in (carrier, mailboxes)
        ]
        for thread in threads:
            thread.start()
        self.exchange.connect(DeployedSystem(aws()))
        try:
            yield
        finally:
            self.exchange.connect(None)
            over.set()
            for thread in threads:
                thread.join(timeout=10)

    def close(self) -> None:
        """Stop mail servers, webhook endpoint and telephone network."""
        self.telephones.stop()
        self.mail_providers.stop()
        self.tenant_mail.stop()
        self._mail_server.stop()
        self.callbacks.stop()

    def _keep_working(self, start: Callable[[], Callable[[], None]], over: threading.Event) -> None:
        work = start()
        said = ""
        while True:
            begun = monotonic()
            try:
                work()
                said = ""
            except Exception as error:  # after any error, this thread and the others continue
                if said != (said := type(error).__name__):
                    self._complain(f"a simulated provider failed ({said}), and continues")
            if over.wait(min(max(PAUSE, REST * (monotonic() - begun)), LONGEST_PAUSE)):
                return
