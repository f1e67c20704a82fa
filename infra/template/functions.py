"""Lambda functions from the entries of functions.yaml, each with its role and its log group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from infra.template.intrinsics import NOTHING, Json, att, camel, on_aws, ref, sub

Queue = str | Json

_AUTHORIZERS = {"public": "NONE", "with_key": "KeyAuthorizer", "with_iam": "AWS_IAM"}
"""The name of a queue in messaging.yaml, or the ARN of another queue."""


_WATCHED = ("Sending", "ExistingTable", "VoiceProvider", "TwimlProvider", "TwimlAccount", "TwimlPublicUrl")
"""Parameters whose new values publish new versions of functions. A description of a version has 256 characters."""


@dataclass(frozen=True, kw_only=True)
class Takes:
    """A queue that starts a function.

    Attributes:
        batch: most messages of an invocation.
        window: seconds that Lambda waits for a batch to fill.
        concurrency: most invocations at a time.
    """

    queue: Queue
    batch: int
    concurrency: int
    window: int | None = None

    def event(self, *, while_sending: bool) -> Json:
        """Return the event source in SAM's form; `while_sending`: with Sending=on only."""
        window = {"MaximumBatchingWindowInSeconds": self.window} if self.window else {}
        properties = {
            "Queue": _arn(self.queue),
            **({"Enabled": {"Fn::If": ["SendingIsOn", True, False]}} if while_sending else {}),
            "BatchSize": self.batch,
            **window,
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "ScalingConfig": {"MaximumConcurrency": self.concurrency},
        }
        return {"Type": "SQS", "Properties": properties}


