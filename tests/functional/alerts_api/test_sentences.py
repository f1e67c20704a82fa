"""A refusal says in words what is wrong: no two codes share a sentence, and each code of a mail body has its own."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

import pytest

from tests.functional.alerts_api.conftest import Door, email
from tocsin.content.domain.mail_faults import SENTENCES

ROOT = Path(__file__).parents[3]
CALLS = {"Fault": (1, 2), "mistake": (0, 1), "_fault": (1, 2), "_refuse": (0, 1), "LookupFault": (0, 1)}
"""Functions that make a fault, and where code and sentence stand among their arguments."""


def sentences() -> dict[str, set[str]]:
    """Return the codes by the sentence they are given with, for every sentence that is written in the code."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in [*(ROOT / "layers/core/tocsin").rglob("*.py"), *(ROOT / "functions").rglob("*.py")]:
        module = ast.parse(path.read_text())
        named = [
            (target.id, node.lineno, node.value)
            for node in ast.walk(module)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        ]
        for node in ast.walk(module):
            name = getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""
            if name not in CALLS or not isinstance(node, ast.Call):
                continue
            at, where = CALLS[name]
            if len(node.args) <= where:
                continue
            code, said = node.args[at], node.args[where]
            if isinstance(said, ast.Name):
                before = [(line, value) for name, line, value in named if name == said.id and line < node.lineno]
                said = max(before, key=lambda one: one[0])[1] if before else said
            if isinstance(code, ast.Constant) and isinstance(said, (ast.Constant, ast.JoinedStr)):
                found[ast.unparse(said)].add(str(code.value))
    for word, sentence in SENTENCES.items():
        found[repr(sentence)].add(word)
    return found


def test_no_sentence_is_shared_by_two_codes() -> None:
    found = sentences()
    assert len(found) > 100
    assert {sentence: codes for sentence, codes in found.items() if len(codes) > 1} == {}


def test_every_code_of_a_mail_has_a_sentence_that_says_what_to_do() -> None:
    given = set()
    for path in (ROOT / "layers/core/tocsin").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "UnsafeMail":
                given.add(node.args[0].value)  # type: ignore[attr-defined]  # a code is a literal
    assert given == set(SENTENCES)
    assert len(set(SENTENCES.values())) == len(SENTENCES)


MULTIPART = {"emailBodyIsMultipart": True, "multipartBoundary": "b1"}


@pytest.mark.parametrize(
    ("fields", "pointer", "code", "words"),
    [
        ({"subject": "=?utf-8?q?Hello?="}, "subject", "ENCODED_WORD", "=?…?="),
        ({"content": "no part", **MULTIPART}, "content", "BOUNDARY_NOT_FOUND", "multipartBoundary"),
        (
            {"content": "--b1\r\nX-Long: " + "x" * 999 + "\r\n\r\n\r\n--b1--", **MULTIPART},
            "content",
            "LINE_TOO_LONG",
            "998",
        ),
        ({"subject": "a\u0085b"}, "subject", "WRONG_FORM", "one line of text"),
        ({"sender": "ana＠x"}, "sender", "ADDRESS_IN_NAME", "without it"),
    ],
)
def test_a_mail_that_cannot_be_built_is_refused_in_words(
    door: Door, fields: dict[str, object], pointer: str, code: str, words: str
) -> None:
    answer = door.send(email(**fields))
    (error,) = answer.json["errors"]
    assert (error["pointer"], error["code"]) == (f"/alert/0/{pointer}", code)
    assert words in error["message"]
