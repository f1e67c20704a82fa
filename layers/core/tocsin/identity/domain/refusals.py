"""Errors about tokens and sign-ins of people, beside those of `kernel/domain/errors.py`."""

from __future__ import annotations

from tocsin.kernel.domain.errors import TocsinError


class StepUpRequired(TocsinError):
    """The person has not given a password or code within the last 15 minutes."""

    code = "STEP_UP_REQUIRED"

    def __init__(self) -> None:
        super().__init__("this needs a sign-in of the last 15 minutes; sign in again")


class TenantRequired(TocsinError):
    """The person of an access token belongs to several tenants, and the call does not say which one it is about."""

    code = "TENANT_REQUIRED"

    def __init__(self) -> None:
        super().__init__("you belong to several accounts; name one in the header X-Tenant")


class SharedSignIn(TocsinError):
    """The person belongs to several tenants, so only the person changes their address, password and second factor."""

    code = "SHARED_SIGN_IN"
    sentence = "this person signs in to other accounts too; only they, or the operator, change their sign-in"
