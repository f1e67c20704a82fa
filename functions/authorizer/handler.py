"""From a REQUEST authorizer event to an IAM policy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tocsin.entrypoint.http.authorized import UNDECIDED, context_of
from tocsin.entrypoint.http.credentials import named_tenant, only_token
from tocsin.entrypoint.process import observability
from tocsin.identity.application.authenticate_caller import AuthenticateCaller
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.refusals import TenantRequired
from tocsin.kernel.domain.errors import Forbidden, TocsinError, Unauthorized

Handler = Callable[[Mapping[str, Any], object], dict[str, Any]]

_UNAUTHORIZED = "Unauthorized"
"""The one text that makes API Gateway answer 401 instead of 500. Source: API Gateway developer guide."""


class AuthorizerBroken(Exception):
    """The store did not answer; API Gateway responds 500. Raised without a cause, because the runtime prints causes."""


def authorizer_handler(authenticate: AuthenticateCaller) -> Handler:
    """Return the handler.

    An allowed caller gets a policy for the whole stage, not for one route: API Gateway may cache the policy and use it
    for the caller's next route. A valid key from a wrong address is denied (403); a wrong token gets a 401.
    A person of several tenants who names none is let through without a tenant, because only a function can answer 400.
    """

    def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
        address = (event.get("requestContext", {}).get("identity") or {}).get("sourceIp")
        stage = _stage(event["methodArn"])
        try:
            headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
            caller = authenticate(only_token(headers), address, named_tenant(headers))
        except Unauthorized:
            raise Exception(_UNAUTHORIZED) from None
        except TenantRequired:
            return {**_policy("caller", "Allow", stage), "context": UNDECIDED}
        except Forbidden:
            return _policy("caller", "Deny", stage)
        except TocsinError as error:
            observability.logger().error("the authorizer could not decide", exc_info=error)
            raise AuthorizerBroken from None
        return _allowed(caller, stage)

    return handler


def _allowed(caller: Principal, stage: str) -> dict[str, Any]:
    return {**_policy(f"{caller.tenant}.{caller.actor.id}", "Allow", stage), "context": context_of(caller)}


def _policy(principal: str, effect: str, resource: str) -> dict[str, Any]:
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": resource}
    return {"principalId": principal, "policyDocument": {"Version": "2012-10-17", "Statement": [statement]}}


def _stage(method_arn: str) -> str:
    """Return the ARN of everything in the stage.

    arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/live/GET/alerts → …:abcdef1234/live/*
    """
    api, stage, *_ = method_arn.split("/")
    return f"{api}/{stage}/*"
