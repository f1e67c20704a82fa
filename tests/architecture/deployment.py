"""What a deployment comes to: template.yaml and everything nested in it, transformed, resolved and laid side by side.

References become names in angle brackets, so that two resources can be compared without an account:
`!Ref SmsUrgentQueue` is `<SmsUrgentQueue>`, its `!GetAtt … Arn` is `<SmsUrgentQueue.Arn>`, wherever it travelled
through parameters and outputs of nested stacks. Resources whose condition does not hold are not there.
"""

from __future__ import annotations

import copy
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

from samtranslator.translator.transform import transform

from infra.cloudformation import parsed

ROOT = Path(__file__).resolve().parents[2]

MAIN = "template.yaml"

Sources = dict[str, dict[str, Any]]
"""Parsed templates by path."""

PSEUDO = {
    "AWS::AccountId": "123456789012",
    "AWS::Partition": "aws",
    "AWS::Region": "eu-west-2",
    "AWS::StackName": "tocsin",
    "AWS::URLSuffix": "amazonaws.com",
}

_NOTHING = object()


@dataclass(frozen=True)
class Resource:
    """One resource of the deployment.

    Attributes:
        attributes: what stands beside its properties: DeletionPolicy, DependsOn …
    """

    name: str
    type: str
    properties: dict[str, Any]
    attributes: dict[str, Any]


