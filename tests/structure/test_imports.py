"""Imports run one way, packages say what they own, and no module hides behind a vague name."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FLOORS = ["runtime", "identity", "southbound", "northbound", "compute", "deploy", "tests"]
MODULES = sorted(path.relative_to(ROOT) for floor in FLOORS for path in (ROOT / floor).rglob("*.py"))
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "base"}


def imported_packages(module: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse((ROOT / module).read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.split(".")[0])
    return names & set(FLOORS)


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_module_imports_nothing_from_a_floor_above(module: Path) -> None:
    own = FLOORS.index(module.parts[0])
    above = {name for name in imported_packages(module) if FLOORS.index(name) > own}
    assert not above, f"{module} imports {above}"


@pytest.mark.parametrize("package", [module.parent for module in MODULES if module.name == "__init__.py"], ids=str)
def test_package_says_what_it_owns(package: Path) -> None:
    if package.parts[0] == "tests":
        return
    tree = ast.parse((ROOT / package / "__init__.py").read_text())
    assert ast.get_docstring(tree), f"{package} has no docstring"
    assert len(tree.body) == 1, f"{package}/__init__.py holds more than its docstring"


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_module_says_what_it_is_for(module: Path) -> None:
    if module.name == "__init__.py":
        return
    assert module.stem not in VAGUE, f"{module}: name it by what it does"
    assert ast.get_docstring(ast.parse((ROOT / module).read_text())), f"{module} has no docstring"


def test_only_one_module_imports_libvirt() -> None:
    found = [
        module for module in MODULES if module.parts[0] != "tests" and "import libvirt" in (ROOT / module).read_text()
    ]
    assert len(found) <= 1, found


def test_no_finding_of_the_linter_is_silenced() -> None:
    """A fixture that several modules ask for is a conftest's, where nothing has to be imported for its side effect."""
    mark = "# no" + "qa"
    assert [str(module) for module in MODULES if mark in (ROOT / module).read_text()] == []
