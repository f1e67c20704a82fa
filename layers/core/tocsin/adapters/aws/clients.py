"""The AWS clients of a process, each made once, when it is first asked for.

Inside a Lambda function the services of the hot paths get thin signed clients (`adapters.aws.signed`): the same
method names, a seventh of the CPU per call and none of botocore's start-up. Everywhere else, and for services that are
rarely called, botocore is used: one session, without boto3, which also imports the S3 transfer manager that
nothing here uses. Credentials, region and endpoints (`AWS_ENDPOINT_URL`, `AWS_ENDPOINT_URL_SQS`, …) mean the same to
both.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

from tocsin.adapters.aws.signed.signature import Credentials

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_pinpoint_sms_voice_v2 import PinpointSMSVoiceV2Client
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient

STORE_ATTEMPTS = 3
"""Tries of a call to a store or a queue, the first included. Every such call is safe to repeat."""

PROVIDER_TIMEOUT = 10.0
"""Seconds a provider may take to answer. The claim of a message outlasts it (see `TimeBudget.call_limit`)."""


class AwsClients:
    """AWS clients, each made at its first use. That is not thread-safe: a function names its clients while it starts.

    Stores and queues get short time-outs and a few retries. Providers get one try and a longer time-out:
    SendTextMessage, Publish and SendEmail have no idempotency token, so a retry inside botocore could send the message
    twice without a trace. Only the dispatcher retries a submission, and the message row records it.

    Args:
        region: None takes it from the environment.
        provider_timeout: seconds to wait for a provider's answer.
        thin: whether the hot services get thin clients; None decides by where this runs. They know no credentials but
            those that Lambda puts into the environment; without them (SnapStart brings others) botocore serves all.
    """

    def __init__(
        self, region: str | None = None, provider_timeout: float = PROVIDER_TIMEOUT, *, thin: bool | None = None
    ) -> None:
        self._region = region
        self._provider_timeout = provider_timeout
        wanted = "AWS_LAMBDA_FUNCTION_NAME" in os.environ if thin is None else thin
        self._thin = _signed_clients(region, provider_timeout) if wanted else None

    @cached_property
    def _session(self) -> Any:
        import botocore.session

        return botocore.session.Session()

    def _client(self, service: str, *, read_timeout: float = 3.0, attempts: int = STORE_ATTEMPTS) -> Any:
        from botocore.config import Config

        config = Config(
            connect_timeout=1.0,
            read_timeout=read_timeout,
            retries={"mode": "standard", "total_max_attempts": attempts},
            max_pool_connections=25,  # a wave of senders at once, and room for the stores beside them
            parameter_validation=False,  # a third of a call's CPU, and the adapters' tests check every shape
            tcp_keepalive=True,
        )
        return self._session.create_client(service, region_name=self._region, config=config)

    def _provider(self, service: str) -> Any:
        return self._client(service, read_timeout=self._provider_timeout, attempts=1)

    @cached_property
    def dynamodb(self) -> DynamoDBClient:
        """The table."""
        client: DynamoDBClient = self._thin.dynamodb() if self._thin else self._client("dynamodb")
        return client

    @cached_property
    def sqs(self) -> SQSClient:
        """The queues."""
        client: SQSClient = self._thin.sqs() if self._thin else self._client("sqs")
        return client

    @cached_property
    def kms(self) -> KMSClient:
        """The keys."""
        client: KMSClient = self._thin.kms() if self._thin else self._client("kms")
        return client

    @cached_property
    def ssm(self) -> Any:
        """Parameters of Systems Manager: secrets of providers."""
        return self._thin.ssm() if self._thin else self._client("ssm")

    @cached_property
    def scheduler(self) -> Any:
        """EventBridge Scheduler, which wakes up timers."""
        return self._thin.scheduler() if self._thin else self._client("scheduler")

    @cached_property
    def events(self) -> Any:
        """EventBridge, whose bus takes results."""
        return self._thin.events() if self._thin else self._client("events")

    @cached_property
    def cognito(self) -> Any:
        """Cognito user pools. One try: a second one would count as a second wrong password."""
        return self._thin.cognito() if self._thin else self._provider("cognito-idp")

    @cached_property
    def s3(self) -> S3Client:
        """The bucket of big contents. The client is made at the first call."""
        client: S3Client = cast("S3Client", _Later(lambda: self._client("s3")))
        return client

    @cached_property
    def sns(self) -> SNSClient:
        """SMS by SNS. One try."""
        client: SNSClient
        client = self._thin.sns() if self._thin else self._provider("sns")
        return client

    @cached_property
    def sms_voice(self) -> PinpointSMSVoiceV2Client:
        """SMS by End User Messaging. One try."""
        client: PinpointSMSVoiceV2Client
        client = self._thin.sms_voice() if self._thin else self._provider("pinpoint-sms-voice-v2")
        return client

    @cached_property
    def sesv2(self) -> SESV2Client:
        """Email by SES. One try."""
        client: SESV2Client
        client = self._thin.sesv2() if self._thin else self._provider("sesv2")
        return client

    @cached_property
    def connect(self) -> Any:
        """Calls by Connect. One try, though Connect takes a repeat for the same call: the dispatcher decides on it."""
        return self._thin.connect() if self._thin else self._provider("connect")

    @cached_property
    def functions(self) -> Any:
        """Lambda, which starts functions. One try."""
        return self._thin.functions() if self._thin else self._provider("lambda")

    def object_address(self, bucket: str, key: str, seconds: int) -> str:
        """Return an address at which anybody may get an object of S3 until `seconds` have passed."""
        from botocore.auth import S3SigV4QueryAuth
        from botocore.awsrequest import AWSRequest

        region = self._region or self._session.get_config_variable("region")
        request = AWSRequest("GET", f"https://{bucket}.s3.{region}.amazonaws.com/{quote(key)}")
        credentials = self._session.get_credentials().get_frozen_credentials()
        S3SigV4QueryAuth(credentials, "s3", region, expires=seconds).add_auth(request)
        return str(request.url)


class _Later:
    """A client that is made at its first call."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make

    def __getattr__(self, name: str) -> Any:
        self.__dict__.update(_made=self.__dict__.get("_made") or self._make())
        return getattr(self._made, name)


def _signed_clients(region: str | None, provider_timeout: float) -> Any:
    region = region or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    credentials = Credentials.from_environment()
    if not region or credentials is None:
        return None
    from tocsin.adapters.aws.signed.clients import SignedClients

    return SignedClients(credentials, region, provider_timeout, STORE_ATTEMPTS)
