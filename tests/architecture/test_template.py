"""The templates keep their promises, and each promise can be seen to break."""

from __future__ import annotations

import copy
import json
import re
from collections import Counter
from typing import Any

import pytest

import tests.architecture.more_faults  # noqa: F401  (its faults enter FAULTS)
from tests.architecture.call_faults import BY_CONNECT
from tests.architecture.deployment import (
    ROOT,
    Deployment,
    Sources,
    deployment,
    read_sources,
    refusals,
    transformed,
    translated,
)
from tests.architecture.faults import FAULTS, Fault
from tests.architecture.promises import PROMISES
from tests.architecture.test_project import STAGES

VARIANTS: dict[str, dict[str, str]] = {
    "as it stands": {},
    "text messages by End User Messaging": {"SmsProvider": "eum", "SmsConfigurationSet": "events"},
    "everything asked for": {
        "AlarmEmail": "ops@alerts.example",
        "EmailConfigurationSet": "events",
        "EmailReceiptRuleSet": "default",
        "OpenEgress": "true",  # which only the local engine heeds
        "TrustedCa": "/ca.pem",  # likewise
        "Stage": "prod",
        "TelephonyAccounts": "111122223333,444455556666",
    },
    "text messages by End User Messaging, events of our own": {"SmsProvider": "eum"},
    "calls by Connect": {**BY_CONNECT, "ConnectEndpoint": "http://127.0.0.1:1"},  # which only the local engine heeds
}


@pytest.fixture(scope="module")
def sources() -> Sources:
    return read_sources()


@pytest.fixture(scope="module", params=list(VARIANTS.values()), ids=list(VARIANTS))
def stack(request: pytest.FixtureRequest, sources: Sources) -> Deployment:
    return deployment(sources, **request.param)


@pytest.mark.parametrize("promise", PROMISES)
def test_the_template_keeps_its_promise(stack: Deployment, promise: str) -> None:
    assert list(PROMISES[promise](stack)) == []


@pytest.mark.deep
@pytest.mark.parametrize(("promise", "fault"), FAULTS, ids=[f"{n}-{name}" for n, (name, _) in enumerate(FAULTS)])
def test_a_fault_breaks_exactly_the_promise_it_should(sources: Sources, promise: str, fault: Fault) -> None:
    # given the good templates with one fault in them
    broken = copy.deepcopy(sources)
    fault(broken)

    # then one promise notices, and only that one
    stack = deployment(broken)
    assert {name for name, check in PROMISES.items() if list(check(stack))} == {promise}


@pytest.mark.deep
def test_the_quick_transform_is_that_of_aws(sources: Sources) -> None:
    quick = transformed(sources["template.yaml"])
    slow = translated(copy.deepcopy(sources["template.yaml"]))

    # The name of the API's deployment is a digest of its body in the order of its keys.
    def without_digest(template: dict[str, Any]) -> str:
        return re.sub(r"(ApiDeployment|deployment id: )\w+", r"\1", json.dumps(template, sort_keys=True))

    assert without_digest(quick) == without_digest(slow)


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_of_samconfig_keeps_the_promises(sources: Sources, stage: str) -> None:
    parameters = dict(pair.split("=", 1) for pair in STAGES[stage]["parameter_overrides"].split())
    stack = deployment(sources, **parameters)
    # A stage for trying things can be deleted.
    expected = {"the_table_can_be_had_back_and_not_be_deleted"} if stage == "dev" else set()
    assert {name for name, check in PROMISES.items() if list(check(stack))} == expected


def test_every_promise_has_been_seen_to_break() -> None:
    assert set(PROMISES) == {promise for promise, _ in FAULTS}


def _published(template: dict[str, Any], layer: str) -> set[str]:
    return {n for n, r in transformed(template, layer)["Resources"].items() if r["Type"] == "AWS::Lambda::Version"}


def test_a_new_layer_is_a_new_version(sources: Sources) -> None:
    # SAM publishes a version only when the function's own zip changes, unless it is told twice that layers count.
    # Our code is in a layer: the alias would go on serving yesterday's.
    template = sources["template.yaml"]
    assert _published(template, "yesterday.zip").isdisjoint(_published(template, "today.zip"))

    for resource, promise in (("AlertsApi", "AutoPublishAliasAllProperties"), ("CoreLayer", "PublishLambdaVersion")):
        forgetful = copy.deepcopy(template)
        del forgetful["Resources"]["DependenciesLayer"]["Properties"]["PublishLambdaVersion"]
        del forgetful["Resources"][resource]["Properties"][promise]
        for other in ("Links", "Console", "IngestEvents", "SettingsApi", "Twiml"):
            forgetful["Resources"][other]["Properties"].pop(promise, None)
        assert _published(forgetful, "yesterday.zip") == _published(forgetful, "today.zip")


