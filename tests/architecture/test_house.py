"""The rules for folders, files and names. Each one is kept, and has been seen to break."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from infra.local.places import ROOT

Rule = Callable[[Path], Iterator[str]]

CORE = Path("layers/core/tocsin")
SHIPPED = ("layers", "functions", "infra", "agents")

ROOM = 20
"""Python files in one folder, `__init__.py` not counted."""

LINES = 300
"""Of one module; docs/adr/0080 lists the exceptions and says why."""

NO_SUBJECTS = {"adapters", "bootstrap", "entrypoint"}
"""Packages beside the subjects."""

SAY_NOTHING = {"common", "helpers", "services", "shared", "utils"}
"""Names that say nothing about what is inside."""

SHARED_NAMES = {
    "Escalation": "the block of a request, and the noun",
    "Schedule": "the block of a request, and the noun",
    "Trigger": "the block of a request, and the noun",
    "Step": "of an escalation as a request gives it, and of a message",
}
"""Names that classes of several modules have today. No new ones."""


ENTRIES = {
    "audit/application/new_entry.py": "its home; audit_entry of identity calls it for a Principal",
    "adapters/dynamodb/audit.py": "reads stored rows",
    "adapters/dynamodb/privacy/directory_rows.py": "an adapter calls no use case",
    "alert_rules/application/switch_off_webhook.py": "its id is derived: a repeat writes the same entry",
}
"""Modules of layers/core/tocsin that make an AuditEntry by hand, and why."""


def modules(root: Path, *folders: str) -> Iterator[Path]:
    """Yield every Python file below these folders."""
    for folder in folders:
        for path in sorted((root / folder).rglob("*.py")):
            if not any(part.startswith(".") for part in path.relative_to(root).parts):
                yield path


def a_room_holds_at_most_20_modules(root: Path) -> Iterator[str]:
    rooms: dict[Path, int] = defaultdict(int)
    for path in modules(root, *SHIPPED):
        rooms[path.parent] += path.name != "__init__.py"
    yield from (f"{room.relative_to(root)} holds {count}" for room, count in rooms.items() if count > ROOM)


def a_subject_has_one_sentence(root: Path) -> Iterator[str]:
    for folder in sorted((root / CORE).iterdir()):
        if not folder.is_dir() or folder.name in NO_SUBJECTS or folder.name.startswith("_"):
            continue
        init = folder / "__init__.py"
        module = ast.parse(init.read_text() if init.exists() else "")
        said = ast.get_docstring(module) or ""
        if len(module.body) != 1 or not re.fullmatch(r"[A-Z][^.!?]*\.", said, re.DOTALL):
            yield f"{folder.name}: {said!r}"


def a_folder_says_what_is_inside(root: Path) -> Iterator[str]:
    for path in modules(root, *SHIPPED, "tests"):
        if names := SAY_NOTHING & {*path.relative_to(root).parent.parts, path.stem}:
            yield f"{path.relative_to(root)}: {', '.join(sorted(names))}"


def a_module_has_at_most_300_lines(root: Path) -> Iterator[str]:
    listed = set()
    for adr in (root / "docs" / "adr").glob("0080-*.md"):
        listed |= set(re.findall(r"^- `(\S+\.py)`: \S+ \S", adr.read_text(), re.MULTILINE))
    long = {}
    for path in modules(root, *SHIPPED):
        if (lines := len(path.read_text().splitlines())) > LINES:
            long[str(path.relative_to(root))] = lines
    yield from (f"{path} has {lines} lines" for path, lines in long.items() if path not in listed)
    yield from (f"{path} is short enough, or gone: take it off the list" for path in sorted(listed - long.keys()))


def homes_of_classes(root: Path) -> dict[str, list[str]]:
    homes: dict[str, list[str]] = defaultdict(list)
    for path in modules(root, "layers/core"):
        for name in re.findall(r"^ *class (\w+)[(:]", path.read_text(), re.MULTILINE):
            homes[name].append(str(path.relative_to(root)))
    return homes


def a_class_has_a_name_of_its_own(root: Path) -> Iterator[str]:
    for name, paths in sorted(homes_of_classes(root).items()):
        if len(paths) > 1 and name not in SHARED_NAMES:
            yield f"{name}: {', '.join(paths)}"
        if len(paths) < 2 and name in SHARED_NAMES:
            yield f"{name} is the name of one class: take it off the list"


def an_audit_entry_is_made_in_one_place(root: Path) -> Iterator[str]:
    for path in modules(root, *SHIPPED):
        where = str(path.relative_to(root))
        if "AuditEntry(" in path.read_text() and where.removeprefix(f"{CORE}/") not in ENTRIES:
            yield f"{where}: call audit_entry or new_entry"


def no_property_has_a_deadline(root: Path) -> Iterator[str]:
    for path in modules(root, "tests"):
        text = path.read_text()
        if path == root / "tests" / "conftest.py" or "deadline" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.keyword) and node.arg == "deadline":
                yield f"{path.relative_to(root)}:{node.value.lineno}"


def a_query_of_the_newest_has_a_limit(root: Path) -> Iterator[str]:
    """Who asks for the newest seldom wants all, and a read without a limit has up to 1 MB."""
    for path in modules(root, "layers/core"):
        if "ScanIndexForward" not in (text := path.read_text()):
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call):
                said = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
                if "ScanIndexForward" in said and "Limit" not in said:
                    yield f"{path.relative_to(root)}:{node.lineno}"


SENTENCE = '"""What it is about."""\n'

FAULTS: dict[Rule, list[dict[str, str]]] = {
    a_room_holds_at_most_20_modules: [{f"functions/one/m{n}.py": "" for n in range(ROOM + 1)}],
    a_subject_has_one_sentence: [
        {f"{CORE}/one/__init__.py": ""},
        {f"{CORE}/one/part.py": ""},
        {f"{CORE}/one/__init__.py": '"""One. And two."""\n'},
        {f"{CORE}/one/__init__.py": SENTENCE + "X = 1\n"},
    ],
    a_folder_says_what_is_inside: [
        {f"{CORE}/shared/__init__.py": SENTENCE},
        {"tests/utils/test_one.py": ""},
        {"infra/helpers.py": ""},
    ],
    a_module_has_at_most_300_lines: [
        {"infra/one.py": "\n" * (LINES + 1)},
        {"infra/one.py": "\n" * (LINES + 1), "docs/adr/0080-more.md": "- `infra/one.py`\n"},
        {"docs/adr/0080-more.md": "- `infra/one.py`: it is one table.\n"},
    ],
    a_class_has_a_name_of_its_own: [
        {f"{CORE}/one/a.py": "class One: ...", f"{CORE}/one/b.py": "class One(Two): ..."},
        {f"{CORE}/one/a.py": "class Trigger: ..."},
    ],
    an_audit_entry_is_made_in_one_place: [{f"{CORE}/one/a.py": "entry = AuditEntry(tenant)"}],
    a_query_of_the_newest_has_a_limit: [
        {f"{CORE}/adapters/one.py": "table.query('pk = :pk', ScanIndexForward=False)"},
        {f"{CORE}/adapters/one.py": "table.pages('pk = :pk', IndexName='gsi1', ScanIndexForward=backwards)"},
    ],
    no_property_has_a_deadline: [{"tests/test_one.py": "settings(deadline=None)"}],
}
"""For each rule, files by which it is broken."""

SOUND = {
    f"{CORE}/__init__.py": "",
    f"{CORE}/calm/__init__.py": SENTENCE,
    f"{CORE}/calm/a.py": "class Calm: ..." + "\n" * (LINES - 1),
    f"{CORE}/calm/b.py": "class Step: ...",
    f"{CORE}/calm/c.py": "class Step: ...",
    f"{CORE}/adapters/__init__.py": "",
    f"{CORE}/adapters/newest.py": "table.query('pk = :pk', ScanIndexForward=False, Limit=20)",
    "infra/long.py": "\n" * (LINES + 1),
    "docs/adr/0080-lines.md": "- `infra/long.py`: it is one table.\n",
    "tests/conftest.py": "register_profile('tests', deadline=None)",
    **{f"functions/full/m{n}.py": "" for n in range(ROOM)},
}


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


@pytest.mark.parametrize("rule", FAULTS, ids=lambda rule: rule.__name__)
def test_the_rule_is_kept(rule: Rule) -> None:
    assert list(rule(ROOT)) == []


@pytest.mark.parametrize(
    ("rule", "files"),
    [(rule, files) for rule, faults in FAULTS.items() for files in faults],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_a_fault_breaks_the_rule(rule: Rule, files: dict[str, str], tmp_path: Path) -> None:
    write(tmp_path, SOUND)
    assert list(rule(tmp_path)) == []
    write(tmp_path, files)
    assert len(list(rule(tmp_path))) == 1


def test_no_example_has_to_be_over_by_a_deadline() -> None:
    assert settings().deadline is None
