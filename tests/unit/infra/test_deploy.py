"""Deploying: only what changed is deployed, and a failure names the resource."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.local.complaint import Complaint
from infra.local.deploy import deploy


class FakeCloudFormation:
    """Stacks by name; each operation ends at once, as `fails` says."""

    def __init__(self) -> None:
        self.stacks: dict[str, dict[str, Any]] = {}
        self.did: list[str] = []
        self.fails: list[dict[str, str]] = []
        self.has_it = False

    def describe_stacks(self, StackName: str) -> dict[str, Any]:
        if StackName not in self.stacks:
            sentence = f"Stack with id {StackName} does not exist"
            raise ClientError({"Error": {"Code": "ValidationError", "Message": sentence}}, "DescribeStacks")
        return {"Stacks": [self.stacks[StackName]]}

    def create_stack(self, **asked: Any) -> None:
        self._act("CREATE", asked)

    def update_stack(self, **asked: Any) -> None:
        if self.has_it:
            raise ClientError(
                {"Error": {"Code": "ValidationError", "Message": "No updates are to be performed."}}, "UpdateStack"
            )
        self._act("UPDATE", asked)

    def delete_stack(self, StackName: str) -> None:
        self.did.append("DELETE")
        del self.stacks[StackName]

    def describe_stack_events(self, StackName: str) -> dict[str, Any]:
        return {"StackEvents": [event for event in self.fails if event["StackId"] == StackName]}

    def list_stacks(self) -> dict[str, Any]:
        return {"StackSummaries": [{"StackName": event["StackId"]} for event in self.fails]}

    def _act(self, what: str, asked: dict[str, Any]) -> None:
        self.did.append(what)
        parameters = {one["ParameterKey"]: one["ParameterValue"] for one in asked["Parameters"]}
        self.stacks[asked["StackName"]] = {
            "StackStatus": "ROLLBACK_COMPLETE" if self.fails else f"{what}_COMPLETE",
            "Outputs": [{"OutputKey": name, "OutputValue": value} for name, value in parameters.items()],
        }


class FakeS3:
    class meta:
        region_name = "eu-west-2"

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.buckets: set[str] = set()

    def list_buckets(self) -> dict[str, Any]:
        return {"Buckets": [{"Name": name} for name in self.buckets]}

    def create_bucket(self, Bucket: str, **_: Any) -> None:
        assert Bucket not in self.buckets
        self.buckets.add(Bucket)

    def list_objects_v2(self, Bucket: str) -> dict[str, Any]:
        return {"Contents": [{"Key": key} for key in self.objects]} if self.objects else {}

    def put_object(self, Bucket: str, Key: str, Body: bytes) -> None:
        self.objects[Key] = Body

    def get_object(self, Bucket: str, Key: str) -> dict[str, Any]:
        if Key not in self.objects:
            raise ClientError({"Error": {"Code": "NoSuchKey"}}, "GetObject")
        return {"Body": io.BytesIO(self.objects[Key])}


class World:
    """An engine's CloudFormation and S3, and a template to deploy into it."""

    def __init__(self, folder: Path) -> None:
        self.cloudformation, self.s3 = FakeCloudFormation(), FakeS3()
        self.template = folder / "template.yaml"
        self.template.write_text("Parameters: {Stage: {Type: String}}\nResources: {}\n")
        self.said: list[str] = []

    def client(self, service: str) -> Any:
        return {"cloudformation": self.cloudformation, "s3": self.s3}[service]

    def deploy(self, **parameters: str) -> Any:
        return deploy(self, "it", self.template, {}, {"Stage": "local", **parameters}, self.said.append)  # type: ignore[arg-type]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_the_first_deployment_creates_the_stack_with_the_parameters_the_template_knows(world: World) -> None:
    deployment = world.deploy(Unknown="x")

    assert deployment.changed
    assert deployment.outputs == {"Stage": "local"}
    assert world.cloudformation.did == ["CREATE"]


def test_an_unchanged_stack_is_left_alone(world: World) -> None:
    world.deploy()

    again = world.deploy()

    assert not again.changed
    assert again.outputs == {"Stage": "local"}
    assert world.cloudformation.did == ["CREATE"]


def test_another_template_or_parameter_updates_the_stack(world: World) -> None:
    world.deploy()
    world.deploy(Stage="other")
    world.template.write_text(world.template.read_text() + "Description: other\n")
    world.deploy(Stage="other")

    assert world.cloudformation.did == ["CREATE", "UPDATE", "UPDATE"]


def test_a_stack_that_has_it_already_is_left_alone_and_not_asked_again(world: World) -> None:
    world.deploy()
    world.cloudformation.has_it = True

    assert not world.deploy(Stage="moved").changed

    world.cloudformation.has_it = False
    assert not world.deploy(Stage="moved").changed
    assert world.cloudformation.did == ["CREATE"]


def test_what_a_failed_creation_left_is_removed_first(world: World) -> None:
    world.cloudformation.fails = [_failed("it", "Queue", "AWS::SQS::Queue", "name is too long")]
    with pytest.raises(Complaint):
        world.deploy()

    world.cloudformation.fails = []
    world.deploy()

    assert world.cloudformation.did == ["CREATE", "DELETE", "CREATE"]


def test_a_failure_names_the_resource_and_the_reason_also_in_a_nested_stack(world: World) -> None:
    nested = _failed("it", "Data", "AWS::CloudFormation::Stack", "nested stack failed")
    world.cloudformation.fails = [nested, _failed("it-Data-1A2B", "Table", "AWS::DynamoDB::Table", "no such attribute")]

    with pytest.raises(Complaint) as complaint:
        world.deploy()

    assert "Table (AWS::DynamoDB::Table): no such attribute" in str(complaint.value)
    assert "Data (AWS::CloudFormation::Stack): nested stack failed" in str(complaint.value)


def _failed(stack: str, name: str, kind: str, reason: str) -> dict[str, str]:
    return {
        "StackId": stack,
        "LogicalResourceId": name,
        "ResourceType": kind,
        "ResourceStatus": "CREATE_FAILED",
        "ResourceStatusReason": reason,
    }
