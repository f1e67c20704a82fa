"""Makes the engine's API Gateway refuse in the words of template.yaml.

SAM hands `GatewayResponses` over inside the API's body, where the engine does not look for them. By the API Gateway's
own calls it takes them.
"""

from __future__ import annotations

from pathlib import Path

from samtranslator.yaml_helper import yaml_parse

from infra.local.aws import Aws


def refuse_as_on_aws(aws: Aws, template: Path, api: str, stage: str) -> None:
    """Give an API the gateway responses of the template. Saying it again is harmless.

    Args:
        template: has one API.
        api: its id in the engine.
    """
    resources = yaml_parse(template.read_text())["Resources"].values()
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
    gateway.create_deployment(restApiId=api, stageName=stage)  # they count from the next deployment on