@dataclass(frozen=True, kw_only=True)
class Function:
    """One entry of functions.yaml; the comment there explains the words.

    Attributes:
        folder: its name, for example `alerts_api`: folder in functions/ and service of its metrics.
        memory: megabytes.
        timeout: seconds.
        concurrency: most invocations at a time, reserved.
        routes: (METHOD path) by name, for routes that need an API key (`with_key`), the signature of a role of AWS
            (`with_iam`), and others (`public`).
        while_sending: its queues start it with the parameter Sending=on only.
        data_keys: KMS actions on the key that wraps the tenants' data keys.
    """

    folder: str
    description: str
    memory: int
    timeout: int
    concurrency: Any
    started_by: str | None = None
    routes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    takes: Mapping[str, Json] = field(default_factory=dict)
    while_sending: bool = False
    sends: Mapping[str, Sequence[str]] = field(default_factory=dict)
    rows: Sequence[str] = ()
    indexes: Sequence[str] = ()
    objects: Sequence[str] = ()
    data_keys: Sequence[str] = ("Decrypt", "GenerateDataKey")
    rights: Sequence[str] = ()
    environment: Json = field(default_factory=dict)
    events: Json = field(default_factory=dict)
    properties: Json = field(default_factory=dict)

    def __post_init__(self) -> None:
        if (self.started_by == "api") != bool(self.routes):
            raise ValueError("`started_by: api` and an entry of routes.yaml belong together")

    @property
    def name(self) -> str:
        """Logical id of the function."""
        return camel(self.folder)

    def resources(self, rights: Mapping[str, Json]) -> Json:
        """Return function, role and log group by logical id, and the permission of the API if it starts the function.

        Args:
            rights: statements of rights.yaml by name.
        """
        started = {f"{self.name}Permission": self._permission()} if self.routes else {}
        return started | {
            self.name: self._function(),
            f"{self.name}Role": {"Type": "AWS::IAM::Role", "Properties": self._role([rights[n] for n in self.rights])},
            f"{self.name}Log": {
                "Type": "AWS::Logs::LogGroup",
                "DeletionPolicy": "Delete",
                "UpdateReplacePolicy": "Delete",
                "Properties": {
                    "LogGroupName": sub("/tocsin/${AWS::StackName}/" + self.folder.replace("_", "-")),
                    "RetentionInDays": ref("LogRetentionDays"),
                    "KmsKeyId": att("Messaging.Outputs.KeyArn"),
                },
            },
        }

    def _function(self) -> Json:
        properties: Json = {
            "Description": self.description,
            "Handler": f"{self.folder}.app.{'app' if self.routes else 'handler'}",
            "Role": att(f"{self.name}Role.Arn"),
            "MemorySize": self.memory,
            "Timeout": self.timeout,
            "ReservedConcurrentExecutions": self.concurrency,
        }
        if self.routes:
            given = list(self.environment.values())
            properties |= {
                "AutoPublishAlias": "live",
                "AutoPublishAliasAllProperties": True,  # a new layer publishes a new version too
                # SAM does not see the values of parameters. A new description publishes a new version, and the alias
                # follows. It names parameters of this environment only: an unchanged function has no new version.
                "VersionDescription": sub(" ".join(f"{name}=${{{name}}}" for name in _WATCHED if ref(name) in given)),
                "VersionDeletionPolicy": "Delete",  # an old version's snapshot is paid for
                "SnapStart": {"ApplyOn": "PublishedVersions"},
            }
        properties["LoggingConfig"] = {"LogGroup": ref(f"{self.name}Log")}
        properties["Environment"] = {"Variables": self._environment()}
        if events := self._events():
            properties["Events"] = events
        properties |= self.properties
        return {"Type": "AWS::Serverless::Function", "Metadata": {"BuildMethod": "makefile"}, "Properties": properties}

    def _environment(self) -> Json:
        variables: Json = {}
        if self.rows:
            variables |= {"TABLE_NAME": att("Data.Outputs.TableName"), "KEY_ID": att("Data.Outputs.KeyId")}
        if self.objects:
            variables["BUCKET_NAME"] = att("Data.Outputs.BucketName")
        for queue in self._sent_to():
            variables[f"{queue.upper().replace('-', '_')}_QUEUE_URL"] = att(f"Messaging.Outputs.{camel(queue)}QueueUrl")
        return {
            **variables,
            **self.environment,
            "CLOCK_FILE": on_aws("", ref("ClockFile")),
            "LOG_LEVEL": ref("LogLevel"),
            "POWERTOOLS_SERVICE_NAME": self.folder,
            "POWERTOOLS_METRICS_NAMESPACE": "Tocsin",
        }

    def _sent_to(self) -> list[str]:
        return [queue for queues in self.sends.values() for queue in queues]

    def _events(self) -> Json:
        taken = {name: Takes(**entry).event(while_sending=self.while_sending) for name, entry in self.takes.items()}
        return taken | self.events

    def operations(self) -> Iterator[tuple[str, str, Json]]:
        """Yield (path, method, operation of the API's definition) of each route."""
        # cfn-lint knows the alias as a Ref only.
        uri = "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Alias}/invocations"
        started = {"Fn::Sub": [uri, {"Alias": ref(f"{self.name}.Alias")}]}
        call = {"type": "aws_proxy", "httpMethod": "POST", "uri": started}
        for access, named in self.routes.items():
            for route in named.values():
                method, path = route.split()
                security: list[Json] = [{_AUTHORIZERS[access]: []}]
                yield (
                    path,
                    method.lower(),
                    {"x-amazon-apigateway-integration": call, "security": security, "responses": {}},
                )

    def _permission(self) -> Json:
        """Let the API start the function by any route: a function's policy has no room for a statement a route."""
        return {
            "Type": "AWS::Lambda::Permission",
            "Properties": {
                "Action": "lambda:InvokeFunction",
                "FunctionName": ref(f"{self.name}.Alias"),
                "Principal": "apigateway.amazonaws.com",
                "SourceArn": sub("arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*"),
            },
        }

    def _role(self, rights: Sequence[Json]) -> Json:
        return {
            "AssumeRolePolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
                ],
            },
            "Policies": [
                {
                    "PolicyName": "what-it-does",
                    "PolicyDocument": {
                        "Version": "2012-10-17",
                        "Statement": [*self._on_data(), *self._on_queues(), *rights, *self._on_itself()],
                    },
                }
            ],
        }

    def _on_data(self) -> list[Json]:
        if not self.rows:
            return []
        key, services = att("Data.Outputs.KeyArn"), ["dynamodb", "s3"] if self.objects else ["dynamodb"]
        tenant = {"StringLike": {"kms:EncryptionContext:tenant": "?*"}}
        at_rest = {"kms:ViaService": [sub(service + ".${AWS::Region}.${AWS::URLSuffix}") for service in services]}
        statements = [
            _allow("Rows", [f"dynamodb:{action}" for action in self.rows], att("Data.Outputs.TableArn")),
            *(
                _allow(f"Index{camel(index)}", ["dynamodb:Query"], sub("${Data.Outputs.TableArn}/index/" + index))
                for index in self.indexes
            ),
        ]
        if any(action.startswith("PartiQL") for action in self.rows):
            # What AWS asks for each statement (PartiQLInsert, PartiQLUpdate), the local engine asks for the whole call.
            statements.append(
                on_aws(NOTHING, _allow("BatchesOnTheLocalEngine", ["dynamodb:BatchExecuteStatement"], "*"))
            )
        statements += [
            _allow("DataKeysOfTenants", [f"kms:{action}" for action in self.data_keys], key)
            | {"Condition": on_aws(tenant, NOTHING)},
            _allow("EncryptionAtRest", _ENCRYPT, key) | {"Condition": {"StringEquals": at_rest}},
        ]
        if self.objects:
            actions = [f"s3:{action}" for action in self.objects]
            statements.append(_allow("BigContents", actions, sub("${Data.Outputs.BucketArn}/*")))
        return statements

    def _on_queues(self) -> list[Json]:
        # SendMessage*: the local engine has an action of its own for batches.
        sending = [_allow(why, ["sqs:SendMessage*"], list(map(_arn, queues))) for why, queues in self.sends.items()]
        taken = [_arn(entry["queue"]) for entry in self.takes.values()]
        taking = [_allow("TakeFromItsQueue" + "s" * (len(taken) > 1), _TAKE, taken)] if taken else []
        encryption = [_allow("QueueEncryption", _ENCRYPT, att("Messaging.Outputs.KeyArn"))]
        return [*taking, *sending, *encryption] if taken or sending else []

    def _on_itself(self) -> list[Json]:
        return [
            _allow("WriteItsLog", ["logs:CreateLogStream", "logs:PutLogEvents"], att(f"{self.name}Log.Arn")),
            # X-Ray has no resource level.
            _allow("Trace", ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], "*"),
        ]


_ENCRYPT = ["kms:Decrypt", "kms:GenerateDataKey"]

_TAKE = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]


def _allow(sid: str, actions: Sequence[str], resource: Any) -> Json:
    return {"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": resource}


def _arn(queue: Queue) -> Json:
    return att(f"Messaging.Outputs.{camel(queue)}QueueArn") if isinstance(queue, str) else queue