def test_the_local_engine_gets_everything_but_what_it_cannot_do(sources: Sources) -> None:
    on_aws, on_engine = deployment(sources), deployment(sources, Engine="local")
    excluded = {
        "Edge",
        "Firewall",
        "FirewallOfStage",  # refused: web ACL associations
        "MediaBucketPolicy",
        "MailBucketPolicy",
        "DeadLettersTlsOnly",
        "EventsDeadLettersPolicy",
        "QueuesTlsOnly",  # it speaks plain http
        "FunctionErrorsAlarm",
        "FunctionErrors2Alarm",
        "FunctionThrottlesAlarm",
        "FunctionThrottles2Alarm",
        "TableThrottlesAlarm",  # refused: metric mathematics
    }
    assert set(on_aws.resources) - set(on_engine.resources) == excluded
    assert set(on_engine.resources) <= set(on_aws.resources)


def test_no_stage_that_is_deployed_pretends_to_be_the_local_engine(sources: Sources) -> None:
    assert sources["template.yaml"]["Parameters"]["Engine"]["Default"] == "aws"
    assert "Engine" not in (ROOT / "samconfig.toml").read_text()


@pytest.mark.parametrize(
    ("given", "reached"),
    [
        ({}, {}),
        ({"AlarmEmail": "a@x"}, {"<WakeAlarms>": "a@x", "<TomorrowAlarms>": "a@x"}),
        ({"WakeEmail": "w@x"}, {"<WakeAlarms>": "w@x"}),
        ({"TomorrowEmail": "t@x", "AlarmEmail": "a@x"}, {"<WakeAlarms>": "a@x", "<TomorrowAlarms>": "t@x"}),
        ({"WakeEmail": "w@x", "TomorrowEmail": "t@x"}, {"<WakeAlarms>": "w@x", "<TomorrowAlarms>": "t@x"}),
    ],
)
def test_each_alarm_topic_has_its_own_address_or_the_common_one(
    sources: Sources, given: dict[str, str], reached: dict[str, str]
) -> None:
    subscriptions = [s.properties for s in deployment(sources, **given).of("SNS::Subscription")]
    assert {s["TopicArn"]: s["Endpoint"] for s in subscriptions if s["Protocol"] == "email"} == reached


def test_a_stack_is_deployed_with_its_own_stage_only(sources: Sources) -> None:
    # Rules cannot name the stack. A nested stack whose parameter has a value that is not allowed is not even begun.
    allowed = sources["infra/data.yaml"]["Parameters"]["StageFitsTheStack"]["AllowedValues"]
    stages = {s["stack_name"]: name for name, s in STAGES.items()}
    taken = {
        (stack, stage)
        for stack in (*stages, "tocsin-of-ann")
        for stage in ("dev", "staging", "prod")
        if parameters_of_data(sources, stack, Stage=stage)["StageFitsTheStack"] in allowed
    }
    assert taken == {*stages.items(), *(("tocsin-of-ann", stage) for stage in ("dev", "staging", "prod"))}
    assert "AWS::StackName" not in json.dumps(sources["template.yaml"]["Rules"])


def parameters_of_data(sources: Sources, stack_name: str, **parameters: str) -> dict[str, str]:
    given: dict[str, str] = deployment(sources, stack_name, **parameters).resources["Data"].properties["Parameters"]
    return given


GIVEN = {"ExistingTable": "core-restored", "ExistingBucket": "media-1", "ExistingKey": "key-1"}


def test_while_sending_is_off_nothing_is_sent_and_people_are_still_heard(sources: Sources) -> None:
    stack = deployment(sources, Sending="off")
    fed = {
        stack.started_by(mapping).name: mapping.properties.get("Enabled", True)
        for mapping in stack.of("Lambda::EventSourceMapping")
    }
    assert {name for name, enabled in fed.items() if not enabled} == {
        "ActOnEvents",
        "DispatchSms",
        "DispatchEmail",
        "DispatchVoice",
        "RunTimers",
        "DeliverWebhook",
    }
    heard = {"TrackEvents", "ReceiveTexts", "ReceiveMails", "IngestEvents"}
    assert {name for name, enabled in fed.items() if enabled} == heard
    assert [schedule.properties["State"] for schedule in stack.of("Scheduler::Schedule")] == ["DISABLED"]
    assert stack.resources["AlertsApi"].properties["Environment"]["Variables"]["SENDING"] == "off"
    assert "SweepHeartbeatAlarm" not in stack.resources


