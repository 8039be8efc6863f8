"""Files that a user names, or gives as text."""

from __future__ import annotations

import os
from pathlib import Path


def text_of(source: str | os.PathLike[str], name: str) -> tuple[str, str]:
    """Name and text of a file given as a path, or as its text, which goes by ``name``."""
    if isinstance(source, str) and ("\n" in source or "=" in source):
        return name, source
    path = os.fspath(source)
    return path, Path(path).read_text(encoding="utf-8-sig")
