"""Promises about the API: who gets in, how often, and what is written down about it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.architecture.deployment import Deployment
from tests.architecture.promises import promise

PUBLIC = {
    # the API key may stand in the body, and is checked in the function before anything else
    ("POST", "/cancelalerts"),
    ("POST", "/collectevents"),
    ("POST", "/getinfo"),
    ("POST", "/setinfo"),
    ("POST", "/deletecontent"),
    ("POST", "/sendalert"),
    ("POST", "/sendalerts"),
    ("POST", "/sendstoredalert"),
    ("POST", "/schedulestoredalert"),
    ("POST", "/pausescheduledalert"),
    ("POST", "/resumescheduledalert"),
    ("POST", "/cancelscheduledalert"),
    ("POST", "/storecontent"),
    # says nothing about anybody
    ("GET", "/docs"),
    ("GET", "/docs/assets/{file}"),
    ("GET", "/docs/guides/{guide}"),
    ("GET", "/health"),
    ("GET", "/openapi.json"),
    # for whoever got the message; the code is what is secret
    ("GET", "/l/{code}"),
    ("HEAD", "/l/{code}"),
}
"""Routes without an authorizer. A new one gets in here or gets an authorizer: somebody decides."""

PUBLIC |= {("POST", f"/api/json{path}") for method, path in PUBLIC if method == "POST"}
PUBLIC.add(("GET", "/oauth/{provider}/callback"))  # the state and the session of the console say whether it counts
PUBLIC.add(("POST", "/oauth/token"))  # the password or the refresh token says who calls
PUBLIC |= {("POST", "/voice/step"), ("POST", "/voice/status")}  # the signature of the provider of calls says who calls
# the secret of a source, or the signature of its vendor, says who sends; the handshake tells nothing
PUBLIC |= {("POST", "/events/{id}"), ("OPTIONS", "/events/{id}")}
PUBLIC.add(("POST", "/l/{code}"))  # the button of the link's page; no verb, so not under /api/json

OF_ROLES = {("POST", "/iam/events"): "AWS_IAM"}
"""Routes of which the gateway checks the signature of a role of AWS; the function knows which roles may call."""

SENDS = {f"/~1{at}{verb}" for at in ("", "api~1json~1") for verb in ("sendalert", "sendalerts", "sendstoredalert")}
SENDS |= {"/~1l~1{code}"}
"""As CloudFormation spells the paths: `/~1a~1b` is /a/b. Spelled otherwise, a setting is taken and never applied."""

ANSWERS = {
    "DEFAULT_4XX": None,
    "DEFAULT_5XX": None,
    "UNAUTHORIZED": 401,
    "ACCESS_DENIED": 403,
    "REQUEST_TOO_LARGE": 413,
    "THROTTLED": 429,
}
"""Faults the gateway finds by itself, and the status of each (None: several)."""


@promise
def every_route_has_an_authorizer_or_is_public_by_name(stack: Deployment) -> Iterator[str]:
    for method, path, operation in stack.operations():
        page = (path + "/").startswith("/console/")  # the function itself asks for a session
        expected = "NONE" if page or (method, path) in PUBLIC else OF_ROLES.get((method, path), "KeyAuthorizer")
        if operation.get("security") != [{expected: []}]:
            yield f"{method} {path}"


def _authorizers(stack: Deployment) -> Iterator[tuple[str, Any]]:
    """Yield (name, authorizer) of each scheme but that of IAM, which has a signature in place of a key."""
    for name, scheme in stack.swagger()["components"]["securitySchemes"].items():
        if scheme.get("x-amazon-apigateway-authtype") != "awsSigv4":
            yield name, scheme["x-amazon-apigateway-authorizer"]


@promise
def a_variable_of_a_path_has_one_name(stack: Deployment) -> Iterator[str]:
    # API Gateway creates no resource whose sibling has a variable of another name: the deployment fails.
    names: dict[str, set[str]] = {}
    for _, path, _ in stack.operations():
        parts = path.split("/")
        for n, part in enumerate(parts):
            if part.startswith("{"):
                names.setdefault("/".join(parts[:n]), set()).add(part)
    yield from (f"{place}: {', '.join(sorted(found))}" for place, found in names.items() if len(found) > 1)


@promise
def a_withdrawn_key_is_refused_within_a_minute(stack: Deployment) -> Iterator[str]:
    for name, authorizer in _authorizers(stack):
        if authorizer["type"] != "request" or authorizer.get("authorizerResultTtlInSeconds", 300) > 60:
            yield name


@promise
def either_of_two_headers_is_enough(stack: Deployment) -> Iterator[str]:
    # API Gateway answers 401 by itself unless all identity sources are there: naming both would demand both.
    for name, authorizer in _authorizers(stack):
        if "method.request.header" in authorizer.get("identitySource", ""):
            yield name


@promise
def calls_are_throttled_and_sends_more_so(stack: Deployment) -> Iterator[str]:
    for stage in stack.of("ApiGateway::Stage"):
        rates = {s["ResourcePath"]: s.get("ThrottlingRateLimit") for s in stage.properties.get("MethodSettings", [])}
        general = rates.get("/*")
        if not general:
            yield f"{stage.name}: everything"
        yield from (
            f"{stage.name}: {path}" for path in SENDS if not 0 < (rates.get(path) or 0) < (general or 1_000_000)
        )


@promise
def bodies_are_never_logged(stack: Deployment) -> Iterator[str]:
    for stage in stack.of("ApiGateway::Stage"):
        for setting in stage.properties.get("MethodSettings", []):
            if setting.get("DataTraceEnabled") is not False or setting.get("LoggingLevel") != "OFF":
                yield f"{stage.name}: {setting['ResourcePath']}"


@promise
def the_access_log_says_who_called_what_and_never_with_what(stack: Deployment) -> Iterator[str]:
    for stage in stack.of("ApiGateway::Stage"):
        setting = stage.properties.get("AccessLogSetting", {})
        fields = json.loads(setting.get("Format", "{}"))
        if setting.get("DestinationArn") != "<ApiAccessLog.Arn>" or "$context.status" not in fields.values():
            yield f"{stage.name}: no access log"
        allowed = {"requestId", "requestTimeEpoch", "httpMethod", "resourcePath", "status", "responseLength"}
        allowed |= {"responseLatency", "integrationLatency", "error.responseType"}
        yield from (
            f"{stage.name}: {value}" for value in fields.values() if value.removeprefix("$context.") not in allowed
        )


@promise
def the_gateway_answers_in_our_shape(stack: Deployment) -> Iterator[str]:
    responses = stack.swagger().get("x-amazon-apigateway-gateway-responses", {})
    for name, status in ANSWERS.items():
        response = responses.get(name, {})
        kind = response.get("responseParameters", {}).get("gatewayresponse.header.Content-Type")
        template = response.get("responseTemplates", {}).get("application/json", "{}")
        body = json.loads(template.replace("$context.error.messageString", '"text"'))
        right = {"type", "title", "detail", "errors"} <= set(body) and body.get("status") == status
        said = response.get("statusCode")
        if kind != "'application/problem+json'" or not right or (said and int(said)) != status:
            yield name


@promise
def the_firewall_stands_before_the_api(stack: Deployment) -> Iterator[str]:
    guarded = {a.properties["ResourceArn"] for a in stack.of("WAFv2::WebACLAssociation")}
    if guarded != {"arn:aws:apigateway:eu-west-2::/restapis/<Api>/stages/<ApiStage>"}:
        yield "the stage has no firewall"
    for firewall in stack.of("WAFv2::WebACL"):
        if not any("RateBasedStatement" in rule["Statement"] for rule in firewall.properties["Rules"]):
            yield f"{firewall.name} limits nobody"


@promise
def the_firewall_lets_alerts_through(stack: Deployment) -> Iterator[str]:
    # Its common rules refuse bodies over 8 KB; ours may have 1 MB.
    for firewall in stack.of("WAFv2::WebACL"):
        for rule in firewall.properties["Rules"]:
            group = rule["Statement"].get("ManagedRuleGroupStatement", {})
            if group.get("Name") == "AWSManagedRulesCommonRuleSet":
                counted = {o["Name"] for o in group.get("RuleActionOverrides", []) if "Count" in o["ActionToUse"]}
                if "SizeRestrictions_BODY" not in counted:
                    yield firewall.name
