"""Methods of dataclasses that were compiled when the layer was built: the same classes, and nothing to compile."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from infra.local.places import ROOT
from tocsin.made_methods import FILE

LAYER = ROOT / "layers" / "core"

NOUNS = """
from dataclasses import dataclass, field

@dataclass(frozen=True, slots=True)
class Line:
    number: str
    busy: bool = False
    people: list[str] = field(default_factory=list)
"""

OF_THE_CLASS = """
line, other = Line("200", people=["Ann"]), Line("200")
assert line == Line("200", False, ["Ann"]) and line != other and line.people is not Line("1").people
assert repr(line) == "Line(number='200', busy=False, people=['Ann'])"
try:
    line.number = "201"
except AttributeError as refused:
    assert type(refused).__name__ == "FrozenInstanceError"
else:
    raise AssertionError("changed")
"""

COUNTED = """
import sys, dataclasses
compiled = []
sys.addaudithook(lambda event, about: event == "compile" and about[0] is not None and compiled.append(about))
"""


@pytest.fixture
def layer(tmp_path: Path) -> Path:
    """The parts of a layer that matter here, as its Makefile copies them."""
    kernel = tmp_path / "tocsin" / "kernel"
    kernel.mkdir(parents=True)
    for part in ("__init__.py", "made_methods.py", "kernel/__init__.py"):
        shutil.copyfile(LAYER / "tocsin" / part, tmp_path / "tocsin" / part)
    (kernel / "nouns.py").write_text(NOUNS)
    (kernel / "vendor.py").write_text("import a_package_that_is_not_here\n")
    return tmp_path


def python(*words: str) -> str:
    done = subprocess.run([sys.executable, "-I", "-S", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def used(layer: Path, code: str) -> str:
    """Run code with the layer on the path; its modules are compiled already, as they are shipped."""
    path = f"import sys; sys.path.insert(0, {str(layer)!r})\n"
    python("-c", path + "import tocsin.kernel.nouns")
    return python("-c", path + COUNTED + code)


def test_a_built_layer_makes_the_same_dataclasses_and_compiles_none(layer: Path) -> None:
    python(str(LAYER / "make_methods.py"), str(layer))
    code = "from tocsin.kernel.nouns import Line" + OF_THE_CLASS + "print(len(compiled))"
    assert used(layer, code) == "0"


def test_plain_sources_compile_as_ever(layer: Path) -> None:
    code = "from tocsin.kernel.nouns import Line" + OF_THE_CLASS + "print(bool(compiled))"
    assert used(layer, code) == "True"


def test_a_class_that_the_build_has_not_seen_compiles_as_ever(layer: Path) -> None:
    python(str(LAYER / "make_methods.py"), str(layer))
    late = NOUNS.replace("busy", "idle") + OF_THE_CLASS.replace("busy", "idle")
    assert used(layer, "import tocsin\n" + late + "print(bool(compiled))") == "True"


def test_each_version_of_python_has_methods_of_its_own() -> None:
    assert sys.implementation.cache_tag in FILE
