"""Builds, packages and deploys the system to the engine, and returns the API's address."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from infra.build import Artefacts, BuildFailed, build
from infra.local.aws import Aws, forget_own_settings
from infra.local.complaint import Complaint
from infra.local.deploy import deploy
from infra.local.engine import Engine
from infra.local.gateway_faults import refuse_as_on_aws
from infra.local.outside.tenant_mail.consents import CLIENT, CLIENT_SECRET
from infra.local.places import BUILD, ROOT
from infra.local.pointer_layer import forget_outdated, pointer_to
from infra.local.provider_events import CONNECT_INSTANCE_ARN
from infra.progress import still

NAME = "tocsin-local"

STAGE = "local"

EMAIL_DOMAIN = "alerts.example"

API_PATH = "/_aws/execute-api"
"""Path under which the engine serves APIs, each by its id."""

MAIL_APPS = "/tocsin/local/mail-apps"
"""Where our apps at simulated Google and Microsoft are kept."""

PARAMETERS = {
    "Stage": STAGE,
    "Engine": "local",
    "DeletionProtection": "false",
    "EmailDomain": EMAIL_DOMAIN,
    "OpenEgress": "true",  # webhooks to an endpoint on this machine
    "VoiceProvider": "connect",
    "ConnectInstanceArn": CONNECT_INSTANCE_ARN,
    "MailAppsName": MAIL_APPS,
}


@dataclass(frozen=True, slots=True)
class Stack:
    """The deployed stack.

    Attributes:
        api: address of the API, without a trailing slash.
    """

    api: str
    outputs: Mapping[str, str]
    artefacts: Artefacts


def stand_up(
    engine: Engine,
    say: Callable[[str], None],
    trusted_ca: str = "",
    simulator: str = "",
    connect: str = "",
    mail_providers: str = "",
) -> Stack:
    """Build and deploy what has changed.

    Args:
        trusted_ca: file of certificates that outgoing calls trust beside the public ones.
        simulator: address of the simulator page, which the console links to.
        connect: address of the simulated Amazon Connect.
        mail_providers: address of simulated Google and Microsoft.

    Raises:
        Complaint: the build or the deployment failed.
    """
    forget_own_settings()
    try:
        artefacts = build("host", BUILD, say, python=engine.python)
    except BuildFailed as failure:
        raise Complaint(f"cannot build: {failure}") from failure
    aws = Aws(engine.url)
    core, code = artefacts.core_layer_zip, engine.places.code
    parameters = {
        **PARAMETERS,
        "LinkBaseUrl": f"{engine.url}{API_PATH}",
        "TrustedCa": trusted_ca,
        "ClockFile": str(engine.places.clock),
        "SimulatorUrl": simulator,
        "ConnectEndpoint": connect,
        "SimulatedMailVendors": mail_providers,
    }
    app = {"client_id": CLIENT, "client_secret": CLIENT_SECRET}
    apps = json.dumps({"GMAIL": app, "MS365": app})
    aws.client("ssm").put_parameter(Name=MAIL_APPS, Value=apps, Type="SecureString", Overwrite=True)
    with still(say, "deploying"):
        folders = {
            "functions": artefacts.functions_zip,
            "layers/core": pointer_to(core, code),
            "layers/dependencies": pointer_to(artefacts.dependencies_layer_zip),
        }
        deployment = deploy(aws, NAME, ROOT / "template.yaml", folders, parameters, say)
        forget_outdated(core, code)
        forget_outdated(artefacts.dependencies_layer_zip)
        refuse_as_on_aws(aws, ROOT / "template.yaml", deployment.outputs["ApiId"], STAGE)
    say("deployed" if deployment.changed else "the stack is up to date")
    aws.client("sesv2").create_email_identity(EmailIdentity=EMAIL_DOMAIN)
    _come_back_to_the_console(aws, deployment.outputs)
    api = f"{engine.url}{API_PATH}/{deployment.outputs['ApiId']}/{STAGE}"
    return Stack(api, deployment.outputs, artefacts)


def _come_back_to_the_console(aws: Aws, outputs: Mapping[str, str]) -> None:
    """Let managed login return to the console. Its address has the API's id, which no template knows beforehand."""
    console = outputs["ConsoleUrl"]
    aws.client("cognito-idp").update_user_pool_client(
        UserPoolId=outputs["UserPoolId"],
        ClientId=outputs["UserPoolClientId"],
        CallbackURLs=[f"{console}/signin/callback"],
        LogoutURLs=[f"{console}/signin"],
        AllowedOAuthFlows=["code"],
        AllowedOAuthScopes=["openid", "email"],
        AllowedOAuthFlowsUserPoolClient=True,
        SupportedIdentityProviders=["COGNITO"],
    )
