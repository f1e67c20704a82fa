"""Request bodies of resources: names in snake_case, and a blank text is a value."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict

from tocsin.entrypoint.http.wire import WireModel


class ResourceBody(WireModel):
    """Base of the bodies of resources. Everything else is as in the apiKey verbs."""

    model_config = ConfigDict(alias_generator=None)

    @classmethod
    def _without_blanks(cls, raw: dict[str, Any]) -> dict[str, Any]:
        return raw