def test_a_restored_table_is_used_with_its_bucket_and_key_and_none_is_made(sources: Sources) -> None:
    stack = deployment(sources, **GIVEN)
    assert {"CoreTable", "MediaBucket", "MediaBucketPolicy", "DataKey"} & set(stack.resources) == set()
    for name in ("AlertsApi", "DispatchSms", "Sweep", "RunTimers", "DeliverWebhook", "DispatchEmail"):
        variables = stack.resources[name].properties["Environment"]["Variables"]
        assert [variables[each] for each in ("TABLE_NAME", "KEY_ID", "RESTORED_TABLE")] == [
            "core-restored",
            "key-1",
            "core-restored",
        ]
    granted = json.dumps([stack.statements(role) for role in stack.of("IAM::Role")])
    for arn in ("dynamodb:eu-west-2:123456789012:table/core-restored", "s3:::media-1/*", "key/key-1"):
        assert arn in granted


@pytest.mark.parametrize("left_out", GIVEN)
def test_table_bucket_and_key_are_given_together_or_not_at_all(sources: Sources, left_out: str) -> None:
    some = {name: value for name, value in GIVEN.items() if name != left_out}
    assert refusals(sources, Stage="prod", **some) == ["ExistingTable, ExistingBucket and ExistingKey belong together."]
    assert refusals(sources, Stage="prod", **GIVEN) == []


def test_w8_callbacks_reach_this_machine_on_the_local_engine_alone(sources: Sources) -> None:
    def opened(**parameters: str) -> set[str]:
        functions = deployment(sources, **parameters).of("Lambda::Function")
        return {f.name for f in functions if f.properties["Environment"]["Variables"].get("OPEN_EGRESS") == "true"}

    reading_pool_keys = {"Authorizer", "SettingsApi"}
    asking_customers = {"AlertsApi", "Console", "DeliverWebhook", "DispatchEmail", "RunTimers"}
    assert opened(Engine="local", OpenEgress="true") == reading_pool_keys | asking_customers
    assert opened(Engine="local") == opened(Engine="aws", OpenEgress="true") == set()
    assert sources["template.yaml"]["Parameters"]["OpenEgress"]["Default"] == "false"
    assert "OpenEgress" not in (ROOT / "samconfig.toml").read_text()


def test_calls_are_made_on_the_local_engine_by_its_own_connect_alone(sources: Sources) -> None:
    def variables(**parameters: str) -> dict[str, dict[str, str]]:
        stack = deployment(sources, **BY_CONNECT, ConnectEndpoint="http://127.0.0.1:1", **parameters)
        assert ("VoiceFlow" in stack.resources) == (parameters["Engine"] == "aws")
        return {f.name: f.properties["Environment"]["Variables"] for f in stack.of("Lambda::Function")}

    local, aws = variables(Engine="local"), variables(Engine="aws")
    named = {name for name, known in local.items() if known.get("AWS_ENDPOINT_URL_CONNECT")}
    assert named == {"DispatchVoice", "Ivr", "TrackEvents"}
    assert local["DispatchVoice"]["CONTACT_FLOW_ARN"] == "voice-flow"
    assert aws["DispatchVoice"]["CONTACT_FLOW_ARN"] == "<VoiceFlow>"
    assert local["Ivr"]["RECORDINGS_BUCKET_NAME"] == aws["Ivr"]["RECORDINGS_BUCKET_NAME"] == "<RecordingsBucket>"
    assert {known.get("AWS_ENDPOINT_URL_CONNECT", "") for known in aws.values()} == {""}
    assert "ConnectEndpoint" not in (ROOT / "samconfig.toml").read_text()


def test_without_a_provider_of_calls_there_is_nothing_of_one(sources: Sources) -> None:
    stack = deployment(sources)
    kinds = ("Connect::ContactFlow", "Connect::IntegrationAssociation", "Events::Rule")
    # telephony events come in without one
    others = {"TelephonyRule", "ContactRule"}
    assert {resource.name for kind in kinds for resource in stack.of(kind)} == others
    assert {"Recordings", "Voice"} & set(stack.resources) == set()
    assert stack.resources["DispatchVoice"].properties["Environment"]["Variables"]["RECORDINGS_BUCKET_NAME"] == ""


