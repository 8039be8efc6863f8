"""Every notebook runs from its first cell to its last."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

NOTEBOOKS = sorted((Path(__file__).resolve().parents[1] / "notebooks").glob("*.ipynb"))


def there_is_a_notebook_for_every_kind_of_user() -> None:
    assert [path.stem for path in NOTEBOOKS] == ["battery-engineer", "life-cycle-analyst", "policy-reader", "powertrain-engineer", "supply-chain-and-compliance"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def a_notebook_runs(path: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if path.stem == "life-cycle-analyst":
        pytest.importorskip("numpy")
    monkeypatch.chdir(root)
    names: dict[str, Any] = {}
    for number, cell in enumerate(json.loads(path.read_text("utf-8"))["cells"]):
        if cell["cell_type"] == "code":
            assert cell["outputs"] == [], "notebooks are kept without outputs"
            exec(compile("".join(cell["source"]), f"{path.name}, cell {number}", "exec"), names)
