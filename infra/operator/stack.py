"""A deployed stack as the operator's commands find it: its outputs, its parameters, and clients beside it."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

LOCAL_STACK = "tocsin-local"
LOCAL_REGION = "eu-west-2"
_LOCAL_ACCOUNT = "000000000000"

_TIMES = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 3})


class NoSuchStack(Exception):
    """The stack cannot be found, or is not a stack of Tocsin; the text names the stack and the cause."""


@dataclass(frozen=True, slots=True)
class Clients:
    """AWS clients of one account and region; `endpoint_url` is a local engine, None = AWS."""

    session: boto3.Session
    endpoint_url: str | None

    def __call__(self, service: str) -> Any:
        """Return boto3's client of a service."""
        return self.session.client(service, endpoint_url=self.endpoint_url, config=_TIMES)  # type: ignore[call-overload]


@dataclass(frozen=True, slots=True)
class FoundStack:
    """The root stack.

    Attributes:
        status: CloudFormation's word for its state, like UPDATE_COMPLETE.
        outputs, parameters: values by name.
    """

    name: str
    status: str
    outputs: Mapping[str, str]
    parameters: Mapping[str, str]

    @property
    def console(self) -> str:
        """Where the console is, as `console_link` takes it; "" = the stack does not say it."""
        return self.outputs.get("ConsoleUrl", "").removesuffix("/console")


def clients_of(region: str | None, endpoint_url: str | None) -> Clients:
    """Return the clients of a region (None = of the AWS configuration). On loopback, no credentials are read."""
    if endpoint_url and _on_loopback(endpoint_url):
        return Clients(boto3.Session(_LOCAL_ACCOUNT, "unchecked", region_name=region or LOCAL_REGION), endpoint_url)
    return Clients(boto3.Session(region_name=region), endpoint_url)


def found_stack(name: str, clients: Clients) -> FoundStack:
    """Return a stack by name.

    Raises:
        NoSuchStack: no stack has this name, AWS does not answer, or the stack lacks the outputs of a root stack.
    """
    try:
        found = clients("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    except (ClientError, BotoCoreError) as error:
        raise NoSuchStack(f"cannot read the stack {name}: {error}") from error
    outputs = {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}
    for needed in ("TableName", "KeyId", "MailBucketName"):
        if needed not in outputs:
            raise NoSuchStack(f"the stack {name} has no output '{needed}': is it the root stack?")
    parameters = {each["ParameterKey"]: each.get("ParameterValue", "") for each in found.get("Parameters", [])}
    return FoundStack(name, found["StackStatus"], outputs, parameters)


def _on_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
