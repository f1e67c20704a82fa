"""What calls that act on a rule take: copy, owner, and enabling several notifications."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tocsin.alert_rules.domain import limits
from tocsin.entrypoint.directory_body.shapes import Id
from tocsin.entrypoint.http.resource_body import ResourceBody


class CopyBody(ResourceBody):
    """A copy of a rule."""

    owner: Annotated[Id | None, Field(description="a person; absent = who calls")] = None


class GiveBody(ResourceBody):
    """Another owner of a rule."""

    owner: Annotated[Id, Field(description="a person of the account")]
    confirm: Annotated[
        str | None,
        Field(min_length=1, max_length=64, description="`confirm` of the 409 that listed the triggers that stop"),
    ] = None


class ToggleBody(ResourceBody):
    """Notifications to enable or disable together."""

    ids: Annotated[list[Id], Field(min_length=1, max_length=limits.ACTIONS)]
    enabled: bool
