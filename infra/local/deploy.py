"""Deploys the checkout's stack to the engine. An unchanged stack is not deployed."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from infra.local.aws import Aws
from infra.local.complaint import Complaint
from infra.local.package import BUCKET, package

DEPLOYED = "deployed"
"""Object in the bucket of artefacts, `deployed/<stack>`: digest of the deployed template and parameters. A tag of the
stack would not do: CloudFormation copies tags to all resources, so every resource would be updated every time."""

NOTHING_NEW = "No updates are to be performed"
"""CloudFormation's error for an update without changes."""

WITHIN = 180.0
"""Seconds until a deployment is given up; it takes about five."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """The deployed stack.

    Attributes:
        outputs: the stack's outputs by name.
        changed: whether the stack was created or updated.
    """

    outputs: Mapping[str, str]
    changed: bool


def deploy(
    aws: Aws,
    stack: str,
    template: Path,
    artefacts: Mapping[str, Path],
    parameters: Mapping[str, str],
    say: Callable[[str], None],
) -> Deployment:
    """Create or update `stack` and wait for it.

    Args:
        artefacts: built zip of each source folder, as for `package`.
        parameters: values by name; those that the template does not have are ignored.

    Raises:
        Complaint: a resource could not be created; the text names each one with the reason.
    """
    packaged = package(template, artefacts, _uploader(aws))
    chosen = {name: value for name, value in parameters.items() if name in packaged.parameters}
    digest = hashlib.sha256(json.dumps([packaged.digest, chosen], sort_keys=True).encode()).hexdigest()

    cloudformation = aws.client("cloudformation")
    found = _find(cloudformation, stack)
    if found and _useless(found):
        say("removing a failed deployment")
        cloudformation.delete_stack(StackName=stack)
        _await(cloudformation, stack)
        found = None
    s3 = aws.client("s3")
    if found and found["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE") and _deployed(s3, stack) == digest:
        return Deployment(_outputs(found), changed=False)

    say("updating the stack" if found else "creating the stack")
    act = cloudformation.update_stack if found else cloudformation.create_stack
    try:
        act(
            StackName=stack,
            TemplateURL=packaged.url,
            Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in chosen.items()],
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
        )
    except ClientError as error:
        # A saved state that was moved to another port (`engine._readdress`) has the new parameters already.
        if found is None or NOTHING_NEW not in error.response["Error"].get("Message", ""):
            raise
        s3.put_object(Bucket=BUCKET, Key=f"{DEPLOYED}/{stack}", Body=digest.encode())
        return Deployment(_outputs(found), changed=False)
    done = _await(cloudformation, stack)
    if done is None or done["StackStatus"] not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        raise Complaint("the stack could not be deployed:" + "".join(_failures(cloudformation, stack)))
    s3.put_object(Bucket=BUCKET, Key=f"{DEPLOYED}/{stack}", Body=digest.encode())
    return Deployment(_outputs(done), changed=True)


def _uploader(aws: Aws) -> Callable[[str, bytes], None]:
    s3 = aws.client("s3")
    if BUCKET not in {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}:
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": s3.meta.region_name})
    listed = s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])
    there = {entry["Key"] for entry in listed}

    def upload(key: str, body: bytes) -> None:
        if key not in there:
            s3.put_object(Bucket=BUCKET, Key=key, Body=body)

    return upload


def _find(cloudformation: Any, stack: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    return None if found["StackStatus"] == "DELETE_COMPLETE" else found


def _useless(found: Mapping[str, Any]) -> bool:
    """Whether the stack can only be deleted: its creation failed, or the engine was stopped during it."""
    return found["StackStatus"] in (
        "CREATE_FAILED",
        "CREATE_IN_PROGRESS",
        "ROLLBACK_COMPLETE",
        "ROLLBACK_FAILED",
        "ROLLBACK_IN_PROGRESS",
        "DELETE_FAILED",
    )


def _await(cloudformation: Any, stack: str) -> dict[str, Any] | None:
    deadline = time.monotonic() + WITHIN
    while True:
        found = _find(cloudformation, stack)
        if found is None or not found["StackStatus"].endswith("_IN_PROGRESS"):
            return found
        if time.monotonic() > deadline:
            raise Complaint(f"the stack is still {found['StackStatus']} after {WITHIN:.0f} s")
        time.sleep(0.2)


def _failures(cloudformation: Any, stack: str) -> list[str]:
    """Return a line for each resource that failed, nested stacks included, oldest first."""
    lines: list[str] = []
    for event in reversed(cloudformation.describe_stack_events(StackName=stack)["StackEvents"]):
        if not event["ResourceStatus"].endswith("_FAILED"):
            continue
        if event["ResourceType"] == "AWS::CloudFormation::Stack" and event["LogicalResourceId"] != stack:
            for nested in _nested(cloudformation, f"{stack}-{event['LogicalResourceId']}-"):
                lines += _failures(cloudformation, nested)
        reason = event.get("ResourceStatusReason", "no reason given")
        lines.append(f"\n  {event['LogicalResourceId']} ({event['ResourceType']}): {reason}")
    return list(dict.fromkeys(lines)) or ["\n  the engine gave no reason"]


def _nested(cloudformation: Any, prefix: str) -> list[str]:
    """Return nested stacks by the prefix of their names; a failed one has no physical id in its parent's events."""
    names = [summary["StackName"] for summary in cloudformation.list_stacks()["StackSummaries"]]
    return [name for name in names if name.startswith(prefix)]


def _deployed(s3: Any, stack: str) -> str | None:
    try:
        body: bytes = s3.get_object(Bucket=BUCKET, Key=f"{DEPLOYED}/{stack}")["Body"].read()
    except ClientError:
        return None
    return body.decode()


def _outputs(found: Mapping[str, Any]) -> dict[str, str]:
    return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}
