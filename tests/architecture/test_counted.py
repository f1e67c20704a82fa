"""Sentences with counts read well for one, too: the noun or verb behind a count is written by `counted`.

Each f-string of the shipped code, and each template, is looked at: what stands before a plural must be a constant, or the
sentence has another form for one.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.deployment import ROOT
from tocsin.kernel.domain.counted import counted

NOUNS = (
    "addresses|alerts|attempts|attributes|bytes|calls|cells|changes|characters|columns|companies|contacts|days|entries|"
    "errors|events|faults|files|groups|hours|items|keys|lines|mails|messages|minutes|numbers|parts|people|persons|"
    "receivers|recipients|results|roles|rows|rules|runs|seconds|segments|sets|settings|steps|texts|things|times|"
    "triggers|tries|users|values|voicemails|words|are|have|were"
)
AFTER = re.compile(rf"^ (?!of )(?:[a-z]+ )?(?:{NOUNS})\b")
IN_TEMPLATE = re.compile(rf"\{{\{{[^}}]*\}}\}}(?= (?:more )?(?:{NOUNS})\b)")

NO_COUNTS = {
    "layers/core/tocsin/adapters": "what adapters raise is for logs",
    "layers/core/tocsin/telephony/domain/event_data/shapes.py": "limits, of which none is one",
}
NO_NUMBERS = {
    "name", "entry", "what", "element.kind.value", "trigger_run.store_id", "_CHANNELS[channel]", "_listed(script.ok)",
    "FILTERS[FilterName(miss['filter'])]", "longest", "self.rate.count",
}  # fmt: skip
"""Words and limits, not counts, by how the code has them."""


def is_constant(value: ast.expr) -> bool:
    """Whether a value is made of constants only, for example `limits.TRIGGERS` or `RATE.count`."""
    return all(
        node.id.isupper() or node.id in ("limits", "len", "int")
        for node in ast.walk(value)
        if isinstance(node, ast.Name)
    )


def has_a_form_for_one(test: ast.expr) -> bool:
    return re.search(r"[=!<>]=? 1\b", ast.unparse(test)) is not None


def strings(node: ast.AST, chosen: bool = False) -> Iterator[ast.JoinedStr]:
    """Yield the f-strings, but for those of which there is another one for a single thing."""
    if isinstance(node, ast.JoinedStr) and not chosen:
        yield node
    for child in ast.iter_child_nodes(node):
        chosen_here = isinstance(node, ast.IfExp) and child is not node.test and has_a_form_for_one(node.test)
        yield from strings(child, chosen or chosen_here)


def bare_counts(path: Path) -> Iterator[str]:
    for string in strings(ast.parse(path.read_text())):
        for value, text in zip(string.values, string.values[1:], strict=False):
            if not isinstance(value, ast.FormattedValue) or not isinstance(text, ast.Constant):
                continue
            shown = ast.unparse(value.value)
            if AFTER.match(str(text.value)) and not is_constant(value.value) and shown not in NO_NUMBERS:
                yield f"{path.relative_to(ROOT)}:{string.lineno}: {{{shown}}}{str(text.value)[:40]}"


def test_what_is_counted_in_a_sentence_of_the_code_reads_well_for_one() -> None:
    paths = [path for folder in ("layers/core/tocsin", "functions") for path in sorted((ROOT / folder).rglob("*.py"))]
    looked_at = [path for path in paths if not str(path.relative_to(ROOT)).startswith(tuple(NO_COUNTS))]

    assert [found for path in looked_at for found in bare_counts(path)] == []


def test_what_is_counted_in_a_page_reads_well_for_one() -> None:
    pages = sorted((ROOT / "functions").rglob("*.j2"))

    found = [
        f"{page.relative_to(ROOT)}: {value[0]}"
        for page in pages
        for value in IN_TEMPLATE.finditer(page.read_text())
        if "counted" not in value[0]
        and value[0] not in ("{{ days }}", '{{ "%.1f" | format(seconds) }}', '{{ "their" if other else "your" }}')
    ]
    assert found == []


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 texts, 0 were"), (1, "1 text, 1 was"), (2, "2 texts, 2 were"), (1_000, "1000 texts, 1000 were")]
)  # fmt: skip
def test_a_count_has_its_noun_or_verb(count: int, said: str) -> None:
    assert f"{counted(count, 'text')}, {counted(count, 'was', 'were')}" == said
