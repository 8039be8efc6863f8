"""What the package says of its types is so, and its examples run."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import minewheel
import pytest

PYTHON = Path(__file__).resolve().parents[1]

# Names that the stub has and the module does not: shapes of arguments.
ONLY_FOR_TYPES = r"minewheel\._native\.(Triplets|__all__)"


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], cwd=folder, capture_output=True, text=True, check=False)


def the_package_passes_mypy_in_strict_mode() -> None:
    checked = run(PYTHON, "-m", "mypy", "minewheel", "tools")
    assert checked.returncode == 0, checked.stdout


def the_stub_is_that_of_the_native_half(tmp_path: Path) -> None:
    # Elsewhere, so that the installed package is read and not the one of the repository, which has no native half.
    allowed = tmp_path / "allowed"
    allowed.write_text(ONLY_FOR_TYPES, "utf-8")
    checked = run(tmp_path, "-m", "mypy.stubtest", "minewheel._native", "--allowlist", str(allowed))
    assert checked.returncode == 0, checked.stdout


def the_types_of_results_are_those_of_the_schemas() -> None:
    checked = run(PYTHON, "tools/generate_results.py", "--check")
    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize("name", ["minewheel", *(f"minewheel.{m.name}" for m in pkgutil.iter_modules(minewheel.__path__))])
def the_examples_of_a_module_run(name: str) -> None:
    module = importlib.import_module(name)
    assert doctest.testmod(module, optionflags=doctest.ELLIPSIS).failed == 0


def every_name_of_the_package_is_documented() -> None:
    silent = [name for name in minewheel.__all__ if not getattr(getattr(minewheel, name), "__doc__", None)]
    assert silent == []
