"""Reads templates of CloudFormation and SAM."""

from __future__ import annotations

from typing import Any

import yaml
from samtranslator.yaml_helper import intrinsics_multi_constructor


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Ten times as fast as samtranslator's own `yaml_parse` wherever PyYAML has libyaml."""


_Loader.add_multi_constructor("!", intrinsics_multi_constructor)


def parsed(text: str) -> Any:
    """Return what a template says; short forms of functions come out as long ones (`!Ref X` is `{"Ref": "X"}`)."""
    return yaml.load(text, _Loader)  # noqa: S506 - a safe loader
