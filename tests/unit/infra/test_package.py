"""Packaging: what the engine is given depends on what is in the checkout and on nothing else."""

from __future__ import annotations

import json
import time
import zipfile
from pathlib import Path

import pytest

from infra.local.package import BUCKET, package

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Parameters: {Stage: {Type: String}}
Globals: {Function: {CodeUri: functions/}}
Resources:
  Data:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: infra/data.yaml}
  Core:
    Type: AWS::Serverless::LayerVersion
    Properties: {ContentUri: ./layers/core/}
  Hello:
    Type: AWS::Serverless::Function
    Properties: {Handler: hello.app, Role: !GetAtt Data.Outputs.Role}
"""


class Checkout:
    """A folder with a template, a nested one and two built zips, and the bucket it is packaged into."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bucket: dict[str, bytes] = {}
        (folder / "infra").mkdir()
        self.write("template.yaml", TEMPLATE)
        self.write("infra/data.yaml", "Resources: {}\n")
        self.artefacts = {"functions": folder / "f.zip", "layers/core": folder / "c.zip"}
        self.zip("f.zip", "hello.py", "one")
        self.zip("c.zip", "python/tocsin/__init__.py", "")

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)

    def zip(self, name: str, member: str, text: str, at: float = 1_000_000_000.0) -> None:
        with zipfile.ZipFile(self.folder / name, "w") as archive:
            archive.writestr(zipfile.ZipInfo(member, time.gmtime(at)[:6]), text)

    def digest(self) -> str:
        self.bucket.clear()
        return package(self.folder / "template.yaml", self.artefacts, self.bucket.__setitem__).digest


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_code_layers_and_nested_templates_are_named_by_where_they_were_uploaded(checkout: Checkout) -> None:
    packaged = package(checkout.folder / "template.yaml", checkout.artefacts, checkout.bucket.__setitem__)

    body = json.loads(checkout.bucket[packaged.url.rpartition("/")[2]])
    code = body["Globals"]["Function"]["CodeUri"]
    layer = body["Resources"]["Core"]["Properties"]["ContentUri"]
    nested = body["Resources"]["Data"]["Properties"]["TemplateURL"]
    assert code.startswith(f"s3://{BUCKET}/functions-")
    assert layer.startswith(f"s3://{BUCKET}/layers-core-")
    assert {uri.rpartition("/")[2] for uri in (code, layer, nested, packaged.url)} == set(checkout.bucket)
    assert body["Resources"]["Hello"]["Properties"]["Role"] == {"Fn::GetAtt": ["Data", "Outputs.Role"]}
    assert packaged.parameters == {"Stage"}


def test_packing_the_same_code_again_is_no_difference(checkout: Checkout) -> None:
    before = checkout.digest()

    checkout.zip("f.zip", "hello.py", "one", at=1_700_000_000.0)

    assert checkout.digest() == before


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("template.yaml", TEMPLATE.replace("hello.app", "hello.other")),
        ("infra/data.yaml", "Resources: {Topic: {Type: AWS::SNS::Topic}}\n"),
    ],
)
def test_another_template_is_a_difference(checkout: Checkout, name: str, text: str) -> None:
    before = checkout.digest()

    checkout.write(name, text)

    assert checkout.digest() != before


@pytest.mark.parametrize("name", ["f.zip", "c.zip"])
def test_other_code_is_a_difference(checkout: Checkout, name: str) -> None:
    before = checkout.digest()

    checkout.zip(name, "hello.py", "two")

    assert checkout.digest() != before


def test_a_folder_that_is_not_built_is_named(checkout: Checkout) -> None:
    del checkout.artefacts["layers/core"]

    with pytest.raises(LookupError, match="layers/core"):
        checkout.digest()