@dataclass(frozen=True)
class Deployment:
    """All resources by logical name; names are unique over all nested stacks.

    Attributes:
        defaults: of the parameters, None for those that must be given.
    """

    resources: dict[str, Resource] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)

    def of(self, kind: str) -> list[Resource]:
        """Return the resources of a type, `AWS::` left out."""
        return [r for r in self.resources.values() if r.type == f"AWS::{kind}"]

    def named(self, reference: Any) -> Resource:
        """Return what a reference points at: `<SmsUrgentQueue>`, `<AlertsApi.Arn>`, or an ARN that is spelled out."""
        if match := re.search(r"<(\w+)(\.\w+)?>", str(reference)):
            return self.resources[match[1]]
        for queue in self.of("SQS::Queue"):
            if str(reference) == f"arn:aws:sqs:eu-west-2:123456789012:{queue.properties['QueueName']}":
                return queue
        raise AssertionError(f"{reference} is not a reference")

    def started_by(self, mapping: Resource) -> Resource:
        """Return the function that a queue's mapping starts, by its name or by the alias that the API starts too."""
        found = self.named(mapping.properties["FunctionName"])
        return self.named(found.properties["FunctionName"]) if found.type.endswith("::Alias") else found

    def statements(self, role: Resource) -> list[dict[str, Any]]:
        """Return the policy statements of a role, actions and resources as lists."""
        return [
            statement | {key: _listed(statement[key]) for key in ("Action", "Resource") if key in statement}
            for policy in role.properties.get("Policies", [])
            for statement in policy["PolicyDocument"]["Statement"]
        ]

    def swagger(self) -> dict[str, Any]:
        """Return the body of the API."""
        (api,) = self.of("ApiGateway::RestApi")
        body: dict[str, Any] = api.properties["Body"]
        return body

    def operations(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Yield (METHOD, path, operation) of each route."""
        for path, item in self.swagger()["paths"].items():
            for method, operation in item.items():
                yield method.upper(), path, operation


def read_sources() -> Sources:
    """Read the templates as they stand."""
    paths = [MAIN, *(str(path.relative_to(ROOT)) for path in sorted((ROOT / "infra").glob("*.yaml")))]
    return {path: copy.deepcopy(_read((ROOT / path).read_text())) for path in paths}


@cache
def _read(text: str) -> dict[str, Any]:
    template: dict[str, Any] = parsed(text)
    return template


def transformed(template: Mapping[str, Any], layer: str = "layer.zip") -> dict[str, Any]:
    """Turn a SAM template into CloudFormation, as AWS would, without an account or the network.

    Equal templates are transformed once.

    Args:
        layer: name of the object that both layers are made from.
    """
    return copy.deepcopy(_transformed(json.dumps(template), layer))


@cache
def _transformed(text: str, layer: str) -> dict[str, Any]:
    # The translator copies the whole API for each of its routes, which is nine tenths of its time. Nobody keeps the old one.
    with mock.patch("samtranslator.swagger.swagger._deepcopy", lambda api: api):
        return translated(json.loads(text), layer)


def translated(template: dict[str, Any], layer: str = "layer.zip") -> dict[str, Any]:
    """Do the work of `transformed` as the translator does it; takes seconds. Changes `template`."""
    template["Globals"]["Function"]["CodeUri"] = "s3://artefacts/functions.zip"
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::LayerVersion":
            resource["Properties"]["ContentUri"] = f"s3://artefacts/{layer}"
    with mock.patch.dict(os.environ, {"AWS_DEFAULT_REGION": PSEUDO["AWS::Region"]}):
        result: dict[str, Any] = transform(template, {}, SimpleNamespace(load=dict))
    return result


def deployment(sources: Sources, stack_name: str = PSEUDO["AWS::StackName"], **parameters: str) -> Deployment:
    """Lay out what `sources` deploy with these parameters (the others keep their defaults; a stage has none)."""
    resources: dict[str, Resource] = {}
    with mock.patch.dict(PSEUDO, {"AWS::StackName": stack_name}):
        _lay_out(sources, MAIN, {"Stage": "dev", **parameters}, resources)
    declared = sources[MAIN]["Parameters"]
    return Deployment(resources, {name: entry.get("Default") for name, entry in declared.items()})


def _lay_out(sources: Sources, path: str, given: Mapping[str, Any], resources: dict[str, Resource]) -> dict[str, Any]:
    """Add the resources of one stack and those nested in it; return its outputs."""
    template = transformed(sources[path]) if path == MAIN else sources[path]
    scope = _Scope(template, given)
    waiting = dict(template["Resources"])
    # A nested stack is laid out when all that its parameters name has been; the rest of the resources need no order.
    while waiting:
        for name, raw in waiting.items():
            try:
                scope.add(sources, name, raw, resources)
            except _NotYet:
                continue
            del waiting[name]
            break
        else:
            raise AssertionError(f"{path}: {sorted(waiting)} wait for each other")
    return {name: scope.resolve(output["Value"]) for name, output in template.get("Outputs", {}).items()}


def refusals(sources: Sources, **parameters: str) -> list[str]:
    """Return what the rules of the template say about a deployment, before anything is made."""
    template = sources[MAIN]
    scope = _Scope(template, parameters)
    return [
        assertion["AssertDescription"]
        for rule in template.get("Rules", {}).values()
        if scope.resolve(rule.get("RuleCondition", True))
        for assertion in rule["Assertions"]
        if not scope.resolve(assertion["Assert"])
    ]


class _NotYet(Exception):
    """Needs the outputs of a nested stack that has not been laid out."""


class _Scope:
    """Resolves the functions of one template."""

    def __init__(self, template: Mapping[str, Any], given: Mapping[str, Any]) -> None:
        declared = template.get("Parameters", {})
        unknown = set(given) - set(declared)
        assert not unknown, f"no such parameter: {unknown}"
        self.parameters = {name: given.get(name, entry.get("Default")) for name, entry in declared.items()}
        self.template = template
        self.conditions = template.get("Conditions", {})
        self.outputs: dict[str, dict[str, Any]] = {}

    def add(self, sources: Sources, name: str, raw: Mapping[str, Any], resources: dict[str, Resource]) -> None:
        if "Condition" in raw and not self.holds(raw["Condition"]):
            return
        attributes = {key: value for key, value in raw.items() if key not in ("Type", "Properties")}
        properties = self.resolve(raw.get("Properties", {}))
        assert name not in resources, f"{name} is the name of two resources"
        resources[name] = Resource(name, raw["Type"], properties, attributes)
        if raw["Type"] == "AWS::CloudFormation::Stack":
            parameters = properties.get("Parameters", {})
            self.outputs[name] = _lay_out(sources, properties["TemplateURL"], parameters, resources)

    def holds(self, condition: str) -> bool:
        return bool(self.resolve(self.conditions[condition]))

    def resolve(self, value: Any) -> Any:
        if isinstance(value, list):
            return [item for item in map(self.resolve, value) if item is not _NOTHING]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((key, argument),) = value.items()
            if key == "Ref" or key.startswith("Fn::") or (key == "Condition" and isinstance(argument, str)):
                return self.call(key, argument)
        resolved = {key: self.resolve(item) for key, item in value.items()}
        return {key: item for key, item in resolved.items() if item is not _NOTHING}

    def call(self, function: str, argument: Any) -> Any:
        match function:
            case "Ref":
                return self.ref(argument)
            case "Fn::GetAtt":
                return self.attribute(argument if isinstance(argument, str) else ".".join(argument))
            case "Fn::Sub":
                text, local = argument if isinstance(argument, list) else (argument, {})
                known = self.resolve(local)
                return re.sub(r"\$\{([^}]+)\}", lambda m: str(known[m[1]] if m[1] in known else self.named(m[1])), text)
            case "Fn::If":
                condition, yes, no = argument
                return self.resolve(yes if self.holds(condition) else no)
            case "Fn::Equals":
                left, right = self.resolve(argument)
                return left == right
            case "Fn::And":
                return all(map(self.resolve, argument))
            case "Fn::Or":
                return any(map(self.resolve, argument))
            case "Condition":
                return self.holds(argument)
            case "Fn::Not":
                return not self.resolve(argument)[0]
            case "Fn::Join":
                separator, parts = argument
                return separator.join(map(str, self.resolve(parts)))
            case "Fn::Split":
                separator, text = self.resolve(argument)
                return text.split(separator)
            case "Fn::Select":
                place, parts = self.resolve(argument)
                return parts[int(place)]
        raise AssertionError(f"{function} is not understood here")

    def named(self, name: str) -> Any:
        return self.attribute(name) if "." in name else self.ref(name)

    def ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return _NOTHING
        if name in PSEUDO:
            return PSEUDO[name]
        if name in self.parameters:
            return self.parameters[name]
        assert name in self.template["Resources"], f"there is no {name}"
        return f"<{name}>"

    def attribute(self, path: str) -> Any:
        name, _, attribute = path.partition(".")
        assert name in self.template["Resources"], f"there is no {name}"
        if attribute.startswith("Outputs."):
            if name not in self.outputs:
                raise _NotYet(name)
            return self.outputs[name][attribute.removeprefix("Outputs.")]
        return f"<{name}.{attribute}>"


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
