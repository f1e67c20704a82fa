"""A Cognito user pool as the identity provider. Server-side calls only: no other flow of the client takes a password.

The messages and codes: API reference of Cognito user pools 2016-04-18 and its developer guide. Cognito answers an
unknown address as it answers a wrong password (`PreventUserExistenceErrors`).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from tocsin.identity.ports.provider import Challenge, ChallengeKind, Invited, Refused, SignedIn
from tocsin.kernel.domain.errors import AlreadyExists, ProviderUnavailable

_Result = TypeVar("_Result")

_CHALLENGES = {
    ChallengeKind.CODE: ("SOFTWARE_TOKEN_MFA", "SOFTWARE_TOKEN_MFA_CODE"),
    ChallengeKind.NEW_PASSWORD: ("NEW_PASSWORD_REQUIRED", "NEW_PASSWORD"),
}
"""Name of a challenge, and under which name its answer is sent."""

_KINDS = {name: kind for kind, (name, _) in _CHALLENGES.items()}

# Error code, a word of its message ("" matches any), and what it means. The first row that matches decides.
_REFUSALS: tuple[tuple[str, str, Refused], ...] = (
    ("NotAuthorizedException", "disabled", Refused.DISABLED),
    ("NotAuthorizedException", "attempts exceeded", Refused.OFTEN),
    ("NotAuthorizedException", "expired", Refused.EXPIRED),  # the first password, or the session of the challenge
    ("NotAuthorizedException", "session", Refused.EXPIRED),  # used already
    ("NotAuthorizedException", "", Refused.WRONG),
    ("UserNotFoundException", "", Refused.WRONG),
    ("UserNotConfirmedException", "", Refused.WRONG),  # there is no sign-up, so such a person is none of ours
    ("PasswordResetRequiredException", "", Refused.EXPIRED),
    ("CodeMismatchException", "", Refused.WRONG),
    ("ExpiredCodeException", "used once", Refused.WRONG),  # a code of an authenticator app is good once
    ("ExpiredCodeException", "", Refused.EXPIRED),
    ("EnableSoftwareTokenMFAException", "", Refused.WRONG),
    ("InvalidPasswordException", "", Refused.WEAK_PASSWORD),
    ("PasswordHistoryPolicyViolationException", "", Refused.WEAK_PASSWORD),
    ("InvalidParameterException", "password", Refused.WEAK_PASSWORD),
    ("TooManyRequestsException", "", Refused.OFTEN),
    ("LimitExceededException", "", Refused.OFTEN),
    ("TooManyFailedAttemptsException", "", Refused.OFTEN),
)


class CognitoIdentityProvider:
    """One user pool and its app client, which has no secret.

    Args:
        cognito: a client of user pools that makes one try.
    """

    def __init__(self, cognito: Any, pool_id: str, client_id: str) -> None:
        self._cognito = cognito
        self._pool = {"UserPoolId": pool_id}
        self._client = {"ClientId": client_id}

    def sign_in(self, email: str, password: str) -> SignedIn | Challenge | Refused:
        """Check an address and a password."""
        return _refused_or(
            lambda: _outcome(
                self._cognito.admin_initiate_auth(
                    AuthFlow="ADMIN_USER_PASSWORD_AUTH",
                    AuthParameters={"USERNAME": email, "PASSWORD": password},
                    **self._pool,
                    **self._client,
                )
            )
        )

    def answer(self, challenge: Challenge, email: str, given: str) -> SignedIn | Challenge | Refused:
        """Answer a challenge with a code, or with the new password."""
        name, answer = _CHALLENGES[challenge.kind]
        return _refused_or(
            lambda: _outcome(
                self._cognito.admin_respond_to_auth_challenge(
                    ChallengeName=name,
                    Session=challenge.state,
                    ChallengeResponses={"USERNAME": email, answer: given},
                    **self._pool,
                    **self._client,
                )
            )
        )

    def subject_of(self, email: str) -> str | None:
        """Return the subject of an address; None = there is no sign-in with it."""
        found = self._user(email)
        return None if found is None else found[0]

    def invite(self, email: str, password: str) -> Invited:
        """Create a sign-in, or replace the first password of one that was never used. Cognito mails nothing."""
        attributes = [{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}]
        try:
            made = _asked(
                lambda: self._cognito.admin_create_user(
                    Username=email,
                    TemporaryPassword=password,
                    MessageAction="SUPPRESS",
                    UserAttributes=attributes,
                    **self._pool,
                )
            )
        except ClientError as error:
            if _code(error) != "UsernameExistsException":
                raise
        else:
            return Invited(_subject(made["User"]["Attributes"]), fresh=True)
        found = self._user(email)
        if found is None:
            raise ProviderUnavailable("the sign-in was deleted at the same moment")
        sub, unused = found
        if unused:
            _asked(
                lambda: self._cognito.admin_set_user_password(
                    Username=sub, Password=password, Permanent=False, **self._pool
                )
            )
        return Invited(sub, fresh=unused)

    def forgot(self, email: str) -> None:
        """Let Cognito mail a code, if it knows the address; whatever it answers to that is not told."""
        try:
            _asked(lambda: self._cognito.forgot_password(Username=email, **self._client))
        except ClientError as error:
            if _refusal(error) is None and _code(error) != "InvalidParameterException":  # no confirmed address
                raise

    def reset(self, email: str, code: str, password: str) -> Refused | None:
        """Set a new password by the mailed code; None = done."""
        return _refused_or(
            lambda: _nothing(
                self._cognito.confirm_forgot_password(
                    Username=email, ConfirmationCode=code, Password=password, **self._client
                )
            )
        )

    def set_password(self, sub: str, password: str) -> Refused | None:
        """Replace the password; None = done."""
        return _refused_or(
            lambda: _nothing(
                self._cognito.admin_set_user_password(Username=sub, Password=password, Permanent=True, **self._pool)
            )
        )

    def begin_mfa(self, access_token: str) -> str:
        """Return a new secret (base32) for an authenticator app."""
        secret: str = _asked(lambda: self._cognito.associate_software_token(AccessToken=access_token))["SecretCode"]
        return secret

    def confirm_mfa(self, access_token: str, code: str) -> Refused | None:
        """Turn the second factor on, if the code is right; None = done."""

        def confirm() -> None:
            self._cognito.verify_software_token(AccessToken=access_token, UserCode=code)
            self._cognito.set_user_mfa_preference(
                AccessToken=access_token, SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True}
            )

        return _refused_or(confirm)

    def end_mfa(self, sub: str) -> None:
        """Turn the second factor off."""
        off = {"Enabled": False, "PreferredMfa": False}
        _asked(
            lambda: self._cognito.admin_set_user_mfa_preference(
                Username=sub, SoftwareTokenMfaSettings=off, **self._pool
            )
        )

    def enable(self, sub: str, *, enabled: bool) -> None:
        """Allow or refuse any sign-in."""
        act = self._cognito.admin_enable_user if enabled else self._cognito.admin_disable_user
        _asked(lambda: act(Username=sub, **self._pool))

    def sign_out_everywhere(self, sub: str) -> None:
        """Revoke all tokens of the provider."""
        _asked(lambda: self._cognito.admin_user_global_sign_out(Username=sub, **self._pool))

    def change_email(self, sub: str, email: str) -> None:
        """Replace the address of the sign-in. Raises AlreadyExists if another sign-in has it."""
        attributes = [{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}]
        try:
            _asked(
                lambda: self._cognito.admin_update_user_attributes(
                    Username=sub, UserAttributes=attributes, **self._pool
                )
            )
        except ClientError as error:
            if _code(error) != "AliasExistsException":
                raise
            raise AlreadyExists("user", "email") from error

    def delete(self, sub: str) -> None:
        """Delete the sign-in. One that is not there is no error."""
        try:
            _asked(lambda: self._cognito.admin_delete_user(Username=sub, **self._pool))
        except ClientError as error:
            if _code(error) != "UserNotFoundException":
                raise

    def _user(self, email: str) -> tuple[str, bool] | None:
        """Return subject, and whether the person has never signed in."""
        try:
            found = _asked(lambda: self._cognito.admin_get_user(Username=email, **self._pool))
        except ClientError as error:
            if _code(error) == "UserNotFoundException":
                return None
            raise
        return _subject(found["UserAttributes"]), found["UserStatus"] == "FORCE_CHANGE_PASSWORD"


def _outcome(answered: Any) -> SignedIn | Challenge:
    if name := answered.get("ChallengeName"):
        return Challenge(_KINDS[name], answered["Session"])
    token: str = answered["AuthenticationResult"]["AccessToken"]
    return SignedIn(_claims(token)["sub"], token)


def _claims(token: str) -> dict[str, Any]:
    """Return what a token says that Cognito itself just answered, so its signature needs no check."""
    payload = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims


def _nothing(answered: Any) -> None:
    """Drop an answer that says nothing but that it was done."""


def _asked(call: Callable[[], _Result]) -> _Result:
    """Call Cognito.

    Raises:
        ProviderUnavailable: it did not answer, failed, or throttled.
        ClientError: it refused.
    """
    try:
        return call()
    except ClientError as error:
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400)
        if status >= 500 or _code(error) in ("InternalErrorException", "ThrottlingException"):
            raise ProviderUnavailable(_code(error)) from error
        raise
    except BotoCoreError as error:
        raise ProviderUnavailable(type(error).__name__) from error


def _refused_or(call: Callable[[], _Result]) -> _Result | Refused:
    try:
        return _asked(call)
    except ClientError as error:
        refusal = _refusal(error)
        if refusal is None:
            raise
        return refusal


def _refusal(error: ClientError) -> Refused | None:
    code, message = _code(error), error.response["Error"].get("Message", "").lower()
    return next((refusal for name, word, refusal in _REFUSALS if name == code and word in message), None)


def _code(error: ClientError) -> str:
    return error.response["Error"]["Code"]


def _subject(attributes: Any) -> str:
    return next(str(each["Value"]) for each in attributes if each["Name"] == "sub")
