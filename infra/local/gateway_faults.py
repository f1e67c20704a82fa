"""Gives the engine's API Gateway the error responses of template.yaml.

SAM puts `GatewayResponses` into the API's body, where the engine ignores them. This module sets them by API Gateway's
own calls.
"""

from __future__ import annotations

from pathlib import Path

from infra.cloudformation import parsed
from infra.local.aws import Aws


def refuse_as_on_aws(aws: Aws, template: Path, api: str, stage: str) -> None:
    """Give an API the gateway responses of the template. Safe to repeat.

    Args:
        template: has one API.
        api: its id in the engine.
    """
    resources = parsed(template.read_text())["Resources"].values()
    (declared,) = (one["Properties"] for one in resources if one["Type"] == "AWS::Serverless::Api")
    gateway = aws.client("apigateway")
    for kind, response in declared.get("GatewayResponses", {}).items():
        headers = response.get("ResponseParameters", {}).get("Headers", {})
        gateway.put_gateway_response(
            restApiId=api,
            responseType=kind,
            **({"statusCode": str(response["StatusCode"])} if "StatusCode" in response else {}),
            responseParameters={f"gatewayresponse.header.{name}": value for name, value in headers.items()},
            responseTemplates=response.get("ResponseTemplates", {}),
        )
    gateway.create_deployment(restApiId=api, stageName=stage)  # gateway responses take effect with a deployment
