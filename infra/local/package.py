"""What `sam package` does, for the local engine: uploads artefacts and nested templates to S3 and puts their URLs in.

Objects are named by a digest of their content. Equal templates and code give an equal packaged template, so a
deployment is needed only if the packaged template differs.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.cloudformation import parsed

BUCKET = "tocsin-artefacts"

Upload = Callable[[str, bytes], None]
"""Puts bytes under a key of the bucket."""


@dataclass(frozen=True, slots=True)
class Packaged:
    """A template that refers to no local file.

    Attributes:
        url: its URL in S3.
        digest: changes when the template, a nested one, or any code changes.
        parameters: names of its parameters.
    """

    url: str
    digest: str
    parameters: frozenset[str]


def package(template: Path, artefacts: Mapping[str, Path], upload: Upload) -> Packaged:
    """Package a template.

    Args:
        template: a SAM or CloudFormation template; paths in it are relative to its folder.
        artefacts: built zip of each source folder, by its path relative to the template's folder (`functions`).

    Raises:
        LookupError: the template names a folder that has no artefact.
    """
    body = parsed(template.read_text())
    keys: dict[Path, str] = {}

    def object_of(uri: str) -> str:
        place = uri.strip("./").rstrip("/")
        if place not in artefacts:
            raise LookupError(f"{template.name} names {uri}, which is not built")
        built = artefacts[place]
        if built not in keys:
            keys[built] = f"{place.replace('/', '-')}-{digest_of_zip(built)}.zip"
            upload(keys[built], built.read_bytes())
        return f"s3://{BUCKET}/{keys[built]}"

    globals_ = body.get("Globals", {}).get("Function", {})
    if isinstance(globals_.get("CodeUri"), str):
        globals_["CodeUri"] = object_of(globals_["CodeUri"])
    for resource in body["Resources"].values():
        properties = resource.get("Properties", {})
        match resource["Type"]:
            case "AWS::Serverless::Function" if isinstance(properties.get("CodeUri"), str):
                properties["CodeUri"] = object_of(properties["CodeUri"])
            case "AWS::Serverless::LayerVersion":
                properties["ContentUri"] = object_of(properties["ContentUri"])
            case "AWS::CloudFormation::Stack":
                properties["TemplateURL"] = package(template.parent / properties["TemplateURL"], {}, upload).url
    text = json.dumps(body, sort_keys=True, default=_plain).encode()
    digest = hashlib.sha256(text).hexdigest()
    key = f"{template.stem}-{digest[:16]}.json"
    upload(key, text)
    return Packaged(f"https://s3.amazonaws.com/{BUCKET}/{key}", digest, frozenset(body.get("Parameters", {})))


def digest_of_zip(path: Path) -> str:
    """Return a digest of names and contents, without times and compression."""
    digest = hashlib.sha256()
    with zipfile.ZipFile(path) as archive:
        for info in sorted(archive.infolist(), key=lambda info: info.filename):
            digest.update(f"{info.filename}\0{info.CRC}\0{info.file_size}\n".encode())
    return digest.hexdigest()[:16]


def _plain(value: Any) -> str:
    """Return the text of a date: YAML parses `2012-10-17` as a date, and CloudFormation needs the text."""
    return str(value)
