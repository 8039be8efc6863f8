"""What tests share: the repository, and the command `minewheel` beside the package."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def command() -> Command:
    """Runs the command: that of `MINEWHEEL_COMMAND`, else the build of the repository."""
    named = os.environ.get("MINEWHEEL_COMMAND")
    built = [ROOT / "target" / profile / "minewheel" for profile in ("release", "debug")]
    found = next((path for path in ([Path(named)] if named else built) if path.is_file()), None)
    if found is None:
        pytest.fail("no command to compare with: run `cargo build`, or name one in MINEWHEEL_COMMAND")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([str(found), *arguments], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)

    return run
