"""What `make clients` writes is what is committed, and neither client needs anything else."""

from __future__ import annotations

import ast
import json
import re
import sys
import tomllib
from typing import Any

import pytest

from infra.clients import javascript, python
from infra.clients.__main__ import generated
from infra.clients.document import read
from infra.local.places import ROOT

PYTHON = ROOT / "clients" / "python"
JAVASCRIPT = ROOT / "clients" / "javascript"
MODULES = sorted((PYTHON / "tocsin_client").glob("*.py"))
SCRIPTS = sorted(JAVASCRIPT.glob("*.js"))


def test_the_generated_files_are_those_of_the_document() -> None:
    for file, text in generated().items():
        assert file.read_text() == text, f"{file.relative_to(ROOT)}: run make clients"


def _document(**operation: Any) -> dict[str, Any]:
    contact = {"type": "object", "properties": {"from": {"type": ["null", "string"]}, "ids": {"type": "array"}}}
    told = {"operationId": "putContact", "summary": "Put it.", "responses": {"204": {"description": "Done."}}}
    return {
        "paths": {"/stores/{id}/contacts/{contact_id}": {"put": told | operation}},
        "components": {"schemas": {"Contact": contact, "Odd": {"allOf": [contact]}}},
    }


def _body(schema: str) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}}


def test_a_resource_is_put_with_its_version_and_answers_nothing() -> None:
    match = {"name": "If-Match", "in": "header", "required": False, "description": "", "schema": {"type": "string"}}

    api = read(_document(requestBody=_body("Contact"), parameters=[match]))

    written, script = python.operations(api), javascript.operations(api)
    assert (
        "def put_contact(self, id: str, contact_id: str, body: types.Contact, *, if_match: str | None = None)"
        in written
    )
    assert 'f"/stores/{part(id)}/contacts/{part(contact_id)}", body=body, headers={"If-Match": if_match})' in written
    assert "-> None:" in written
    assert '{ body, headers: { "If-Match": options.ifMatch } }' in script
    assert "`/stores/${part(id)}/contacts/${part(contactId)}`" in script
    assert "body: Contact, options?: CallOptions): Promise<void>" in javascript.signatures(api)
    assert '"from": "NotRequired[str | None]"' in python.types(api)
    assert "from?: string | null;\n  ids?: unknown[];" in javascript.types(api)


def test_what_the_generator_does_not_know_stops_it() -> None:
    with pytest.raises(ValueError, match="allOf"):
        read(_document(requestBody=_body("Odd")))


def test_one_version_and_no_dependency() -> None:
    project = tomllib.loads((PYTHON / "pyproject.toml").read_text())["project"]
    package = json.loads((JAVASCRIPT / "package.json").read_text())
    told = {project["version"], package["version"]}
    told |= {
        re.findall(r'VERSION = "(.+)"', file.read_text())[0]
        for file in (PYTHON / "tocsin_client" / "transport.py", JAVASCRIPT / "transport.js")
    }

    assert told == {"0.1.0"}
    assert project["dependencies"] == []
    assert not {word for word in package if "ependencies" in word}
    assert project["name"] == package["name"]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_python_imports_the_standard_library_only(module: Any) -> None:
    names = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    assert {name.split(".")[0] for name in names} <= {*sys.stdlib_module_names, "tocsin_client"}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_javascript_imports_node_only_and_has_the_types_it_declares(script: Any) -> None:
    text, declared = script.read_text(), script.with_suffix(".d.ts").read_text()
    assert [name for name in re.findall(r'from "(.+?)"', text) if not name.startswith(("node:", "./"))] == []

    exported = set(re.findall(r"^export (?:async )?(?:class|function|const) (\w+)", text, re.MULTILINE))
    typed = set(re.findall(r"^export declare (?:class|function|const) (\w+)", declared, re.MULTILINE))
    assert typed <= exported
    methods = [re.findall(r"^  (?:async )?(\w+)\(.*\)(?: \{|: .+;)$", of, re.MULTILINE) for of in (text, declared)]
    if script.name == "operations.js":
        assert methods[0] == methods[1] != []


def test_the_errors_of_both_clients_are_the_same() -> None:
    classes = re.findall(r"^class (\w+)\(", (PYTHON / "tocsin_client" / "errors.py").read_text(), re.MULTILINE)
    declared = re.findall(r"^export declare class (\w+)", (JAVASCRIPT / "errors.d.ts").read_text(), re.MULTILINE)
    exported = re.findall(r"^  (\w+Error),$", (JAVASCRIPT / "index.js").read_text(), re.MULTILINE)
    assert sorted(classes) == sorted(declared) == sorted(exported)