def test_connect_is_given_with_its_instance(sources: Sources) -> None:
    told = ["VoiceProvider connect needs ConnectInstanceArn."]
    assert refusals(sources, Stage="prod", VoiceProvider="connect") == told
    assert refusals(sources, Stage="prod", **BY_CONNECT) == refusals(sources, Stage="prod") == []


def test_who_may_start_a_function_fits_its_policy(sources: Sources) -> None:
    statements = Counter(json.dumps(p.properties["FunctionName"]) for p in deployment(sources).of("Lambda::Permission"))

    # A policy holds 20,480 bytes (AWS Lambda, quotas), and a statement for a route takes up to 512.
    assert max(statements.values()) <= 20_480 // 512


def test_an_authority_of_ones_own_is_trusted_on_the_local_engine_alone(sources: Sources) -> None:
    def trusting(**parameters: str) -> dict[str, str]:
        functions = deployment(sources, TrustedCa="/ca.pem", **parameters).of("Lambda::Function")
        environments = {f.name: f.properties["Environment"]["Variables"] for f in functions}
        return {name: known["TRUSTED_CA"] for name, known in environments.items() if known.get("TRUSTED_CA")}

    callers = ("AlertsApi", "Authorizer", "Console", "DeliverWebhook", "DispatchEmail", "SettingsApi")
    assert trusting(Engine="local") == dict.fromkeys(callers, "/ca.pem")
    assert trusting(Engine="aws") == trusting(Engine="aws", OpenEgress="true") == {}
    assert sources["template.yaml"]["Parameters"]["TrustedCa"]["Default"] == ""
    assert "TrustedCa" not in (ROOT / "samconfig.toml").read_text()


def test_google_and_microsoft_are_played_on_the_local_engine_alone(sources: Sources) -> None:
    def playing(**parameters: str) -> set[str]:
        functions = deployment(sources, SimulatedMailVendors="http://127.0.0.1:1", **parameters).of("Lambda::Function")
        environments = {f.name: f.properties["Environment"]["Variables"] for f in functions}
        return {name for name, known in environments.items() if known.get("SIMULATED_MAIL_VENDORS")}

    assert playing(Engine="local") == {"Console", "DispatchEmail", "SettingsApi"}
    assert playing(Engine="aws") == set()
    assert sources["template.yaml"]["Parameters"]["SimulatedMailVendors"]["Default"] == ""
    assert "SimulatedMailVendors" not in (ROOT / "samconfig.toml").read_text()


def test_the_apps_at_microsoft_and_google_are_read_by_who_connects_and_sends_and_only_if_there_are_any(
    sources: Sources,
) -> None:
    def readers(**parameters: str) -> set[str]:
        roles = deployment(sources, **parameters).of("IAM::Role")
        return {role.name for role in roles if "parameter/tocsin/mail-apps" in json.dumps(role.properties)}

    assert readers(MailAppsName="/tocsin/mail-apps") == {"ConsoleRole", "DispatchEmailRole", "SettingsApiRole"}
    assert readers() == set()


def test_the_clock_can_be_moved_on_the_local_engine_alone_and_for_every_function(sources: Sources) -> None:
    def moved(**parameters: str) -> set[str]:
        functions = deployment(sources, ClockFile="/clock", **parameters).of("Lambda::Function")
        return {str(f.properties["Environment"]["Variables"]["CLOCK_FILE"]) for f in functions}

    assert moved(Engine="local") == {"/clock"}
    assert moved(Engine="aws") == {""}
    assert sources["template.yaml"]["Parameters"]["ClockFile"]["Default"] == ""
    assert "ClockFile" not in (ROOT / "samconfig.toml").read_text()


@pytest.mark.parametrize(
    "path",
    [
        "infra/data.yaml",
        "infra/identity.yaml",
        "infra/inbound.yaml",
        "infra/messaging.yaml",
        "infra/observability.yaml",
        "infra/recordings.yaml",
    ],
)
def test_nested_stacks_can_be_updated_on_the_local_engine(sources: Sources, path: str) -> None:
    # It forgets the attributes of a nested stack's resources when an update leaves them alone, so that `!GetAtt` finds
    # nothing and the whole update is undone. Names and ARNs are spelled out instead.
    assert "Fn::GetAtt" not in json.dumps(sources[path])
